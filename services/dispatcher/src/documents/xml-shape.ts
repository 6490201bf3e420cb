// Describing a supplier's XML with zod, as `readXml` gives it: one element is itself, several are a list, one without content
// is an empty text, and text beside attributes is "#text". Prefixes of namespaces are gone.
import { z } from "zod";
import type { Message, ReadMessage } from "../domain/answers/message.ts";
import { readXml, type ReadXmlOptions } from "./xml-read.ts";

const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? ("#text" in value ? value["#text"] : "") : value;

/** The text of an element, whatever its attributes; not empty. */
export const text = z.preprocess(plain, z.string().min(1));
export const optionalText = z.preprocess(
  plain,
  z
    .string()
    .optional()
    .transform((value) => value || null),
);

/** A whole number; suppliers write 3 as 3.0 and 3.000, too. */
export const count = z.preprocess(
  plain,
  z
    .string()
    .regex(/^\d{1,9}([.]0{1,6})?$/, "expected a whole number")
    .transform((value) => Number.parseInt(value, 10)),
);
export const optionalCount = z
  .preprocess((value) => (plain(value) === "" ? undefined : value), count.optional())
  .transform((value) => value ?? null);

export const isDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};
/** The calendar date of an xs:date or xs:dateTime, as it is written there. */
export const day = z.preprocess(
  plain,
  z
    .string()
    .transform((value) => value.slice(0, 10))
    .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value), "expected a date YYYY-MM-DD"),
);
export const optionalDay = z
  .preprocess((value) => (plain(value) === "" ? undefined : value), day.optional())
  .transform((value) => value ?? null);

/** Epoch milliseconds of an xs:dateTime, from year 1 to 9999; one without a zone is taken as UTC, wherever this runs. */
export const instant = z.preprocess(
  plain,
  z
    .string()
    .transform((value) => Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$|^[^T]*$/.test(value) ? value : `${value}Z`))
    .refine(
      (value) => value >= Date.parse("0001-01-01T00:00:00Z") && value <= Date.parse("9999-12-31T23:59:59Z"),
      "expected a time",
    ),
);
export const optionalInstant = z
  .preprocess((value) => (plain(value) === "" ? undefined : value), instant.optional())
  .transform((value) => value ?? null);

export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value]), z.array(item));

/** An element that may be absent, or empty: then as if it had no children. */
export const element = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (value === undefined || value === "" ? {} : value), z.object(shape));

export interface Reader {
  /** What this root element says. Throws Unreadable where it says what nobody can act on. */
  readonly read: (value: unknown) => Message;
}

/** What the supplier wrote is valid, and yet cannot be acted on. */
export class Unreadable extends Error {
  override name = "Unreadable";
}

/** Reads one of several documents, by its root element. */
export function reader<T extends z.ZodType>(schema: T, toMessage: (value: z.output<T>) => Message): Reader {
  return {
    read(value) {
      const parsed = schema.safeParse(value);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new Unreadable(`${issue?.path.join("/") ?? ""}: ${issue?.message ?? "not readable"}`);
      }
      return toMessage(parsed.data);
    },
  };
}

/** `readers` by the root element's local name. Never throws on the content. */
export function readDocument(
  bytes: Uint8Array,
  readers: Readonly<Record<string, Reader>>,
  options: ReadXmlOptions = {},
): ReadMessage {
  const document = readXml(bytes, options);
  if (!document.ok) {
    return document;
  }
  const found = Object.hasOwn(readers, document.root) ? readers[document.root] : undefined;
  if (found === undefined) {
    const expected = Object.keys(readers).map((name) => `<${name}>`);
    return { ok: false, reason: `expected ${expected.join(" or ")}, found <${document.root}>` };
  }
  try {
    return { ok: true, message: found.read(document.value) };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { ok: false, reason: `${document.root}/${error.message}` };
    }
    throw error;
  }
}
