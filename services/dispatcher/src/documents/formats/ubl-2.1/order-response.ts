// OrderResponseSimple says yes or no. OrderResponse has a code for the whole and one for each line, each optional, and this
// is what comes of them:
//
//   code of the whole    its lines                                   status
//   AB                   whatever they say                           received
//   AP                   as ordered                                  accepted
//   AP                   some are refused or changed                 changed
//   RE                   whatever they say                           rejected
//   CA                   whatever they say                           changed
//   none                 at least one says something                 changed: what was answered before stays for the lines that
//                                                                    are not named, so neither accepted nor rejected as a whole
//   none                 none says anything, or is only disputed     received
//
//   code of a line                      what becomes of it
//   7, Cancelled                        refused, whatever its quantity
//   Disputed                            nothing confirmed
//   3, Revised, 5, NoStatus, none …     its quantity is confirmed; without one, all of it
import { z } from "zod";
import type { Acknowledgement, AcknowledgementStatus } from "../../../domain/answers/acknowledgement.ts";
import { count, element, list, optionalCount, optionalText, reader, text, Unreadable } from "../../xml-shape.ts";
import { joined, notes, onlyOrder, orderReference, period, until } from "./shapes.ts";

type Line = Acknowledgement["lines"][number];

/** UN/EDIFACT 4343, as Peppol uses it, and 1225, as older profiles do. */
const statusOfCode: ReadonlyMap<string, AcknowledgementStatus> = new Map([
  ["AB", "received"],
  ["AP", "accepted"],
  ["RE", "rejected"],
  ["CA", "changed"],
  ["29", "accepted"],
  ["27", "rejected"],
  ["28", "changed"],
  ["30", "changed"],
]);

/** "as stated": no code, but a quantity or a date. */
type Said = "refused" | "disputed" | "changed" | "agreed" | "as stated" | "nothing";

/** UBL's own list, and UN/EDIFACT 1229 as Peppol uses it. */
const saidOfLine: ReadonlyMap<string, Said> = new Map([
  ["cancelled", "refused"],
  ["7", "refused"],
  ["disputed", "disputed"],
  ["revised", "changed"],
  ["added", "changed"],
  ["1", "changed"],
  ["3", "changed"],
  ["5", "agreed"],
  ["42", "agreed"],
  ["nostatus", "nothing"],
  ["", "nothing"],
]);

export const orderResponseSimple = reader(
  z.object({
    ID: optionalText,
    AcceptedIndicator: text.pipe(z.enum(["true", "false", "1", "0"], "expected true or false")),
    Note: notes,
    RejectionNote: notes,
    OrderReference: orderReference,
  }),
  (one) => ({
    kind: "acknowledgement",
    acknowledgement: {
      reference: one.ID,
      purchaseOrder: one.OrderReference.ID,
      version: one.OrderReference.DocumentReference.VersionID,
      status: ["true", "1"].includes(one.AcceptedIndicator) ? "accepted" : "rejected",
      reason: joined([...one.RejectionNote, ...one.Note]),
      lines: [],
    },
  }),
);

const delivery = list(element({ PromisedDeliveryPeriod: period }));

const orderLine = z.object({
  Note: notes,
  LineItem: z.object({
    ID: text,
    Note: notes,
    LineStatusCode: optionalText,
    Quantity: optionalCount,
    MaximumBackorderQuantity: optionalCount,
    Delivery: delivery,
  }),
  /** The purchase order's line, where the supplier counts its own otherwise. */
  OrderLineReference: list(z.object({ LineID: text })),
});

export const orderResponse = reader(
  z.object({
    ID: optionalText,
    OrderResponseCode: optionalText,
    Note: notes,
    OrderReference: list(orderReference),
    Delivery: delivery,
    OrderLine: list(orderLine),
  }),
  (one) => {
    const lines = one.OrderLine.map((line) => readLine(line, promised(one.Delivery)));
    return {
      kind: "acknowledgement",
      acknowledgement: {
        reference: one.ID,
        purchaseOrder: onlyOrder(
          "OrderReference/ID",
          one.OrderReference.map(({ ID: number }) => number),
        ),
        version: one.OrderReference[0]?.DocumentReference.VersionID ?? null,
        status: statusOf(one.OrderResponseCode, lines),
        reason: joined([...one.Note, ...lines.flatMap(({ remarks }) => remarks)]),
        lines: lines.map(({ line }) => line),
      },
    };
  },
);

interface ReadLine {
  readonly line: Line;
  readonly said: Said;
  readonly remarks: readonly string[];
}

function readLine(one: z.output<typeof orderLine>, header: string | null): ReadLine {
  const item = one.LineItem;
  const id = one.OrderLineReference[0]?.LineID ?? item.ID;
  const number = count.safeParse(id);
  if (!number.success) {
    throw new Unreadable(`OrderLine: expected the number of our line, found ${id.slice(0, 40)}`);
  }
  const code = item.LineStatusCode ?? "";
  const coded = saidOfLine.get(code.toLowerCase());
  if (coded === undefined) {
    throw new Unreadable(`OrderLine/LineItem/LineStatusCode: ${code.slice(0, 40)} of line ${number.data} is not known here`);
  }
  const { Quantity: quantity, MaximumBackorderQuantity: backordered } = item;
  const day = promised(item.Delivery);
  const speaks = quantity !== null || backordered !== null || day !== null;
  const said = coded === "nothing" && speaks ? "as stated" : coded;
  const remarks = [...(said === "disputed" ? ["disputed"] : []), ...one.Note, ...item.Note];
  return {
    line: {
      number: number.data,
      ...quantities(said, quantity, backordered),
      promisedOn: day ?? header,
    },
    said,
    remarks: remarks.flatMap((remark) => (remark === null ? [] : [`line ${number.data}: ${remark}`])),
  };
}

function quantities(said: Said, confirmed: number | null, backordered: number | null): Omit<Line, "number" | "promisedOn"> {
  switch (said) {
    case "refused":
      return { confirmed: 0, backordered: 0, cancelled: null, refused: true };
    case "disputed":
      return { confirmed: 0, backordered, cancelled: null };
    case "changed":
    case "agreed":
    case "as stated":
    case "nothing":
      return { confirmed, backordered, cancelled: null };
  }
}

const promised = (deliveries: z.output<typeof delivery>): string | null =>
  deliveries.map(({ PromisedDeliveryPeriod: one }) => until(one)).find((one) => one !== null) ?? null;

function statusOf(code: string | null, lines: readonly ReadLine[]): AcknowledgementStatus {
  if (code === null) {
    return lines.every(({ said }) => said === "nothing" || said === "disputed") ? "received" : "changed";
  }
  const status = statusOfCode.get(code.toUpperCase());
  if (status === undefined) {
    throw new Unreadable(`OrderResponseCode: expected AB, AP, RE or CA, found ${code.slice(0, 40)}`);
  }
  const departs = lines.some(({ said }) => said === "refused" || said === "disputed" || said === "changed");
  return status === "accepted" && departs ? "changed" : status;
}
