import type { DocumentSettings, FormatName } from "../domain/purchase-order/document.ts";
import type { Format } from "./format.ts";
import { cxml } from "./formats/cxml-1.2/cxml-1.2.ts";
import { orderX } from "./formats/order-x-basic/order-x-basic.ts";
import { opentrans } from "./formats/opentrans-2.1/opentrans-2.1.ts";
import { orderXml } from "./formats/order-xml/order-xml.ts";
import { createTemplateFormat } from "./formats/template/template.ts";
import { ubl } from "./formats/ubl-2.1/ubl-2.1.ts";

const formats: Partial<Record<FormatName, (settings: DocumentSettings) => Format>> = {
  "order-xml": () => orderXml,
  "cxml-1.2": () => cxml,
  "order-x-basic": () => orderX,
  "opentrans-2.1": () => opentrans,
  "ubl-2.1": () => ubl,
  template: createTemplateFormat,
};

/** Every format that there is: for what tests them all. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of the literal above
export const formatNames = Object.keys(formats) as FormatName[];

/**
 * Throws Error for a format that is not built: the configuration's schema does not let it through; BadDocument for a template
 * that is none.
 */
export function formatOf(settings: DocumentSettings): Format {
  const create = formats[settings.format];
  if (create === undefined) {
    throw new Error(`the format ${settings.format} does not exist`);
  }
  return create(settings);
}
