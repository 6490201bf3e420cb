// The renames of a worker in the model of the ways (./model.ts): of the delivery note, the order and the marker. Where the server
// makes two steps of one (from a temporary folder, say), anything may come between them, also the end of who waits for the second.
import { isThere, seen, type Here, type Option, type Steps } from "./here.ts";
import { finish, leave, link, rename } from "./server.ts";
import type { At, Part } from "./state.ts";

interface Renaming {
  readonly part: Part;
  readonly text: string;
  readonly secondStep: At;
  readonly done: At;
  /** The reply is lost, or the connection between two steps. */
  readonly lost: At;
  readonly refused: Pick<Option, "next" | "remember">;
}

export const renames = {
  renameNote: (here) => renaming(here, ofNote(here)),
  renameNoteSecondStep: (here) => secondStep(here, ofNote(here)),
  rename: (here) => {
    const order = ofOrder(here);
    return isThere(here, "order") ? renaming(here, order) : [{ text: "renames: refused, no temporary file", ...order.refused }];
  },
  renameSecondStep: (here) => secondStep(here, ofOrder(here)),
  renameMarker: (here) =>
    isThere(here, "marker")
      ? renaming(here, ofMarker(here))
      : [{ text: "renames the marker: refused, no temporary file", next: "free" }],
  renameMarkerSecondStep: (here) => secondStep(here, ofMarker(here)),
  // send(), after a refusal
  afterRefusal: (here) => {
    if (!isThere(here, "order")) {
      return [{ text: "looks at the temporary name (absent)", next: "free" }];
    }
    return here.bounds.rename === "two-steps" && seen(here) !== "absent"
      ? [{ text: "looks at both names (both present)", next: "free" }]
      : [{ text: "looks at the temporary name (present)", next: "endRefused" }];
  },
} satisfies Partial<Record<At, Steps>>;

/** Whatever becomes of it, the order has not its name: the attempt ends as not sent, and the next one looks. */
const ofNote = ({ mutated }: Here): Renaming => ({
  part: "note",
  text: "renames its delivery note",
  secondStep: "renameNoteSecondStep",
  done: mutated("the delivery note is renamed after the order") ? "conclude" : "writeIntent",
  lost: "endRetry",
  refused: { next: "endRetry" },
});

const ofOrder = ({ me, bounds, mutated }: Here): Renaming => ({
  part: "order",
  text: "renames",
  secondStep: "renameSecondStep",
  done: mutated("the delivery note is renamed after the order")
    ? "seeNote"
    : bounds.marker && !mutated("the marker is renamed before the order") && !mutated("an order is sent without its marker")
      ? "renameMarker"
      : "conclude",
  lost: "free",
  refused: { next: me.takenOver ? "lookTemporary" : "afterRefusal", remember: { refused: true, looks: 0 } },
});

const ofMarker = (here: Here): Renaming => ({
  part: "marker",
  text: "renames the marker",
  secondStep: "renameMarkerSecondStep",
  done: here.mutated("the marker is renamed before the order") && isThere(here, "order") ? "rename" : "conclude",
  lost: "free",
  refused: { next: "free" },
});

function renaming({ me, bounds }: Here, { part, text, secondStep: second, done, lost, refused }: Renaming): readonly Option[] {
  const asked = `rename ${part}${me.number}`;
  return [
    bounds.rename === "one-step"
      ? { text, next: done, effect: (s) => rename(s, part, me.number, bounds), remember: { verdict: null } }
      : { text: `${text}, its first step`, next: second, effect: (s) => link(s, part, me.number, bounds) },
    { text: `${text}, the reply is lost`, next: lost, fault: "lost", effect: (s) => leave(s, asked) },
    { text: `${text}: refused`, fault: "refusals", ...refused },
  ];
}

/** It is the server's: it may come without its client, or never. */
function secondStep({ me, mutated }: Here, { part, text, done, lost, refused }: Renaming): readonly Option[] {
  const asked = `finish ${part}${me.number}`;
  return [
    { text: `${text}, its second step`, next: done, effect: (s) => finish(s, part, me.number), remember: { verdict: null } },
    {
      text: `${text}, its second step: the reply is lost`,
      next: lost,
      fault: "lost",
      effect: (s) => finish(s, part, me.number),
    },
    {
      text: `${text}, the connection is lost between its steps`,
      next: lost,
      fault: "lost",
      effect: (s) => leave(s, asked),
    },
    ...(mutated("a refusal may come of the second step")
      ? [{ text: `${text}, its second step: refused`, fault: "refusals", ...refused } as const]
      : []),
  ];
}
