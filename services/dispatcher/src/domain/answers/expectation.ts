import { satisfies, type AcknowledgementStatus } from "./acknowledgement.ts";
import type { Span } from "../schedule/schedule.ts";

/** What a supplier is to do with what was sent, and until when after that: take the file out of the folder, or answer. */
export interface Expectation {
  readonly expect: "pickup" | "received" | "accepted";
  readonly within: Span;
}

/**
 * The earliest deadline that is not met by what was answered, epoch milliseconds; null when there is none. `dueAt`: when a
 * span after sending ends, in the supplier's working time.
 */
export function nextDeadline(
  expectations: readonly Expectation[],
  of: {
    readonly acknowledgement: AcknowledgementStatus | null;
    readonly pickedUp: boolean;
    readonly dueAt: (within: Span) => number;
  },
): number | null {
  const { acknowledgement, pickedUp, dueAt } = of;
  const isMet = ({ expect }: Expectation): boolean =>
    expect === "pickup"
      ? pickedUp || acknowledgement !== null // Who answers has taken it.
      : acknowledgement !== null && satisfies(acknowledgement, expect);
  const open = expectations.filter((one) => !isMet(one));
  return open.length === 0 ? null : Math.min(...open.map((one) => dueAt(one.within)));
}
