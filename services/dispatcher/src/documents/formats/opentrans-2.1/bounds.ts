// The lengths of openTRANS 2.1 that no setting of a supplier bounds: what is longer is held, never cut.
import { BadDocument, DocumentHeld } from "../../../domain/delivery/failure.ts";
import { emptyText, optional, type XmlNode } from "../../xml-write.ts";

export const FORMAT = "openTRANS 2.1";

/** Undefined where nothing is left of it. Throws DocumentHeld, naming field and limit. */
export function bounded(field: string, value: string | null, most: number): string | undefined {
  const text = optional(value);
  // XML Schema counts characters, not UTF-16 units.
  const length = text === undefined ? 0 : Array.from(text).length;
  if (length > most) {
    throw new DocumentHeld(`${field} has ${length} characters, and ${FORMAT} takes ${most}`);
  }
  return text;
}

/** Throws BadDocument where it is empty, DocumentHeld where it is too long. */
export function mandatory(field: string, value: string, most: number): string {
  const text = bounded(field, value, most);
  if (text === undefined) {
    throw new BadDocument(emptyText(field, value));
  }
  return text;
}

/** A text with its attribute `type`: one of the specification, or letters and digits of our own. */
export const typed = (type: string, text: string | undefined): XmlNode | undefined =>
  text === undefined ? undefined : { "@type": type, "#text": text };
