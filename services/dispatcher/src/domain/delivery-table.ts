// What to do with a purchase order whose last attempt did not end, from what is seen at the supplier: the table of
// docs/delivery.md, "After a crash or a lost reply". Pure, so that every row is a test.

/** What stands at a path: nothing, our bytes, other bytes, or a file of our size that cannot be read back. */
export type Seen = "absent" | "ours" | "same-size" | "other";

export interface Look {
  readonly temporary: "absent" | "present";
  readonly final: Seen;
  /** The server is the one the attempt was made to: same host, port and certificate. */
  readonly sameEndpoint: boolean;
  /** Milliseconds since the attempt wrote its intent to rename. */
  readonly sinceIntentMs: number;
  /** The supplier acknowledges with a deadline: a wrong inference would be noticed. */
  readonly acknowledgementExpected: boolean;
}

export type Verdict =
  /** The rename did not happen: do it. */
  | { readonly do: "rename" }
  /** It is there. `alert`: in a way that a person should know of. */
  | { readonly do: "mark-sent"; readonly inferred: boolean; readonly alert: string | null }
  /** Nothing is there: a new attempt from the start. */
  | { readonly do: "start-over" }
  | { readonly do: "unknown"; readonly reason: string };

/** The last attempt had not written its intent: it cannot have renamed anything. */
export function judgeSending(final: Seen): Verdict {
  switch (final) {
    case "absent":
      return { do: "start-over" };
    case "ours":
      return {
        do: "mark-sent",
        inferred: false,
        alert: "the file was already at the supplier: an older database seems to have been restored",
      };
    case "same-size":
    case "other":
      return { do: "unknown", reason: "another file has the final name at the supplier" };
  }
}

/** The last attempt had written its intent: whether it renamed is what the look tells. */
export function judgeCommitting(look: Look, inferWithinMs: number): Verdict {
  switch (look.final) {
    case "other":
      return { do: "unknown", reason: "another file has the final name at the supplier" };
    case "ours":
    case "same-size":
      return look.temporary === "absent"
        ? { do: "mark-sent", inferred: false, alert: null }
        : { do: "unknown", reason: "both the temporary and the final file exist: a gateway that copies and then deletes?" };
    case "absent":
      return look.temporary === "present" ? { do: "rename" } : judgeNothingThere(look, inferWithinMs);
  }
}

/** Both gone: most likely the supplier took the file already. Only believed where a mistake would be noticed. */
function judgeNothingThere(look: Look, inferWithinMs: number): Verdict {
  const doubt = !look.sameEndpoint
    ? "the server is not the one it was uploaded to"
    : !look.acknowledgementExpected
      ? "no acknowledgement with a deadline is expected that would confirm it"
      : look.sinceIntentMs > inferWithinMs
        ? `the look came ${Math.round(look.sinceIntentMs / 1_000)} s after the intent to rename, later than ${Math.round(inferWithinMs / 1_000)} s`
        : look.sinceIntentMs < 0
          ? "the clock went back since the intent to rename"
          : undefined;
  return doubt === undefined
    ? { do: "mark-sent", inferred: true, alert: null }
    : { do: "unknown", reason: `neither the temporary nor the final file exists, and ${doubt}` };
}
