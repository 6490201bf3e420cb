// A Shopify order as the dispatcher understands it, whatever it came from (a webhook today, the Admin API later).
// Times are epoch milliseconds; money is decimal text with its currency; ids are the digits of Shopify's global ids,
// as text, because they exceed 2^53.

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Address {
  readonly company: string | null;
  readonly name: string | null;
  readonly street: string | null;
  readonly street2: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  readonly province: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export interface OrderLine {
  /** Digits of the line item's global id. */
  readonly id: string;
  readonly sku: string | null;
  readonly vendor: string | null;
  readonly title: string;
  readonly variantTitle: string | null;
  /** Units ordered, before any edit or refund took some away. */
  readonly quantity: number;
  readonly currentQuantity: number;
  readonly fulfillableQuantity: number;
  readonly requiresShipping: boolean;
  readonly giftCard: boolean;
  /** Of one unit; null when it is not told. */
  readonly grams: number | null;
  /** The customer's entries for this line: engraving, length to cut. */
  readonly properties: readonly Entry[];
}

export interface Entry {
  readonly name: string;
  readonly value: string;
}

export interface Order {
  /** `<shop>:<digits>`: unique across shops. */
  readonly id: string;
  readonly shop: string;
  /** As the customer sees it, such as "#1001". */
  readonly name: string;
  readonly orderNumber: string;
  readonly test: boolean;
  /** As Shopify writes it: pending, authorized, partially_paid, paid, partially_refunded, refunded, voided. */
  readonly financialStatus: string | null;
  /** The customer pays by invoice later (B2B). */
  readonly paymentTerms: boolean;
  readonly createdAt: number;
  readonly processedAt: number;
  readonly updatedAt: number;
  readonly cancelledAt: number | null;
  /** What the customer owes after edits and refunds, in the shop's currency. */
  readonly total: Money;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly noteAttributes: readonly Entry[];
  readonly customerOrderNumber: string | null;
  readonly customer: {
    readonly name: string;
    readonly email: string;
    /** BCP 47, as the checkout was in; null when it is not told. */
    readonly language: string | null;
  };
  readonly deliverTo: Address | null;
  /** E.164, from the shipping address, else the checkout's shipping line, billing address, order or customer. */
  readonly phone: string | null;
  /** The title of the shipping method that the customer chose. */
  readonly shippingMethod: string | null;
  /** The code of that method: the shop's, or a carrier's. */
  readonly shippingMethodCode: string | null;
  readonly lines: readonly OrderLine[];
}

/** Of an order that was taken in. new: not planned yet; historic: older than dispatch.since. */
export const orderStates = ["new", "open", "historic", "cancelled", "deleted"] as const;
