// ORDERRESPONSE and DISPATCHNOTIFICATION. The standard has no status of an order: it is read from the quantities, or from
// UDX.STATUS where the supplier's engineer writes it.
import { z } from "zod";
import { acknowledgementStatuses, type Acknowledgement } from "../../../domain/answers/acknowledgement.ts";
import type { ReadMessage } from "../../../domain/answers/message.ts";
import {
  count,
  element,
  list,
  optionalCount,
  optionalDay,
  optionalInstant,
  optionalText,
  readDocument,
  reader,
  text,
  Unreadable,
} from "../../xml-shape.ts";

/** Negative where it reverses. */
const quantity = text
  .refine((value) => /^-?\d{1,9}([.]0{1,6})?$/.test(value), "expected a whole number")
  .transform((value) => Number.parseInt(value, 10));

/** The standard lets a date end with its year or its month: that tells no day. */
const isPartOfDate = (value: unknown): boolean => typeof value === "string" && /^\d{4}(-\d{2})?$/.test(value);

const promised = z.preprocess((value) => (isPartOfDate(value) ? undefined : value), optionalDay);

const deliveryDate = element({ DELIVERY_START_DATE: promised, DELIVERY_END_DATE: promised });
const lastDay = (one: z.output<typeof deliveryDate>): string | null => one.DELIVERY_END_DATE ?? one.DELIVERY_START_DATE;

const remarks = list(optionalText).transform((values) => values.filter((value) => value !== null));

const orderResponse = reader(
  z.object({
    ORDERRESPONSE_HEADER: z.object({
      ORDERRESPONSE_INFO: z.object({
        ORDER_ID: text,
        SUPPLIER_ORDER_ID: optionalText,
        ORDERCHANGE_SEQUENCE_ID: optionalCount,
        DELIVERY_DATE: deliveryDate,
        REMARKS: remarks,
        HEADER_UDX: element({ "UDX.STATUS": z.enum(acknowledgementStatuses).optional() }),
      }),
    }),
    ORDERRESPONSE_ITEM_LIST: element({
      ORDERRESPONSE_ITEM: list(
        z.object({
          LINE_ITEM_ID: count,
          QUANTITY: quantity,
          DELIVERY_DATE: deliveryDate,
          PARTIAL_DELIVERY_LIST: element({
            PARTIAL_DELIVERY: list(z.object({ QUANTITY: count, DELIVERY_DATE: deliveryDate })),
          }),
          REMARKS: remarks,
          ITEM_UDX: element({ "UDX.CANCELLED_QUANTITY": optionalCount }),
        }),
      ),
    }),
  }),
  (answer) => {
    const info = answer.ORDERRESPONSE_HEADER.ORDERRESPONSE_INFO;
    const items = answer.ORDERRESPONSE_ITEM_LIST.ORDERRESPONSE_ITEM;
    const said = info.HEADER_UDX["UDX.STATUS"];
    if (said === undefined && items.length === 0) {
      throw new Unreadable("ORDERRESPONSE_ITEM_LIST: expected at least one ORDERRESPONSE_ITEM");
    }
    const status = said ?? (items.every((item) => item.QUANTITY === 0) ? "rejected" : "changed");
    const reasons = [
      ...info.REMARKS,
      ...items.flatMap((item) => item.REMARKS.map((remark) => `line ${item.LINE_ITEM_ID}: ${remark}`)),
    ];
    return {
      kind: "acknowledgement",
      acknowledgement: {
        reference: info.SUPPLIER_ORDER_ID,
        purchaseOrder: info.ORDER_ID,
        version: info.ORDERCHANGE_SEQUENCE_ID === null ? null : info.ORDERCHANGE_SEQUENCE_ID + 1,
        status,
        reason: reasons.length === 0 ? null : reasons.join("; "),
        // The items, which the schema requires, repeat there what was ordered.
        lines:
          status === "received" || status === "rejected"
            ? []
            : items.map((item) => answeredLine(item, lastDay(info.DELIVERY_DATE))),
      },
    };
  },
);

interface Item {
  readonly LINE_ITEM_ID: number;
  readonly QUANTITY: number;
  readonly DELIVERY_DATE: z.output<typeof deliveryDate>;
  readonly PARTIAL_DELIVERY_LIST: {
    readonly PARTIAL_DELIVERY: readonly {
      readonly QUANTITY: number;
      readonly DELIVERY_DATE: z.output<typeof deliveryDate>;
    }[];
  };
  readonly ITEM_UDX: { readonly "UDX.CANCELLED_QUANTITY": number | null };
}

