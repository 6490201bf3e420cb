// What a supplier is told about a purchase order that it has, when its order changes: a *notice*, a message like that of the purchase
// order itself (../delivery/message.ts), or a person's task. Whether one is to be told is read from the state, so that telling twice
// is impossible:
//
//   wanted now        said last (or told to a person)    so
//   nothing is        nothing                            –
//   taken back        a change that waits for an answer  the whole order again: the customer wants it after all
//   a cancellation    that                               –
//                     anything else                      a cancellation; a change that was not sent yet is not sent
//   other quantities  those                              –
//                     anything else                      a change; an earlier one that was not sent yet is not sent
import { isNotice, type MessageKind, type NoticePurpose } from "../delivery/message.ts";
import {
  inSuppliersUnit,
  isMeant,
  type AcknowledgedLine,
  type Acknowledgement,
  type LineQuantities,
  type SuppliedLine,
} from "./acknowledgement.ts";

/** What a person says that an answer is to, which does not say it itself. */
export type AnswerTo = "order" | "notice";

/** Units that are still wanted of each line, by its number; of a cancellation nothing is. */
export type Wanted = ReadonlyMap<number, number> | "nothing";

/** A wish as it is kept: `cancellation`, or `1:2 2:0`, two units of line 1 and none of line 2. */
export function showWanted(wanted: Wanted): string {
  return wanted === "nothing" ? "cancellation" : [...wanted].map(([line, units]) => `${line}:${units}`).join(" ");
}

/** Throws Error for what `showWanted` did not write. */
export function readWanted(text: string): Wanted {
  if (text === "cancellation") {
    return "nothing";
  }
  return new Map(
    text.split(" ").map((part) => {
      const [, line, units] = /^(\d+):(\d+)$/.exec(part) ?? [];
      if (line === undefined || units === undefined) {
        throw new Error(`"${text}" says no quantities`);
      }
      return [Number(line), Number(units)] as const;
    }),
  );
}

export const purposeOf = (wanted: Wanted): NoticePurpose => (wanted === "nothing" ? "cancellation" : "change");

/** A line of a purchase order that its supplier has. All in pieces. */
export interface HeldLine {
  readonly number: number;
  readonly lineId: string;
  readonly units: number;
  readonly shipped: number;
  /** What will not come, whoever said so. */
  readonly cancelled: number;
  /** Of the cancelled, what the supplier took back on our wish. */
  readonly withdrawn: number;
}

export interface HeldPurchaseOrder {
  readonly id: string;
  readonly lines: readonly HeldLine[];
}

/**
 * What is still wanted of each purchase order, where that is less than its supplier will ship. `tooMany`: units beyond what
 * the customer wants, by the order line's id; what a supplier refuses anyway counts first, and then the newest of the
 * `purchaseOrders` (the oldest first) gives units back, as far as they are not shipped.
 */
export function reduce(
  purchaseOrders: readonly HeldPurchaseOrder[],
  tooMany: ReadonlyMap<string, number>,
): ReadonlyMap<string, Wanted> {
  const left = new Map(tooMany);
  const take = (lineId: string, most: number): number => {
    const units = Math.min(left.get(lineId) ?? 0, Math.max(0, most));
    left.set(lineId, (left.get(lineId) ?? 0) - units);
    return units;
  };
  for (const line of purchaseOrders.flatMap((po) => po.lines)) {
    take(line.lineId, line.cancelled - line.withdrawn);
  }
  const reduced = new Map<string, Wanted>();
  for (const { id, lines } of purchaseOrders.toReversed()) {
    const wanted = lines.map((line) => {
      const taken = take(line.lineId, line.units - line.cancelled - line.shipped);
      return { number: line.number, taken, units: line.units - line.cancelled - taken };
    });
    if (wanted.some((line) => line.taken > 0)) {
      const isAll = wanted.every((line) => line.units === 0);
      reduced.set(id, isAll ? "nothing" : new Map(wanted.map((line) => [line.number, line.units])));
    }
  }
  return reduced;
}

/** Everything that the supplier has not refused is wanted. */
export const allOf = (lines: readonly HeldLine[]): ReadonlyMap<number, number> =>
  new Map(lines.map((line) => [line.number, line.units - line.cancelled]));

/** Nothing of it is still to come: there is nothing to take back. */
export const isDone = (lines: readonly HeldLine[]): boolean => lines.every((line) => line.shipped + line.cancelled >= line.units);

/** What of a line will come, in pieces. */
export interface LinePromise {
  readonly number: number;
  readonly confirmed: number;
  readonly backordered: number;
  /** Calendar date, YYYY-MM-DD; null where it was not said. */
  readonly promisedOn: string | null;
}

export interface Takeback extends LinePromise {
  readonly cancelled: number;
  readonly withdrawn: number;
}

