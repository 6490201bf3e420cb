import { z } from "zod";
import type { Acknowledgement } from "../../../domain/answers/acknowledgement.ts";
import type { DespatchAdvice } from "../../../domain/answers/despatch.ts";
import type { ReadMessage } from "../../../domain/answers/message.ts";
import {
  count,
  list,
  optionalDay,
  optionalInstant,
  optionalText,
  readDocument,
  reader,
  text,
  Unreadable,
} from "../../xml-shape.ts";
import { readPayloadId } from "./payload-id.ts";

const orderReference = z
  .object({
    "@orderID": optionalText,
    DocumentReference: z.object({ "@payloadID": z.string().optional() }).optional(),
  })
  .transform((reference, context) => {
    const ours = readPayloadId(reference.DocumentReference?.["@payloadID"] ?? "");
    const purchaseOrder = reference["@orderID"] ?? ours?.purchaseOrder;
    if (purchaseOrder === undefined) {
      context.addIssue({
        code: "custom",
        path: ["@orderID"],
        message: "expected the purchase order's number, or our payloadID in DocumentReference",
      });
      return z.NEVER;
    }
    // The version is of the order that is named. Many systems change the case of what they copy.
    const isSame = ours?.purchaseOrder.toLowerCase() === purchaseOrder.toLowerCase();
    return { purchaseOrder, version: isSame ? ours.version : null };
  });

const comments = list(optionalText).transform((all) => all.filter((one) => one !== null));

const confirmationStatus = z.object({
  "@quantity": count,
  "@type": z.enum(["accept", "allDetail", "detail", "backordered", "reject", "unknown", "requestToPay"]),
  "@deliveryDate": optionalDay,
  Comments: comments,
});
type ConfirmationStatus = z.output<typeof confirmationStatus>;

const confirmationRequest = z.object({
  ConfirmationHeader: z.object({
    "@confirmID": optionalText,
    "@type": z.enum(["accept", "allDetail", "detail", "backordered", "except", "reject", "requestToPay", "replace"]),
    Comments: comments,
  }),
  OrderReference: orderReference,
  ConfirmationItem: list(
    z.object({
      "@lineNumber": count,
      ConfirmationStatus: list(confirmationStatus).refine((all) => all.length > 0, "expected at least one ConfirmationStatus"),
    }),
  ),
});
type ConfirmationRequest = z.output<typeof confirmationRequest>;

const shipNoticeRequest = z.object({
  ShipNoticeHeader: z.object({
    "@shipmentID": text,
    "@operation": z.enum(["new", "update", "delete"]).default("new"),
    "@shipmentDate": optionalInstant,
    "@deliveryDate": optionalDay,
    "@shipmentType": z.enum(["actual", "planned"]).default("actual"),
    "@reason": optionalText,
  }),
  ShipControl: list(
    z.object({
      CarrierIdentifier: list(z.union([z.string(), z.object({ "@domain": optionalText, "#text": optionalText })])),
      ShipmentIdentifier: list(z.union([z.string(), z.object({ "@trackingURL": optionalText, "#text": optionalText })])),
    }),
  ),
  ShipNoticePortion: list(
    z.object({
      OrderReference: orderReference,
      ShipNoticeItem: list(
        z.object({
          "@lineNumber": count,
          "@quantity": count,
          ItemID: z.object({ SupplierPartID: optionalText }).optional(),
        }),
      ),
    }),
  ),
});
type ShipNoticeRequest = z.output<typeof shipNoticeRequest>;

const document = z.object({
  Request: z
    .object({
      ConfirmationRequest: confirmationRequest.optional(),
      ShipNoticeRequest: shipNoticeRequest.optional(),
    })
    .optional(),
});

export const read = (bytes: Uint8Array): ReadMessage =>
  readDocument(
    bytes,
    {
      cXML: reader(document, ({ Request: request }) => {
        if (request?.ConfirmationRequest !== undefined) {
          return { kind: "acknowledgement", acknowledgement: acknowledgement(request.ConfirmationRequest) };
        }
        if (request?.ShipNoticeRequest !== undefined) {
          return { kind: "despatch-advice", despatchAdvice: despatchAdvice(request.ShipNoticeRequest) };
        }
        throw new Unreadable("Request: expected <ConfirmationRequest> or <ShipNoticeRequest>");
      }),
    },
    { doctype: "cXML" },
  );

