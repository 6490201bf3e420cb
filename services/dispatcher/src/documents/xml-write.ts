// Writing XML: what every XML format shares.
import { XMLBuilder } from "fast-xml-parser";
import { BadDocument } from "../domain/delivery/failure.ts";
import { xmlText } from "./xml-text.ts";

/** Elements in order; a name with @ is an attribute, #text the text beside attributes. Undefined and null are left out. */
export type XmlNode = { readonly [name: string]: XmlValue };
export type XmlValue = string | number | boolean | null | undefined | XmlNode | readonly XmlValue[];

const builder = new XMLBuilder({
  format: true,
  indentBy: "  ",
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: false,
  suppressBooleanAttributes: false,
  processEntities: true,
});

/** The whole document. Every text must have been through `xmlText`, `required` or `optional`. */
export function writeXml(root: XmlNode, options: { readonly encoding: string; readonly doctype?: string }): string {
  const declaration = `<?xml version="1.0" encoding="${options.encoding.toUpperCase()}"?>\n`;
  return `${declaration}${options.doctype === undefined ? "" : `${options.doctype}\n`}${builder.build(withoutNothing(root)).trimEnd()}\n`;
}

/** The builder would write an element for undefined. */
function withoutNothing(value: XmlValue): unknown {
  if (Array.isArray(value)) {
    return value.filter((one) => one !== undefined && one !== null).map(withoutNothing);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) =>
        inner === undefined || inner === null || (Array.isArray(inner) && inner.length === 0)
          ? []
          : [[name, withoutNothing(inner)]],
      ),
    );
  }
  return value;
}

/** Why a text that must be there is not: it was given none, or one of which nothing can be written. */
export const emptyText = (what: string, given: string | null): string =>
  (given ?? "").trim() === "" ? `${what} is missing` : `${what} is empty after removing characters that XML cannot carry`;

/** Text that must not be empty. Throws BadDocument that names it. */
export function required(value: string | null, what: string): string {
  const text = xmlText(value ?? "");
  if (text.trim() === "") {
    throw new BadDocument(emptyText(what, value));
  }
  return text;
}

/** Undefined where nothing is left of it. */
export function optional(value: string | null): string | undefined {
  const text = xmlText(value ?? "");
  return text.trim() === "" ? undefined : text;
}

export const texts = (values: readonly string[]): string[] => values.flatMap((value) => optional(value) ?? []);

/** RFC 3339 in UTC. */
export const time = (epochMs: number): string => new Date(epochMs).toISOString();
/** The calendar date in UTC. */
export const date = (epochMs: number): string => time(epochMs).slice(0, 10);
