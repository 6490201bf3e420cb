// A supplier tells what it has in stock.

export interface StockReport {
  readonly reference: string | null;
  /** Epoch milliseconds; null when the document does not say. */
  readonly asOf: number | null;
  readonly items: readonly {
    readonly supplierSku: string | null;
    readonly gtin: string | null;
    /** In the supplier's unit; never negative. */
    readonly quantity: number;
    /** Calendar date, YYYY-MM-DD, from which there will be more. */
    readonly availableFrom: string | null;
  }[];
}
