import { satisfies, type AcknowledgementStatus } from "./acknowledgement.ts";
import type { Span } from "./schedule.ts";

/** What a supplier is to answer, and until when after sending. */
export interface Expectation {
  readonly expect: "received" | "accepted";
  readonly within: Span;
}

/**
 * The earliest deadline that is not met by what was answered, epoch milliseconds; null when there is none. `dueAt`: when a
 * span after sending ends, in the supplier's working time.
 */
export function nextDeadline(
  expectations: readonly Expectation[],
  of: { readonly acknowledgement: AcknowledgementStatus | null; readonly dueAt: (within: Span) => number },
): number | null {
  const { acknowledgement, dueAt } = of;
  const open = expectations.filter((one) => acknowledgement === null || !satisfies(acknowledgement, one.expect));
  return open.length === 0 ? null : Math.min(...open.map((one) => dueAt(one.within)));
}
