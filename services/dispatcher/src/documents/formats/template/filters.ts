// The filters that templates have beside Liquid's own. Each throws where it would have to cut, round or guess.
import { isDecimal } from "../../../domain/decimal.ts";
import { DocumentHeld } from "../../../domain/delivery/failure.ts";
import { MOST_CHARACTERS } from "./bounds.ts";

/** A template uses a filter in a way that it cannot be used. */
export class FilterMisused extends Error {
  override name = "FilterMisused";
}

type Filter = (value: unknown, ...args: readonly unknown[]) => string;

export const filters: Readonly<Record<string, Filter>> = {
  /** RFC 4180: quoted where it must be, so that any text reads back the same. */
  csv(value, delimiter = ";") {
    if (typeof delimiter !== "string" || delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
      throw new FilterMisused('csv: expected one character as delimiter, such as csv: ","');
    }
    const field = plain(value);
    // Some readers drop spaces at the ends, and a mark at the beginning of the file.
    const quoted = field.includes(delimiter) || /["\r\n]|^[\s\ufeff]|\s$/.test(field);
    return quoted ? `"${field.replaceAll('"', '""')}"` : field;
  },

  /** What a spreadsheet would take for a formula becomes text there (https://owasp.org/www-community/attacks/CSV_Injection). */
  no_formula(value) {
    const field = plain(value);
    return /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(field) ? `'${field}` : field;
  },

  pad(value, width, side = "right", fill = " ") {
    if (side !== "left" && side !== "right") {
      throw new FilterMisused('pad: expected "left" or "right", the side that is filled');
    }
    if (typeof fill !== "string" || fill.length !== 1) {
      throw new FilterMisused('pad: expected one character to fill with, such as "0"');
    }
    const most = wholeNumber("pad", width);
    const field = fitting(value, most);
    return side === "left" ? field.padStart(most, fill) : field.padEnd(most, fill);
  },

  fixed(value, width) {
    const most = wholeNumber("fixed", width);
    return fitting(value, most).padEnd(most, " ");
  },

  date(value, pattern, zone = "UTC") {
    if (typeof pattern !== "string" || typeof zone !== "string") {
      throw new FilterMisused(
        'date: expected a pattern, such as date: "%d/%m/%Y", and perhaps a time zone, such as "Europe/Paris"',
      );
    }
    return value === null || value === undefined ? "" : formatDate(value, pattern, zone);
  },

  decimal(value, places, mark = ".") {
    const count = wholeNumber("decimal", places, 0);
    if (typeof mark !== "string" || mark.length > 1) {
      throw new FilterMisused('decimal: expected the decimal mark, such as decimal: 2, ","');
    }
    const number = plain(value);
    if (number === "") {
      return "";
    }
    if (!isDecimal(number)) {
      throw new FilterMisused(`decimal: "${short(number)}" is no decimal number`);
    }
    const [whole = "", fraction = ""] = number.split(".");
    const kept = fraction.replace(/0+$/, "");
    if (kept.length > count) {
      throw new DocumentHeld(`${number} has more than ${count} decimal places, and an amount is never rounded`);
    }
    return count === 0 ? whole : `${whole}${mark}${kept.padEnd(count, "0")}`;
  },

  required(value, what) {
    const field = plain(value);
    if (field.trim() === "") {
      throw new DocumentHeld(`${typeof what === "string" ? what : "a value"} is missing, and the template requires it`);
    }
    return field;
  },
};

/** What can be printed, as text. Throws for a list or an object: none has one text. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  if (typeof value === "string") {
    if (value.length > MOST_CHARACTERS) {
      throw new FilterMisused(`a text has more than ${MOST_CHARACTERS} characters`);
    }
    return value;
  }
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) {
    return String(value);
  }
  throw new FilterMisused(
    typeof value === "number"
      ? "a calculation has no result"
      : "a list or an object cannot be printed: name one of its values, or join the list",
  );
}

/** One line of at most so many characters: a line break would begin a new record. */
function fitting(value: unknown, most: number): string {
  const field = plain(value).replaceAll(/[\r\n\t\u0085\u2028\u2029]+/g, " ");
  if (field.length > most) {
    throw new DocumentHeld(`"${short(field)}" has ${field.length} characters, and its column takes ${most}`);
  }
  return field;
}

function wholeNumber(filter: string, value: unknown, least = 1): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > 10_000) {
    throw new FilterMisused(`${filter}: expected a whole number from ${least} to 10000`);
  }
  return value;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A calendar date is the same in every zone. The clock of this machine and its zone have no part in it. */
function formatDate(value: unknown, pattern: string, zone: string): string {
  const written = typeof value === "string" ? value : "";
  const calendar = CALENDAR_DATE.test(written);
  const at = typeof value === "number" ? value : calendar || TIME.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(new Date(at).getTime())) {
    throw new FilterMisused(`date: "${short(plain(value))}" is no date`);
  }
  const parts = partsOf(at, calendar ? "UTC" : zone);
  return pattern.replaceAll(/%(.?)/gs, (_all, letter: string) => {
    const part = letter === "%" ? "%" : parts.get(letter);
    if (part === undefined) {
      throw new FilterMisused(`date: "%${letter}" is none of %${[...parts.keys(), "%"].join(", %")}`);
    }
    return part;
  });
}

function partsOf(at: number, zone: string): ReadonlyMap<string, string> {
  const formatted = formatterOf(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => formatted.find((one) => one.type === type)?.value ?? "";
  const year = part("year").padStart(4, "0");
  return new Map([
    ["d", part("day")],
    ["m", part("month")],
    ["Y", year],
    ["y", year.slice(-2)],
    ["H", part("hour")],
    ["M", part("minute")],
    ["S", part("second")],
  ]);
}

/** By zone, of which there are some hundred: making one takes a millisecond. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) {
    return known;
  }
  try {
    const formatter = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(zone, formatter);
    return formatter;
  } catch {
    throw new FilterMisused(`date: "${short(zone)}" is no time zone, such as "Europe/Paris"`);
  }
}
