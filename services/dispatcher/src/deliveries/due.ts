import { LONGEST_WAIT_MS } from "../domain/delivery/retry.ts";

/** Milliseconds that a claim is left alone before the sweep hands the purchase order to another worker. */
export const CLAIM_LEASE_MS = 5 * 60_000;

/** The latest time, besides those past, at which something may rightly be due. */
export const latestDue = (now: number): number => now + LONGEST_WAIT_MS + CLAIM_LEASE_MS;
