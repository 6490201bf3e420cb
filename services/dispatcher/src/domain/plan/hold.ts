// Why a purchase order waits, by name.
import { ruleHoldNames } from "../rules/hold-rules.ts";

export const holdNames = [
  "release",
  "dry-run",
  "tried",
  "restored",
  "by-hand",
  ...ruleHoldNames,
  "incomplete",
  "shipping",
  "unmatched",
  "pack",
  "price",
  "minimum",
  "number",
  "document",
] as const;
export type HoldName = (typeof holdNames)[number];

/** Holds that a person cannot lift: in dry run nothing is sent, and what has no number or no document cannot be. */
export const isReleasable = (name: HoldName): boolean => name !== "dry-run" && name !== "number" && name !== "document";

export interface Hold {
  readonly name: HoldName;
  readonly reason: string;
}
