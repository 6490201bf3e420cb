// How one supplier wants its documents: what the configuration says beyond the format's name.

export const formatNames = ["order-xml", "ubl-2.1", "opentrans-2.1", "cxml-1.2", "order-x-basic", "template"] as const;
export type FormatName = (typeof formatNames)[number];

/** Formats in which each line must have a price: Format.needsPrice says the same, a test compares them. */
export const pricedFormats: readonly FormatName[] = ["cxml-1.2", "order-x-basic"];

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
  /** An XML Schema that each document must satisfy before it is sent; null: none. */
  readonly schema: { readonly file: string; readonly bytes: Uint8Array } | null;
}

export interface TemplateSettings {
  /** For messages. */
  readonly file: string;
  readonly source: string;
  readonly mediaType: string;
  readonly escape: "xml" | "none";
}