function acknowledgement({
  ConfirmationHeader: header,
  OrderReference: order,
  ConfirmationItem: items,
}: ConfirmationRequest): Acknowledgement {
  const notes = items.flatMap((item) =>
    item.ConfirmationStatus.flatMap((status) => status.Comments.map((note) => `line ${item["@lineNumber"]}: ${note}`)),
  );
  const answered = {
    reference: header["@confirmID"],
    purchaseOrder: order.purchaseOrder,
    version: order.version,
    reason: [...header.Comments, ...notes].join("; ") || null,
  };
  const statuses = items.flatMap((item) => item.ConfirmationStatus);
  const lines = items.map((item) => answeredLine(item["@lineNumber"], item.ConfirmationStatus));
  switch (header["@type"]) {
    case "accept":
      return { ...answered, status: "accepted", lines };
    case "reject":
      return { ...answered, status: "rejected", lines: [] };
    case "requestToPay": // About money; and it shows that the supplier has the order.
      return { ...answered, status: "received", lines: [] };
    case "backordered":
      if (items.length === 0) {
        throw new Unreadable(
          "Request/ConfirmationRequest: type backordered without a ConfirmationItem: expected each line with its backordered quantity",
        );
      }
      return { ...answered, status: "changed", lines };
    case "allDetail":
    case "detail":
    case "except":
    case "replace":
      if (items.length === 0) {
        throw new Unreadable(
          `Request/ConfirmationRequest: type ${header["@type"]} without a ConfirmationItem: expected the lines that it tells of`,
        );
      }
      return statuses.every((status) => status["@type"] === "unknown" || status["@type"] === "requestToPay")
        ? { ...answered, status: "received", lines: [] }
        : // A `detail` leaves the lines that it does not name as they are (cXML Reference Guide, ConfirmationRequest).
          { ...answered, status: "changed", onlyNamed: header["@type"] === "detail" || header["@type"] === "allDetail", lines };
  }
}

/** Several statuses of one line each have their part of its quantity. What is `unknown` has no answer yet, also if it had one. */
function answeredLine(number: number, statuses: readonly ConfirmationStatus[]): Acknowledgement["lines"][number] {
  const quantity = (...types: readonly ConfirmationStatus["@type"][]): number =>
    statuses.reduce((sum, status) => (types.includes(status["@type"]) ? sum + status["@quantity"] : sum), 0);
  const days = statuses.flatMap((status) => status["@deliveryDate"] ?? []);
  return {
    number,
    confirmed: quantity("accept", "allDetail", "detail"),
    backordered: quantity("backordered"),
    cancelled: quantity("reject"),
    promisedOn: days.sort().at(-1) ?? null,
  };
}

function despatchAdvice({
  ShipNoticeHeader: header,
  ShipControl: controls,
  ShipNoticePortion: portions,
}: ShipNoticeRequest): DespatchAdvice {
  const at = "Request/ShipNoticeRequest/";
  if (header["@operation"] === "delete") {
    throw new Unreadable(
      `${at}ShipNoticeHeader: it takes the shipment ${header["@shipmentID"]} back: ask the supplier what was shipped`,
    );
  }
  if (header["@shipmentType"] === "planned" || header["@reason"] === "return") {
    throw new Unreadable(
      `${at}ShipNoticeHeader: expected goods that were shipped to the customer, found a planned shipment or a return`,
    );
  }
  const [first] = portions;
  if (first === undefined) {
    throw new Unreadable(`${at}ShipNoticePortion: expected the purchase order that was shipped`);
  }
  const orders = new Set(portions.map((portion) => portion.OrderReference.purchaseOrder));
  if (orders.size > 1) {
    throw new Unreadable(
      `${at}ShipNoticePortion: expected one purchase order, found ${[...orders].join(", ")}: expected a file for each`,
    );
  }
  const items = portions.flatMap((portion) => portion.ShipNoticeItem);
  if (items.length > 0 && portions.some((portion) => portion.ShipNoticeItem.length === 0)) {
    throw new Unreadable(
      `${at}ShipNoticePortion: one has items, another of the same purchase order has none, which means all of it`,
    );
  }
  const carriers = controls.flatMap((control) => control.CarrierIdentifier);
  const named = carriers.find((one) => typeof one === "object" && one["@domain"] === "companyName") ?? carriers[0];
  return {
    reference: header["@shipmentID"],
    purchaseOrder: first.OrderReference.purchaseOrder,
    shippedAt: header["@shipmentDate"],
    expectedOn: header["@deliveryDate"],
    carrier: (typeof named === "object" ? named["#text"] : named) || null,
    tracking: controls.flatMap((control) =>
      control.ShipmentIdentifier.flatMap((one) => {
        const number = typeof one === "object" ? one["#text"] : one;
        return number ? [{ number, url: typeof one === "object" ? one["@trackingURL"] : null }] : [];
      }),
    ),
    lines: items.map((item) => ({
      number: item["@lineNumber"],
      supplierSku: item.ItemID?.SupplierPartID ?? null,
      quantity: item["@quantity"],
      backordered: null,
    })),
  };
}