/**
 * The lines once the supplier has accepted a notice: what was shipped stays, as does what an earlier answer took off. What a
 * change leaves is confirmed or backordered as `promised` says, else as it was before, and all of it where nothing was answered.
 */
export function takeBack(
  lines: readonly (HeldLine & Pick<LineQuantities, "confirmed" | "backordered" | "promisedOn">)[],
  wanted: Wanted,
  promised: readonly LinePromise[] = [],
): readonly Takeback[] {
  return lines.map(({ number, units, shipped, cancelled, withdrawn, ...before }) => {
    const left = wanted === "nothing" ? 0 : (wanted.get(number) ?? units);
    const off = Math.max(cancelled, Math.min(units - left, units - shipped));
    const isNew = before.confirmed + before.backordered + cancelled === 0;
    const said = promised.find((one) => one.number === number) ?? (isNew ? { ...before, confirmed: units } : before);
    const confirmed = Math.min(said.confirmed, units - off);
    return {
      number,
      confirmed,
      backordered: Math.min(said.backordered, units - off - confirmed),
      promisedOn: said.promisedOn ?? before.promisedOn,
      cancelled: off,
      // What the supplier had refused by itself before counts as ordered still: a person decided about it.
      withdrawn: withdrawn + (off - cancelled),
    };
  });
}

/** A line as an answer to the purchase order leaves it: what was taken back by then does not come again. */
export function lessWithdrawn(line: LineQuantities, withdrawn: number): LineQuantities {
  const cancelled = Math.max(line.cancelled, withdrawn);
  const confirmed = Math.min(line.confirmed, line.ordered - cancelled);
  return { ...line, cancelled, confirmed, backordered: Math.min(line.backordered, line.ordered - cancelled - confirmed) };
}

/** Pieces that a line takes from the supplier's stock for so many units: whole packs. */
export const piecesFor = (units: number, packSize: number): number => Math.ceil(units / packSize) * packSize;

export type NoticeVerdict =
  | { readonly kind: "received" | "accepted" | "too-late" }
  /** It says neither yes nor no: a person must settle it. */
  | { readonly kind: "unclear"; readonly reason: string };

/**
 * What an answer to a notice means. Quantities that say the very thing that was asked for are a yes, whatever the status; a yes
 * to a change that says other quantities of a line is none.
 */
export function judgeAnswer(lines: readonly SuppliedLine[], wanted: Wanted, answer: Acknowledgement): NoticeVerdict {
  const purpose = purposeOf(wanted);
  switch (answer.status) {
    case "received":
      return { kind: "received" };
    case "rejected":
      return { kind: "too-late" };
    case "accepted":
      return wanted === "nothing" || namesOnly(lines, answer, (line, said) => saysNoLess(said) || agrees(line, wanted, said))
        ? { kind: "accepted" }
        : { kind: "unclear", reason: `it accepts the ${purpose}, and says other quantities than that asked for` };
    case "changed":
      return grants(lines, wanted, answer, { leftOut: wanted !== "nothing" })
        ? { kind: "accepted" }
        : {
            kind: "unclear",
            reason: `it says other quantities than the ${purpose} asked for, and neither accepts nor rejects it`,
          };
  }
}

/**
 * Whether the answer's quantities are those that a notice asked for, in the supplier's unit. `leftOut`: it is certainly to that
 * notice, so it need not name the lines that a change has left out.
 */
export function grants(
  lines: readonly SuppliedLine[],
  wanted: Wanted,
  answer: Acknowledgement,
  { leftOut }: { readonly leftOut: boolean } = { leftOut: false },
): boolean {
  const isGranted = (line: SuppliedLine): boolean => {
    const said = saidOf(line, answer);
    if (said !== undefined) {
      return agrees(line, wanted, said);
    }
    const left = leftOf(line, wanted);
    return wanted !== "nothing" && (left === line.ordered - line.cancelled || (leftOut && left === 0));
  };
  return answer.lines.length > 0 && namesOnly(lines, answer, isGranted) && lines.every(isGranted);
}

/** What the supplier says of the lines that it names when it accepts a change. */
export const promisesOf = (lines: readonly SuppliedLine[], wanted: Wanted, answer: Acknowledgement): readonly LinePromise[] =>
  lines.flatMap((line): LinePromise[] => {
    const said = saidOf(line, answer);
    if (said === undefined) {
      return [];
    }
    const { number, packSize } = line;
    const backordered = said.backordered ?? 0;
    const confirmed = said.confirmed ?? Math.max(0, askedOf(line, wanted) - backordered);
    return [{ number, confirmed: confirmed * packSize, backordered: backordered * packSize, promisedOn: said.promisedOn }];
  });

