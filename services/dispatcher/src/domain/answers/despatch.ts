// A supplier tells what it has shipped: the despatch advice (UN/EDIFACT DESADV, UBL DespatchAdvice, cXML ShipNotice).

export interface DespatchAdvice {
  /** The supplier's own number for it: a second one with this number repeats it. */
  readonly reference: string;
  readonly purchaseOrder: string;
  /** Epoch milliseconds, or null when it is not told. */
  readonly shippedAt: number | null;
  /** Calendar date, YYYY-MM-DD. */
  readonly expectedOn: string | null;
  readonly carrier: string | null;
  readonly tracking: readonly { readonly number: string; readonly url: string | null }[];
  /** None: everything of the purchase order that was not shipped before. */
  readonly lines: readonly {
    /** The purchase order's line; null where the supplier names only the article. */
    readonly number: number | null;
    readonly supplierSku: string | null;
    /** In the supplier's unit. */
    readonly quantity: number;
    readonly backordered: number | null;
  }[];
}
