// Orders of 5 KB, each for one supplier and with nothing that makes it wait.
import { createOrderGenerator } from "@soh/simulators/orders";

export const SHOP = "sermat-equipement.myshopify.com";
export const VENDOR = "Agriest";

const ORDER_BYTES = 5_000;
const DAY_MS = 86_400_000;

/** As Shopify would send them: the first has this number. */
export function orderBodies(options: { readonly firstNumber: number; readonly count: number }): readonly Buffer[] {
  const { firstNumber, count } = options;
  const generator = createOrderGenerator({
    seed: firstNumber,
    shop: SHOP,
    suppliers: [{ name: VENDOR, vendors: [VENDOR], skuPrefixes: ["AGR-"] }],
    holds: {},
    since: Date.now() - DAY_MS,
    now: Date.now,
    firstOrderNumber: firstNumber,
  });
  return Array.from({ length: count }, () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an order of our own generator
    const order = JSON.parse(generator.next("plain").body) as { line_items: unknown[]; [field: string]: unknown };
    return Buffer.from(
      padded({ ...order, line_items: order.line_items.slice(0, 1), billing_address: null, client_details: null }),
    );
  });
}

function padded(order: object): string {
  const text = (padding: string): string => JSON.stringify({ ...order, landing_site: padding });
  return text("x".repeat(Math.max(0, ORDER_BYTES - Buffer.byteLength(text("")))));
}
