import type { CataloguePolicy } from "../catalogue/catalogue.ts";
import type { Wishes } from "../supplier/supplier.ts";

/** What a supplier is told that the merchant has no wishes for. */
export const noWishes = (name: string): Wishes => ({
  contract: null,
  invoiceTo: null,
  seller: { name, siret: null, vat: null, gln: null, contact: null, phone: null, email: null, address: null },
  customerEmail: "send",
  note: "send",
  attributes: null,
  partial: null,
  backorder: null,
  substitution: null,
  carrier: null,
  carrierAccount: null,
  incoterm: null,
  deliveryNote: null,
  price: "none",
});

/** Of a supplier that gave us no catalogue. */
export const noCatalogue: CataloguePolicy = {
  required: false,
  pack: "hold",
  timezone: "UTC",
  missingCost: "hold",
  minimum: null,
};
