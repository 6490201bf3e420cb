// For formats that cannot do without prices.
import type { Content, ContentLine } from "../domain/purchase-order/content.ts";
import { DocumentHeld } from "../domain/delivery/failure.ts";

export interface PricedContent extends Content {
  readonly currency: string;
  readonly netTotal: string;
  readonly lines: readonly PricedLine[];
}

export interface PricedLine extends ContentLine {
  readonly unitCost: string;
  readonly netAmount: string;
}

/** Throws DocumentHeld that names the first line without a cost. `format`: as people call it. */
export function withPrices(content: Content, format: string): PricedContent {
  const lines = content.lines.map((line): PricedLine => {
    const { unitCost, netAmount } = line;
    if (unitCost === null || netAmount === null) {
      throw new DocumentHeld(
        `line ${line.number} (SKU ${line.supplierSku}) has no cost, and ${format} needs one: add it to the supplier's catalogue, with the price policy cost`,
      );
    }
    return { ...line, unitCost, netAmount };
  });
  const { currency, netTotal } = content;
  if (currency === null || netTotal === null) {
    throw new DocumentHeld(`purchase order ${content.number} has no currency, and ${format} needs one for its total`);
  }
  return { ...content, currency, netTotal, lines };
}
