// Shopify order payloads for tests, in the shape of the webhook. Small on purpose: what a test does not say is plain.

export interface LineInput {
  readonly id?: string;
  readonly sku?: string | null;
  readonly vendor?: string | null;
  readonly title?: string;
  readonly quantity?: number;
  readonly current?: number;
  readonly fulfillable?: number;
  readonly requiresShipping?: boolean;
  readonly giftCard?: boolean;
  readonly properties?: unknown;
}

export interface OrderInput {
  /** Digits; may exceed 2^53. */
  readonly id?: string;
  readonly number?: number;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly cancelledAt?: string | null;
  readonly financialStatus?: string;
  readonly test?: boolean;
  readonly total?: string;
  readonly currency?: string;
  readonly tags?: string;
  readonly note?: string | null;
  readonly noteAttributes?: readonly { readonly name: string; readonly value: string }[];
  readonly phone?: string | null;
  readonly shippingMethod?: string | null;
  readonly address?: Record<string, unknown> | null;
  readonly lines?: readonly LineInput[];
}

/** A number of any size, written digit by digit: `JSON.rawJSON`, which TypeScript's library does not know yet. */
function digits(text: string): unknown {
  const rawJson: unknown = Reflect.get(JSON, "rawJSON");
  return typeof rawJson === "function" ? Reflect.apply(rawJson, JSON, [text]) : text;
}

/** The raw body. Ids stand in it as bare digits, as Shopify writes them. */
export function orderBody(input: OrderInput = {}): string {
  const id = input.id ?? "820982911946154508";
  const number = input.number ?? 1001;
  const created = input.createdAt ?? "2027-01-10T09:00:00+01:00";
  const lines = (input.lines ?? [{ sku: "AGR-1", vendor: "Agriest" }]).map((line, index) => {
    const lineId = line.id ?? `${number}00${index + 1}`;
    const quantity = line.quantity ?? 1;
    const current = line.current ?? quantity;
    return {
      id: digits(lineId),
      admin_graphql_api_id: `gid://shopify/LineItem/${lineId}`,
      sku: line.sku === undefined ? "AGR-1" : line.sku,
      vendor: line.vendor === undefined ? "Agriest" : line.vendor,
      title: line.title ?? "Dent de herse",
      variant_title: null,
      quantity,
      current_quantity: current,
      fulfillable_quantity: line.fulfillable ?? current,
      requires_shipping: line.requiresShipping ?? true,
      gift_card: line.giftCard ?? false,
      price: "12.50",
      properties: line.properties ?? [],
    };
  });
  return JSON.stringify({
    id: digits(id),
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${number}`,
    order_number: number,
    test: input.test ?? false,
    financial_status: input.financialStatus ?? "paid",
    created_at: created,
    processed_at: created,
    updated_at: input.updatedAt ?? created,
    cancelled_at: input.cancelledAt ?? null,
    currency: input.currency ?? "EUR",
    current_total_price: input.total ?? "25.00",
    total_price: input.total ?? "25.00",
    tags: input.tags ?? "",
    note: input.note ?? null,
    note_attributes: input.noteAttributes ?? [],
    email: "jeanne@example.com",
    phone: null,
    customer: { first_name: "Jeanne", last_name: "Martin", email: "jeanne@example.com", phone: null },
    shipping_address:
      input.address === undefined
        ? {
            first_name: "Jeanne",
            last_name: "Martin",
            name: "Jeanne Martin",
            company: "GAEC du Val",
            address1: "12 rue des Prés",
            address2: null,
            zip: "35000",
            city: "Rennes",
            province: null,
            country: "France",
            country_code: "FR",
            phone: input.phone === undefined ? "06 12 34 56 78" : input.phone,
          }
        : input.address,
    billing_address: null,
    shipping_lines:
      input.shippingMethod === null ? [] : [{ title: input.shippingMethod ?? "Standard", code: "std", phone: null }],
    line_items: lines,
  });
}
