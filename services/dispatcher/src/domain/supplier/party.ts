import type { Address } from "../order/order.ts";

/** A company as suppliers know it: the merchant, whoever is invoiced, the supplier. */
export interface Party {
  readonly name: string;
  readonly siret: string | null;
  readonly vat: string | null;
  /** GLN, 13 digits. */
  readonly gln: string | null;
  readonly contact: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly email: string | null;
  readonly address: Address | null;
}

/** Who orders. */
export type Buyer = Party;
