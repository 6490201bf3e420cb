// An example answer in XML of the supplier's own: what is of the whole answer below the root, the rest in the line.
import { answerFields, type AnswerField, type AnswerMapping } from "../../domain/purchase-order/document.ts";
import { writeXml, type XmlNode } from "../../documents/documents.ts";

export type AnswerRow = Readonly<Partial<Record<AnswerField, string>>>;

/** Whatever its name: paths begin below it. */
const ROOT = "Answer";

interface Element {
  [name: string]: string | Element | Element[];
}

/** Several rows need `form.lines`. */
export function xmlOf(
  rows: readonly AnswerRow[],
  { fields }: AnswerMapping,
  form: AnswerMapping["form"] & { kind: "xml" },
): Uint8Array {
  const root: Element = {};
  const repeated = form.lines;
  const ofAll = (field: AnswerField): boolean =>
    repeated === null || field === "order_number" || field === "version" || field === "reference";
  const write = (element: Element, row: AnswerRow, which: (field: AnswerField) => boolean): void => {
    for (const field of answerFields.filter(which)) {
      const [place, value] = [fields[field], row[field]];
      if (place !== undefined && value !== undefined && value !== "") {
        put(element, place.split("/"), value);
      }
    }
  };
  write(root, rows[0] ?? {}, ofAll);
  if (repeated !== null) {
    const path = repeated.split("/");
    const parent = inner(root, path.slice(0, -1));
    const name = path.at(-1) ?? "";
    // What is of the whole answer may stand in the line, too.
    const common = parent[name];
    parent[name] = rows.map((row) => {
      const line: Element = typeof common === "object" && !Array.isArray(common) ? structuredClone(common) : {};
      write(line, row, (field) => !ofAll(field));
      return line;
    });
  }
  const document: XmlNode = { [ROOT]: root };
  return Buffer.from(writeXml(document, { encoding: "utf-8" }));
}

function put(element: Element, path: readonly string[], value: string): void {
  const name = path.at(-1) ?? "";
  const parent = inner(element, path.slice(0, -1));
  const there = parent[name];
  if (typeof there === "object" && !Array.isArray(there)) {
    there["#text"] = value; // Others are in it.
    return;
  }
  parent[name] = value;
}

/** The element at the path, made where it is not there yet. */
function inner(element: Element, [name, ...rest]: readonly string[]): Element {
  if (name === undefined) {
    return element;
  }
  const there = element[name];
  const next: Element = typeof there === "string" ? { "#text": there } : Array.isArray(there) || there === undefined ? {} : there;
  element[name] = next;
  return inner(next, rest);
}