const leftOf = (line: SuppliedLine, wanted: Wanted): number =>
  wanted === "nothing" ? 0 : (wanted.get(line.number) ?? line.ordered);

/** In the supplier's unit. */
const askedOf = (line: SuppliedLine, wanted: Wanted): number => Math.ceil(leftOf(line, wanted) / line.packSize);

const saidOf = (line: SuppliedLine, answer: Acknowledgement): AcknowledgedLine | undefined =>
  answer.lines.find((one) => isMeant(line, one));

/** Every line that is named is one of these, is named once, and is `right`. */
const namesOnly = (
  lines: readonly SuppliedLine[],
  answer: Acknowledgement,
  right: (line: SuppliedLine, said: AcknowledgedLine) => boolean,
): boolean => answer.lines.every((said) => lines.some((line) => saidOf(line, answer) === said && right(line, said)));

/** Of a line that is accepted: a date, say, or that some of it comes later. */
const saysNoLess = ({ confirmed, cancelled, refused }: AcknowledgedLine): boolean =>
  confirmed === null && (cancelled ?? 0) === 0 && refused !== true;

function agrees(line: SuppliedLine, wanted: Wanted, said: AcknowledgedLine): boolean {
  const { ordered } = inSuppliersUnit(line);
  const asked = askedOf(line, wanted);
  if (said.refused === true) {
    return asked === 0;
  }
  const cancelled = said.cancelled ?? 0;
  const coming = said.confirmed === null ? ordered - cancelled : said.confirmed + (said.backordered ?? 0);
  return coming === asked && (asked > 0 || cancelled === ordered);
}

interface AnswerableNotice {
  readonly version: number;
  readonly purpose: NoticePurpose | null;
  /** Nobody has settled it, and the supplier has it or may have it. */
  readonly waits: boolean;
  /** What it says. */
  readonly wanted: Wanted;
}

export type Answered<Notice> =
  | { readonly kind: "order" }
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "unclear"; readonly reason: string };

/**
 * What an answer is to: the purchase order, or one of the notices about it, which count versions with it. An answer that names
 * no version is to a notice that waits only where nothing else can be meant.
 */
export function answeredBy<Notice extends AnswerableNotice>(
  of: {
    /** The order was answered before, at least as received. */
    readonly acknowledged: boolean;
    readonly lines: readonly SuppliedLine[];
    /** The oldest first. */
    readonly notices: readonly Notice[];
  },
  answer: Acknowledgement,
): Answered<Notice> {
  const { acknowledged, lines, notices } = of;
  if (answer.version !== null) {
    const notice = notices.findLast((one) => one.version === answer.version);
    return notice === undefined ? { kind: "order" } : { kind: "notice", notice };
  }
  const notice = notices.findLast((one) => one.waits);
  if (notice === undefined) {
    return { kind: "order" };
  }
  const receipt = answer.status === "received" && acknowledged;
  const granted = answer.status === "changed" && grants(lines, notice.wanted, answer);
  if (receipt || granted) {
    return { kind: "notice", notice };
  }
  const { purchaseOrder: number, status } = answer;
  return {
    kind: "unclear",
    reason: `it says ${status} without a version, and purchase order ${number} may be answered in two ways: itself, or its ${notice.purpose} (version ${notice.version})`,
  };
}

interface Named {
  /** Of a notice, its own. */
  readonly id: string;
  readonly number: string | null;
  /** Of a notice; null or none: a purchase order. */
  readonly purpose?: NoticePurpose | null;
}

/** A message as people call it: by what it says of its purchase order, unless it is the purchase order itself. */
export const named = (message: {
  readonly id: string;
  readonly kind: MessageKind;
  readonly purchase_order_id: string;
  readonly number: string | null;
}) =>
  isNotice(message.kind)
    ? { id: message.id, number: message.number, purpose: message.kind }
    : { id: message.purchase_order_id, number: message.number, purpose: null };

/** As people call it: a purchase order by its number, a notice by what it says about one. */
export const labelOf = ({ id, number, purpose = null }: Named): string =>
  purpose === null ? (number ?? id) : `the ${purpose} of ${number ?? id}`;

/** The same at the beginning of a sentence. */
export const titleOf = ({ id, number, purpose = null }: Named): string =>
  purpose === null
    ? `Purchase order ${number ?? id}`
    : `${purpose === "change" ? "Change" : "Cancellation"} of purchase order ${number ?? id}`;

export const titleOfInFrench = ({ id, number, purpose = null }: Named): string =>
  purpose === null
    ? `Commande ${number ?? id}`
    : `${purpose === "change" ? "Modification" : "Annulation"} de la commande ${number ?? id}`;

/** As commands take it: a notice by its id alone, because the number is its purchase order's. */
export const nameOf = ({ id, number, purpose = null }: Named): string => (purpose === null ? (number ?? id) : id);
