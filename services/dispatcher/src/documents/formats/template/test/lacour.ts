// A supplier as docs/formats/template.md describes one, with the templates that the project ships.
import { readFileSync } from "node:fs";
import { purposes, type AnswerMapping, type DocumentSettings } from "../../../../domain/purchase-order/document.ts";
import { plainSettings } from "../../../test/settings.ts";

const source = (file: string): string =>
  readFileSync(new URL(`../../../../../../../config/templates/${file}`, import.meta.url), "utf8");

/** Of the examples beside this format. */
export const lacourAnswers: AnswerMapping = {
  form: { kind: "csv", delimiter: ";", quote: '"', header: true, encoding: "utf-8" },
  fields: {
    order_number: "COMMANDE",
    version: "VERSION",
    status: "STATUT",
    reference: "NUM_AR",
    reason: "MOTIF",
    line: "LIGNE",
    sku: "REFERENCE",
    confirmed: "QTE_CONF",
    backordered: "QTE_RELIQUAT",
    cancelled: "QTE_ANNULEE",
    promised_date: "DATE_PREVUE",
  },
  statuses: { OK: "accepted", KO: "rejected", RECU: "received" },
  date: "dd/MM/yyyy",
  unnamed: "open",
};

const withTemplate = (template: DocumentSettings["template"]): DocumentSettings => ({
  ...plainSettings,
  format: "template",
  template,
  answers: lacourAnswers,
});

export const lacourCsv = withTemplate({
  file: "lacour.csv.liquid",
  source: source("lacour.csv.liquid"),
  mediaType: "text/csv",
  escape: "none",
  purposes: ["original"],
  header: null,
});

export const plainXml = withTemplate({
  file: "plain.xml.liquid",
  source: source("plain.xml.liquid"),
  mediaType: "application/xml",
  escape: "xml",
  purposes,
  header: null,
});

export const fixedWidth = withTemplate({
  file: "fixed-width.txt.liquid",
  source: source("fixed-width.txt.liquid"),
  mediaType: "text/plain",
  escape: "none",
  purposes: ["original"],
  header: null,
});
