// What the documents that suppliers send have in common.
import { z } from "zod";
import { element, instant, list, optionalCount, optionalDay, optionalText, text, Unreadable } from "../../xml-shape.ts";

const version = z.preprocess(
  (value) => (optionalCount.safeParse(value).success ? value : undefined), // The supplier's own, if it is no number.
  optionalCount,
);

/** The versions are ours where the supplier gives them back: as we write them, else not told. */
export const orderReference = z.object({
  ID: text,
  DocumentReference: element({ VersionID: version }),
});

export const identification = element({ ID: optionalText });

export const period = element({ StartDate: optionalDay, EndDate: optionalDay });

/** The last day of it. */
export const until = (one: z.output<typeof period>): string | null => one.EndDate ?? one.StartDate;

/** The one purchase order that a document is about. Throws Unreadable. */
export function onlyOrder(path: string, numbers: readonly string[]): string {
  const [number, ...others] = [...new Set(numbers)];
  if (number === undefined) {
    throw new Unreadable(`${path}: expected the number of our purchase order`);
  }
  if (others.length > 0) {
    throw new Unreadable(`${path}: names ${others.length + 1} purchase orders, and one document is to be about one`);
  }
  return number;
}

const XS_DATE = /^(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?$/;
const XS_TIME = /^(\d{2}:\d{2}:\d{2}(?:[.]\d+)?)(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Epoch milliseconds of an xs:date and an xs:time, which UBL keeps apart; without a zone, in UTC. Null where one of them is
 * absent or neither. Throws Unreadable.
 */
export function moment(path: string, date: string | null, time: string | null): number | null {
  if (date === null || time === null) {
    return null;
  }
  const [, day, dateZone] = XS_DATE.exec(date) ?? [];
  const [, clock, timeZone] = XS_TIME.exec(time) ?? [];
  const at = instant.safeParse(`${day}T${clock}${timeZone ?? dateZone ?? "Z"}`);
  if (!at.success) {
    throw new Unreadable(`${path}: expected a date and a time, found ${date.slice(0, 40)} and ${time.slice(0, 40)}`);
  }
  return at.data;
}

export const notes = list(optionalText);

/** Several remarks as one text. */
export function joined(remarks: readonly (string | null)[]): string | null {
  return remarks.filter((one) => one !== null).join("; ") || null;
}
