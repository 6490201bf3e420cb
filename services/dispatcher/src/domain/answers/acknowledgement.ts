// What a supplier's answer does to the lines of a purchase order. Quantities only: "acknowledged" is derived from them.

/** UN/EDIFACT 1225 in words: received AB, accepted AP, rejected RE, changed CA. */
export const acknowledgementStatuses = ["received", "accepted", "rejected", "changed"] as const;
export type AcknowledgementStatus = (typeof acknowledgementStatuses)[number];

/** Whether an answer says at least what is expected: `accepted`, `rejected` and `changed` each answer the whole question. */
export const satisfies = (status: AcknowledgementStatus, expected: "received" | "accepted"): boolean =>
  status !== "received" || expected === "received";

export interface Acknowledgement {
  /** The supplier's own number for this answer. */
  readonly reference: string | null;
  readonly purchaseOrder: string;
  readonly version: number | null;
  readonly status: AcknowledgementStatus;
  readonly reason: string | null;
  /**
   * It says nothing of lines that it does not name: they keep the answer that they had, or stay open. Else `accepted` confirms
   * them all, and `changed` those without an answer.
   */
  readonly onlyNamed?: boolean;
  readonly lines: readonly AcknowledgedLine[];
}

export interface AcknowledgedLine {
  /** Null where the supplier names it by its SKU only. */
  readonly number: number | null;
  readonly sku?: string;
  /** What neither this nor backordered nor cancelled accounts for stays open. */
  readonly confirmed: number | null;
  readonly backordered: number | null;
  readonly cancelled: number | null;
  /** None of it will come, and the answer does not say how many that is. */
  readonly refused?: boolean;
  /** Calendar date, YYYY-MM-DD. */
  readonly promisedOn: string | null;
}

export interface LineQuantities {
  readonly number: number;
  /** What the supplier may call it. */
  readonly skus?: readonly string[];
  readonly ordered: number;
  readonly confirmed: number;
  readonly backordered: number;
  readonly shipped: number;
  readonly cancelled: number;
  readonly promisedOn: string | null;
}

/** A line as its supplier counts it: in its own unit, of which one holds `packSize` pieces. */
export interface SuppliedLine extends LineQuantities {
  readonly packSize: number;
  /** In the supplier's unit; in pieces it is at least `ordered`, and more where packs were rounded up. */
  readonly quantity: number;
}

/** From pieces, as we count, to the supplier's unit. A part of a unit is the last one, which the rounding up opened. */
export function inSuppliersUnit({ packSize, quantity, ...line }: SuppliedLine): LineQuantities {
  const units = (pieces: number): number => Math.ceil(pieces / packSize);
  return {
    ...line,
    ordered: quantity,
    confirmed: units(line.confirmed),
    backordered: units(line.backordered),
    shipped: units(line.shipped),
    cancelled: units(line.cancelled),
  };
}

/**
 * Back to pieces, and never more than were ordered: what rounding up added is nobody's. What is confirmed counts first, so
 * that the customer's pieces are in the units that come.
 */
export function inPieces(line: LineQuantities, { packSize, ordered, shipped }: SuppliedLine): LineQuantities {
  const confirmed = Math.min(ordered, line.confirmed * packSize);
  const backordered = Math.min(ordered - confirmed, line.backordered * packSize);
  const cancelled = Math.min(ordered - confirmed - backordered, line.cancelled * packSize);
  return { ...line, ordered, shipped, confirmed, backordered, cancelled };
}

export type Applied =
  | { readonly kind: "applied"; readonly lines: readonly LineQuantities[]; readonly closed: boolean }
  /** The answer contradicts the purchase order: set aside whole, nothing applied. */
  | { readonly kind: "contradiction"; readonly reason: string };

export function applyAcknowledgement(lines: readonly LineQuantities[], answer: Acknowledgement): Applied {
  const answered = new Map<number, AcknowledgedLine>();
  for (const own of answer.lines) {
    const [line, another] = lines.filter((one) => isMeant(one, own));
    if (line === undefined) {
      return { kind: "contradiction", reason: `${called(own)} is not on purchase order ${answer.purchaseOrder}` };
    }
    if (another !== undefined) {
      const reason = `${called(own)} is on lines ${line.number} and ${another.number} of purchase order ${answer.purchaseOrder}`;
      return { kind: "contradiction", reason };
    }
    if (answered.has(line.number)) {
      return { kind: "contradiction", reason: `${called(own)} is answered twice` };
    }
    answered.set(line.number, own);
  }
  if (answer.status === "changed" && answer.lines.length === 0) {
    return { kind: "contradiction", reason: "status changed needs the changed lines" };
  }
  const result: LineQuantities[] = [];
  for (const line of lines) {
    const next = applyLine(line, answer, answered.get(line.number));
    const total = next.confirmed + next.backordered + next.cancelled;
    if (total > next.ordered) {
      return {
        kind: "contradiction",
        reason: `line ${line.number}: ${next.confirmed} confirmed, ${next.backordered} backordered and ${next.cancelled} cancelled are more than the ${next.ordered} ordered`,
      };
    }
    result.push(next);
  }
  return { kind: "applied", lines: result, closed: result.every((line) => line.shipped + line.cancelled >= line.ordered) };
}

/** An answer names a line by our number, else by a SKU. */
export function isMeant(line: LineQuantities, own: AcknowledgedLine): boolean {
  const sku = own.sku?.toLowerCase();
  return own.number === null ? (line.skus ?? []).some((one) => one.toLowerCase() === sku) : line.number === own.number;
}

const called = (own: AcknowledgedLine): string => (own.number === null ? `the SKU ${own.sku ?? ""}` : `line ${own.number}`);

function applyLine(
  line: LineQuantities,
  { status, onlyNamed = false }: Acknowledgement,
  own: AcknowledgedLine | undefined,
): LineQuantities {
  switch (status) {
    case "received":
      return line;
    case "rejected":
      return { ...line, confirmed: 0, backordered: 0, cancelled: line.ordered };
    case "accepted":
    case "changed": {
      const answered = line.confirmed + line.backordered + line.cancelled > 0;
      if (own === undefined && (onlyNamed || (status === "changed" && answered))) {
        return line;
      }
      const cancelled = own?.refused === true ? line.ordered : (own?.cancelled ?? 0);
      const backordered = own?.backordered ?? 0;
      return {
        ...line,
        cancelled,
        backordered,
        confirmed: own?.confirmed ?? Math.max(0, line.ordered - backordered - cancelled),
        promisedOn: own?.promisedOn ?? line.promisedOn,
      };
    }
  }
}
