import type { DocumentSettings } from "../../domain/purchase-order/document.ts";

/** A supplier that wishes nothing of its own. (Beside the generators of contents.ts, which take 100 MB to load.) */
export const plainSettings: DocumentSettings = {
  format: "order-xml",
  encoding: "utf-8",
  newline: "lf",
  characters: "transliterate",
  limits: {},
  overflow: "flow",
  extras: {},
  template: null,
  schema: null,
  answers: null,
};
