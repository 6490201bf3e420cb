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
  /** With `changed`: lines that it does not name have no answer yet. Else they are confirmed, unless they had one before. */
  readonly onlyNamed?: boolean;
  readonly lines: readonly {
    readonly number: number;
    readonly confirmed: number | null;
    readonly backordered: number | null;
    readonly cancelled: number | null;
    /** None of it will come, and the answer does not say how many that is. */
    readonly refused?: boolean;
    /** Calendar date, YYYY-MM-DD. */
    readonly promisedOn: string | null;
  }[];
}

export interface LineQuantities {
  readonly number: number;
  readonly ordered: number;
  readonly confirmed: number;
  readonly backordered: number;
  readonly shipped: number;
  readonly cancelled: number;
  readonly promisedOn: string | null;
}

export type Applied =
  | { readonly kind: "applied"; readonly lines: readonly LineQuantities[]; readonly closed: boolean }
  /** The answer contradicts the purchase order: set aside whole, nothing applied. */
  | { readonly kind: "contradiction"; readonly reason: string };

export function applyAcknowledgement(lines: readonly LineQuantities[], answer: Acknowledgement): Applied {
  const unknown = answer.lines.find((own) => !lines.some((line) => line.number === own.number));
  if (unknown !== undefined) {
    return { kind: "contradiction", reason: `line ${unknown.number} is not on purchase order ${answer.purchaseOrder}` };
  }
  const twice = answer.lines.find((own, index) => answer.lines.findIndex((one) => one.number === own.number) !== index);
  if (twice !== undefined) {
    return { kind: "contradiction", reason: `line ${twice.number} is answered twice` };
  }
  if (answer.status === "changed" && answer.lines.length === 0) {
    return { kind: "contradiction", reason: "status changed needs the changed lines" };
  }
  const result: LineQuantities[] = [];
  for (const line of lines) {
    const own = answer.lines.find((one) => one.number === line.number);
    const next = applyLine(line, answer, own);
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

function applyLine(
  line: LineQuantities,
  { status, onlyNamed = false }: Acknowledgement,
  own: Acknowledgement["lines"][number] | undefined,
): LineQuantities {
  switch (status) {
    case "received":
      return line;
    case "rejected":
      return { ...line, confirmed: 0, backordered: 0, cancelled: line.ordered };
    case "accepted":
    case "changed": {
      const answered = line.confirmed + line.backordered + line.cancelled > 0;
      if (own === undefined && status === "changed" && (answered || onlyNamed)) {
        return line; // Only the named lines change; this one keeps the answer it had.
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
