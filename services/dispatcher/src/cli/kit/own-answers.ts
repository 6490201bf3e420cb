// Answers in a form of the supplier's own (`document.answers`): where its engineer puts what, and examples.
import iconv from "iconv-lite";
import type { AcknowledgementStatus } from "../../domain/answers/acknowledgement.ts";
import { answerFields, type AnswerField, type AnswerMapping } from "../../domain/purchase-order/document.ts";
import { xmlOf, type AnswerRow } from "./own-answers-xml.ts";

interface Example {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Each field's meaning in English and French. */
const meanings: Readonly<Record<AnswerField, readonly [string, string]>> = {
  order_number: [
    "our purchase order's number, in every row; one purchase order per file",
    "notre numéro de commande, sur chaque ligne ; une seule commande par fichier",
  ],
  version: ["the version that you answer", "la version à laquelle vous répondez"],
  status: ["one of the words below", "l'un des mots ci-dessous"],
  reference: ["your own number of the answer", "votre numéro de réponse"],
  reason: ["why, for people", "pourquoi, pour une personne"],
  line: ["the line's number in our purchase order", "le numéro de ligne de notre commande"],
  sku: [
    "the article, as in our purchase order; counts where there is no line number",
    "l'article, comme dans notre commande ; compte sans numéro de ligne",
  ],
  confirmed: ["units that you ship, in the unit that we ordered", "unités que vous expédiez, dans l'unité commandée"],
  backordered: ["units that you ship later", "unités que vous expédiez plus tard"],
  cancelled: ["units that you never ship", "unités que vous n'expédiez jamais"],
  promised_date: ["when you ship", "date d'expédition"],
};

const outcomes: Readonly<Record<AcknowledgementStatus, readonly [string, string]>> = {
  received: ["you have it and decide later", "bien reçue, vous décidez plus tard"],
  accepted: ["you ship it", "vous expédiez"],
  rejected: ["you never ship it", "vous n'expédiez jamais"],
  changed: ["you ship another quantity: the quantities say which", "vous expédiez une autre quantité : les quantités la disent"],
};

/** Cells of a table: what stands where, then each status's words. */
export function answerTable({ fields, form, statuses, date }: AnswerMapping): string[][] {
  const csv = form.kind === "csv";
  const [what, quoi] = csv ? ["column", "colonne"] : ["element", "élément"];
  const places = answerFields.flatMap((field) => {
    const place = fields[field];
    const [en, fr] = meanings[field];
    const of = field === "promised_date" ? `, ${date}` : "";
    return place === undefined ? [] : [[`${what} · ${quoi} \`${place}\``, `${en}${of}`, `${fr}${of}`]];
  });
  const words = Object.entries(statuses).map(([word, status]) => [`\`${word}\``, ...outcomes[status]]);
  return [...places, ...words];
}

/** What becomes of lines that an answer does not name; nothing where it can name none. */
export function unnamedLines({ fields, unnamed }: AnswerMapping): string[] {
  if (fields.line === undefined && fields.sku === undefined) {
    return [];
  }
  return [
    unnamed === "open"
      ? "Where you name lines, name all: one that is not named stays open, and a person asks you. · Si vous nommez des lignes, nommez-les toutes : une ligne absente reste ouverte, et une personne vous appelle."
      : "Where you name lines, one that is not named counts as accepted. · Si vous nommez des lignes, une ligne absente vaut acceptation.",
  ];
}

/** How its bytes are written. */
export const answerForm = ({ form }: AnswerMapping): string =>
  form.kind === "xml"
    ? form.lines === null
      ? "XML: below the root element, whatever its name. · XML : sous l'élément racine, quel que soit son nom."
      : `XML: \`${form.lines}\` repeats for each line; what is not in it is read once below the root element, whatever its name. · XML : \`${form.lines}\` se répète pour chaque ligne ; ce qui n'y est pas est lu une fois sous l'élément racine, quel que soit son nom.`
    : `CSV, \`${form.delimiter === "\t" ? "TAB" : form.delimiter}\`, ${form.encoding}`;

/**
 * Answers to a purchase order of 5 units on line 1 and 2 on line 2, named as a format's own examples are. Where the mapping
 * names no lines, they answer for the whole purchase order.
 */
export function answerExamples(
  mapping: AnswerMapping,
  of: { readonly number: string; readonly skus: readonly string[] },
): Example[] {
  const { fields, form, statuses } = mapping;
  const word = (status: AcknowledgementStatus): string | undefined =>
    Object.entries(statuses).find(([, meaning]) => meaning === status)?.[0];
  const namesLines = fields.line !== undefined || fields.sku !== undefined;
  const byLine = namesLines && !(form.kind === "xml" && form.lines === null);
  const row = (status: string, line: number, units: AnswerRow): AnswerRow => ({
    order_number: of.number,
    version: "1",
    status,
    ...(byLine ? { line: String(line), sku: of.skus[line - 1] ?? "", ...units } : { reason: units.reason ?? "" }),
  });
  const rows = (status: string | undefined, units: readonly AnswerRow[]): AnswerRow[] =>
    status === undefined ? [] : (byLine ? units : units.slice(0, 1)).map((one, index) => row(status, index + 1, one));
  const all = (quantity: string): AnswerRow => ({ confirmed: quantity, backordered: "0", cancelled: "0" });
  const ok = word("accepted");
  const partly = word("changed");
  const changed =
    ok === undefined || partly === undefined || !byLine || fields.confirmed === undefined
      ? []
      : [row(ok, 1, all("5")), row(partly, 2, { confirmed: "1", backordered: "0", cancelled: "1", reason: "1 épuisé" })];
  const answers: readonly (readonly [AcknowledgementStatus, readonly AnswerRow[]])[] = [
    ["accepted", rows(ok, [all("5"), all("2")])],
    ["changed", changed],
    ["received", rows(word("received"), [{}, {}])],
    ["rejected", rows(word("rejected"), [{ reason: "épuisé" }, { reason: "épuisé" }])],
  ];
  return answers.flatMap(([status, said]) =>
    said.length === 0
      ? []
      : [
          {
            name: `acknowledgement-${status}.${form.kind}`,
            bytes: form.kind === "xml" ? xmlOf(said, mapping, form) : csvOf(said, mapping, form),
          },
        ],
  );
}

function csvOf(rows: readonly AnswerRow[], { fields }: AnswerMapping, form: AnswerMapping["form"] & { kind: "csv" }): Uint8Array {
  const { delimiter, quote, encoding } = form;
  const places = answerFields.flatMap((field) => {
    const place = fields[field];
    return place === undefined ? [] : [{ field, place }];
  });
  const width = form.header ? places.length : Math.max(...places.map(({ place }) => Number(place)));
  const cells = (value: (field: AnswerField, place: string) => string): string => {
    const line = Array<string>(width).fill("");
    for (const [index, { field, place }] of places.entries()) {
      line[form.header ? index : Number(place) - 1] = value(field, place);
    }
    return line.map(quoted).join(delimiter);
  };
  const quoted = (cell: string): string =>
    quote !== null && (cell.includes(delimiter) || cell.includes(quote))
      ? `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`
      : cell;
  const head = form.header ? [cells((_, place) => place)] : [];
  const lines = [...head, ...rows.map((row) => cells((field) => row[field] ?? ""))];
  return iconv.encode(lines.map((line) => `${line}\r\n`).join(""), encoding);
}
