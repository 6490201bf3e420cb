// What to do with a purchase order whose last attempt did not end, from what is seen at the supplier: the table of
// docs/delivery.md, "After a crash or a lost reply". Pure, so that every row is a test.

/** What stands at a path: nothing, our bytes, other bytes, or a file of our size that cannot be read back. */
export type Seen = "absent" | "ours" | "same-size" | "other";

/**
 * How a file gets its final name at the supplier. one-step: its temporary name goes in the very instant, as with rename(2).
 * two-steps: the final name comes first (a link, a copy) and the temporary one goes later, or not, if whoever does it ends.
 */
export type RenameKind = "one-step" | "two-steps";

export interface Look {
  readonly temporary: "absent" | "present";
  readonly final: Seen;
  /** Of the attempt's rename, whoever carried it out, and of the one that would be made now. */
  readonly rename: RenameKind;
  /** The server is the one the attempt was made to: same host, port and certificate. */
  readonly sameEndpoint: boolean;
  /** Milliseconds since the attempt wrote its intent to rename. */
  readonly sinceIntentMs: number;
  /** The supplier acknowledges with a deadline: a wrong inference would be noticed. */
  readonly acknowledgementExpected: boolean;
}

/** The two names of a marker: the file that tells the supplier that the purchase order beside it is complete. */
export interface MarkerLook {
  readonly temporary: "absent" | "present";
  readonly final: Seen;
}

export type Verdict =
  /** The rename did not happen: do it. */
  | { readonly do: "rename" }
  /** It is there, and its marker, without which the supplier does not read it, was not renamed: do that. */
  | { readonly do: "place-marker" }
  /** It is there. `alert`: in a way that a person should know of. */
  | { readonly do: "mark-sent"; readonly inferred: boolean; readonly alert: string | null }
  /** Nothing proves that it came, and the supplier does not mind a second: upload it again. */
  | { readonly do: "store" }
  /** Nothing is there: a new attempt from the start. */
  | { readonly do: "start-over" }
  | { readonly do: "unknown"; readonly reason: string };

const RESTORED = "the file was already at the supplier: an older database seems to have been restored";

/** The last attempt had not written its intent: it cannot have renamed anything. `marker`: what stands at its final name. */
export function judgeSending(final: Seen, marker?: Seen): Verdict {
  if (marker === "other" || (marker !== undefined && marker !== "absent" && final === "other")) {
    return { do: "unknown", reason: "another file has the final name of its marker, or its own, at the supplier" };
  }
  if (marker === "ours" || marker === "same-size") {
    return { do: "mark-sent", inferred: false, alert: RESTORED };
  }
  switch (final) {
    case "absent":
      return { do: "start-over" };
    case "ours":
      return marker === "absent"
        ? { do: "unknown", reason: "the file was already at the supplier, and nothing tells whether its marker was" }
        : { do: "mark-sent", inferred: false, alert: RESTORED };
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
      return look.temporary === "present" ? judgeNotRenamed(look, { do: "rename" }) : judgeNothingThere(look, inferWithinMs);
  }
}

/**
 * The same where a marker is renamed after the purchase order. Its temporary name tells more than the purchase order's:
 * as long as it is there, the supplier was not told to read.
 */
export function judgeMarked(look: Look, marker: MarkerLook, inferWithinMs: number): Verdict {
  if (marker.final === "other") {
    return { do: "unknown", reason: "another file has the final name of its marker at the supplier" };
  }
  if (look.final === "other") {
    return judgeCommitting(look, inferWithinMs);
  }
  if (marker.final !== "absent") {
    return marker.temporary === "present" || look.temporary === "present"
      ? {
          do: "unknown",
          reason: "its marker has its final name, and a temporary file exists, too: a gateway that copies and then deletes?",
        }
      : { do: "mark-sent", inferred: false, alert: null };
  }
  if (marker.temporary === "present") {
    const verdict = judgeCommitting(look, inferWithinMs);
    return verdict.do === "mark-sent" && !verdict.inferred
      ? judgeNotRenamed(look, { do: "place-marker" }, "of its marker, ")
      : verdict;
  }
  return look.temporary === "present"
    ? // Four names are four looks, between which one who stalled may end both renames: this proves nothing of either.
      {
        do: "unknown",
        reason:
          "its temporary file was there, and then its marker's was not: somebody was still renaming, or moved files by hand",
      }
    : judgeNothingThere(look, inferWithinMs, "of its marker, ");
}

/**
 * Where the server refuses renames, and a file is uploaded under its final name: from the intent on any doubt is unknown,
 * since what was taken and what never came look the same. `final`: of the file that makes the supplier read.
 */
export function judgeDirect(look: {
  readonly final: Seen;
  /** The server refused the upload before it took a byte, in the session that looks. */
  readonly refused: boolean;
  /** The supplier does not mind a second one. */
  readonly tolerated: boolean;
}): Verdict {
  switch (look.final) {
    case "ours":
    case "same-size":
      return { do: "mark-sent", inferred: false, alert: null };
    case "absent":
      if (look.refused) {
        return { do: "start-over" };
      }
      return look.tolerated
        ? { do: "store" }
        : { do: "unknown", reason: "it was being uploaded under its final name, where nothing is: it never came, or was taken" };
    case "other":
      return look.tolerated
        ? { do: "store" }
        : { do: "unknown", reason: "it was being uploaded under its final name, where something else is: a part of it?" };
  }
}

/**
 * The temporary file is there and the final one is not: proof that it was not renamed, where a rename takes the one away in
 * the instant in which it brings the other. Else the supplier may have taken it between the two.
 */
function judgeNotRenamed(look: Look, verdict: Verdict, of = ""): Verdict {
  const doubt =
    look.rename === "two-steps"
      ? "proves nothing, since this server renames in two steps (transport.rename), between which the supplier may have taken the file"
      : !look.sameEndpoint
        ? "proves nothing at a server that is not the one it was uploaded to"
        : undefined;
  return doubt === undefined ? verdict : { do: "unknown", reason: `${of}only the temporary file exists, which ${doubt}` };
}

/** Both gone: most likely the supplier took the file already. Only believed where a mistake would be noticed. */
function judgeNothingThere(look: Look, inferWithinMs: number, of = ""): Verdict {
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
    : { do: "unknown", reason: `${of}neither the temporary nor the final file exists, and ${doubt}` };
}
