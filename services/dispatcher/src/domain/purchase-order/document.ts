// How one supplier wants its documents: what the configuration says beyond the format's name.
import type { AcknowledgementStatus } from "../answers/acknowledgement.ts";

export const formatNames = ["order-xml", "ubl-2.1", "opentrans-2.1", "cxml-1.2", "order-x-basic", "template"] as const;
export type FormatName = (typeof formatNames)[number];

/** Formats in which each line must have a price: Format.needsPrice says the same, a test compares them. */
export const pricedFormats: readonly FormatName[] = ["cxml-1.2", "order-x-basic"];

/** Formats of which a file may hold several purchase orders; a template says so itself. Format.join says the same, a test compares them. */
export const joinableFormats: readonly FormatName[] = ["order-xml", "template"];

export const encodings = ["utf-8", "iso-8859-1", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];

/** Texts whose length a supplier's system may bound. */
export const boundedTexts = ["name", "street", "zip", "city", "phone", "description", "note"] as const;
export type BoundedText = (typeof boundedTexts)[number];

/** Most characters (UTF-16 units, as most systems count). */
export type Limits = Readonly<Partial<Record<BoundedText, number>>>;

export interface DocumentSettings {
  readonly format: FormatName;
  readonly encoding: Encoding;
  readonly newline: "lf" | "crlf";
  /** Characters that the encoding lacks: written with the nearest that it has (ł becomes l), or the purchase order is held. */
  readonly characters: "transliterate" | "hold";
  readonly limits: Limits;
  /** What is too long: goes on in the next field where there is one free, else held; or held at once. */
  readonly overflow: "flow" | "hold";
  /** Fields of the supplier's own, in the place that the format has for such: UDX, Extrinsic, a note. */
  readonly extras: Readonly<Record<string, string>>;
  /** For the format `template`. */
  readonly template: TemplateSettings | null;
  /** An XML Schema that each document must satisfy before it is sent, by its absolute path; null: none. */
  readonly schema: { readonly file: string; readonly bytes: Uint8Array } | null;
  /** How answers are read that are not in the format's own; null: they are. */
  readonly answers: AnswerMapping | null;
}

export interface TemplateSettings {
  /** For messages. */
  readonly file: string;
  readonly source: string;
  readonly mediaType: string;
  /** xml: every output is escaped; none: what is written is up to the template. */
  readonly escape: "xml" | "none";
  /** Lines at the top of each document that a file with several has once; null: a file holds one. */
  readonly header: number | null;
  /** What the template can say of a purchase order. */
  readonly purposes: readonly Purpose[];
}

export const purposes = ["original", "replacement", "change", "cancellation"] as const;
export type Purpose = (typeof purposes)[number];

/** What a supplier's answer may say, by a name of the configuration. */
export const answerFields = [
  "order_number",
  "version",
  "status",
  "reference",
  "reason",
  "line",
  "sku",
  "confirmed",
  "backordered",
  "cancelled",
  "promised_date",
] as const;
export type AnswerField = (typeof answerFields)[number];

/** Where a supplier's answers, in a format of its own, say what. */
export interface AnswerMapping {
  /** CSV: a column's name, or its number from 1 where there is no header. XML: a path below the root element. */
  readonly fields: Readonly<Partial<Record<AnswerField, string>>>;
  /** The supplier's word, compared without regard to case → what it means. */
  readonly statuses: Readonly<Record<string, AcknowledgementStatus>>;
  /** Of dates: d, M and y stand for digits of day, month and year. */
  readonly date: string;
  /** What becomes of lines that a file does not name, where it names others: no answer, or as if they were accepted. */
  readonly unnamed: "open" | "confirmed";
  readonly form:
    | {
        readonly kind: "csv";
        readonly delimiter: string;
        readonly quote: string | null;
        readonly header: boolean;
        readonly encoding: Encoding;
      }
    /** `lines`: path of the element that repeats for each line; null: the root element is the only one. */
    | { readonly kind: "xml"; readonly lines: string | null };
}