function answeredLine(item: Item, promisedOfAll: string | null): Acknowledgement["lines"][number] {
  const number = item.LINE_ITEM_ID;
  const cancelled = item.ITEM_UDX["UDX.CANCELLED_QUANTITY"];
  if (item.QUANTITY < 0) {
    return { number, confirmed: null, backordered: null, cancelled: cancelled ?? -item.QUANTITY, promisedOn: null };
  }
  const parts = item.PARTIAL_DELIVERY_LIST.PARTIAL_DELIVERY;
  const backordered = parts.filter((part) => lastDay(part.DELIVERY_DATE) === null).reduce((sum, part) => sum + part.QUANTITY, 0);
  const inParts = parts.reduce((sum, part) => sum + part.QUANTITY, 0);
  if (parts.length > 0 && inParts !== item.QUANTITY) {
    throw new Unreadable(
      `ORDERRESPONSE_ITEM_LIST: the partial deliveries of line ${number} are ${inParts} together, and its QUANTITY is ${item.QUANTITY}`,
    );
  }
  const days = parts.flatMap((part) => lastDay(part.DELIVERY_DATE) ?? []).toSorted();
  return {
    number,
    confirmed: item.QUANTITY - backordered,
    backordered: parts.length === 0 ? null : backordered,
    cancelled,
    promisedOn: days.at(-1) ?? lastDay(item.DELIVERY_DATE) ?? promisedOfAll,
  };
}

const packages = element({
  PACKAGE_INFO: element({ PACKAGE: list(element({ PACKAGE_ID: list(optionalText) })) }),
});
const packageIds = (one: z.output<typeof packages>): string[] =>
  one.PACKAGE_INFO.PACKAGE.flatMap((each) => each.PACKAGE_ID.filter((id) => id !== null));

/** A time without a zone is taken as UTC, so that it does not depend on where this runs. */
const instant = z.preprocess((value) => {
  const [, day, clock, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:(T[\d:.]+)(Z|[+-]\d{2}:\d{2})?|Z|[+-]\d{2}:\d{2})?$/.exec(String(value)) ?? [];
  if (day !== undefined) {
    return clock === undefined ? day : `${day}${clock}${zone ?? "Z"}`;
  }
  return isPartOfDate(value) ? undefined : value;
}, optionalInstant);

const dispatchNotification = reader(
  z.object({
    DISPATCHNOTIFICATION_HEADER: z.object({
      DISPATCHNOTIFICATION_INFO: z.object({
        DISPATCHNOTIFICATION_ID: text,
        DISPATCHNOTIFICATION_DATE: instant,
        DELIVERY_DATE: deliveryDate,
        PARTIES: element({
          PARTY: list(
            z.object({
              PARTY_ID: list(optionalText),
              PARTY_ROLE: list(optionalText),
              ADDRESS: list(element({ NAME: list(optionalText) })),
            }),
          ),
        }),
        SHIPMENT_ID: optionalText,
        TRACKING_TRACING_URL: optionalText,
        LOGISTIC_DETAILS_INFO: packages,
      }),
    }),
    DISPATCHNOTIFICATION_ITEM_LIST: z.object({
      DISPATCHNOTIFICATION_ITEM: list(
        z.object({
          PRODUCT_ID: element({ SUPPLIER_PID: optionalText }),
          QUANTITY: count,
          ORDER_REFERENCE: z.object({ ORDER_ID: text, LINE_ITEM_ID: count }),
          LOGISTIC_DETAILS: packages,
        }),
      ).refine((items) => items.length > 0, "expected at least one DISPATCHNOTIFICATION_ITEM"),
    }),
  }),
  (notification) => {
    const info = notification.DISPATCHNOTIFICATION_HEADER.DISPATCHNOTIFICATION_INFO;
    const items = notification.DISPATCHNOTIFICATION_ITEM_LIST.DISPATCHNOTIFICATION_ITEM;
    const orders = [...new Set(items.map((item) => item.ORDER_REFERENCE.ORDER_ID))];
    const [purchaseOrder] = orders;
    if (purchaseOrder === undefined || orders.length > 1) {
      throw new Unreadable(
        `DISPATCHNOTIFICATION_ITEM_LIST: it names the orders ${orders.join(", ")}; expected one notification for each order`,
      );
    }
    const deliverer = info.PARTIES.PARTY.find((party) => party.PARTY_ROLE.includes("deliverer"));
    const shipmentOrPackages =
      info.SHIPMENT_ID === null
        ? [...packageIds(info.LOGISTIC_DETAILS_INFO), ...items.flatMap((item) => packageIds(item.LOGISTIC_DETAILS))]
        : [info.SHIPMENT_ID];
    const url = info.TRACKING_TRACING_URL;
    // A link alone is worth keeping: it then stands for its number, too.
    const numbers = shipmentOrPackages.length === 0 && url !== null ? [url] : [...new Set(shipmentOrPackages)];
    return {
      kind: "despatch-advice",
      despatchAdvice: {
        reference: info.DISPATCHNOTIFICATION_ID,
        purchaseOrder,
        shippedAt: info.DISPATCHNOTIFICATION_DATE,
        expectedOn: lastDay(info.DELIVERY_DATE),
        carrier: deliverer?.ADDRESS[0]?.NAME[0] ?? deliverer?.PARTY_ID[0] ?? null,
        tracking: numbers.map((number) => ({ number, url })),
        lines: items.map((item) => ({
          number: item.ORDER_REFERENCE.LINE_ITEM_ID,
          supplierSku: item.PRODUCT_ID.SUPPLIER_PID,
          quantity: item.QUANTITY,
          backordered: null,
        })),
      },
    };
  },
);

export const read = (bytes: Uint8Array): ReadMessage =>
  readDocument(bytes, { ORDERRESPONSE: orderResponse, DISPATCHNOTIFICATION: dispatchNotification });
