// What has happened to an order, as its payload tells it: what was sent, and what was taken back.
import type { Money } from "./money.ts";
import { ID_OFFSETS, isoTime, lineId, linePayload, lineStatus, vatIn } from "./payload-lines.ts";
import { discountOn, sum, type OrderPlan } from "./plan.ts";

export function fulfillmentStatus({ lines }: OrderPlan): "fulfilled" | "partial" | null {
  const statuses = lines.filter(({ ships, current }) => ships && current > 0).map(lineStatus);
  // None at all has none that is sent either.
  if (statuses.every((status) => status === null)) {
    return null;
  }
  return statuses.every((status) => status === "fulfilled") ? "fulfilled" : "partial";
}

export function fulfillmentsOf(plan: OrderPlan, money: Money) {
  const lines = plan.lines.flatMap((line, n) =>
    lineStatus(line) === null ? [] : [{ ...linePayload(plan, line, n, money), quantity: line.current - line.fulfillable }],
  );
  if (lines.length === 0) {
    return [];
  }
  const id = plan.id + ID_OFFSETS.fulfillment;
  const at = isoTime(plan.updatedAt);
  const url = `https://www.example.net/suivi/6A${plan.number}`;
  return [
    {
      id,
      admin_graphql_api_id: `gid://shopify/Fulfillment/${id}`,
      created_at: at,
      location_id: 70_000_000_001n,
      name: `#${plan.number}.1`,
      order_id: plan.id,
      origin_address: {},
      receipt: {},
      service: "manual",
      shipment_status: null,
      status: "success",
      tracking_company: "Colissimo",
      tracking_number: `6A${plan.number}`,
      tracking_numbers: [`6A${plan.number}`],
      tracking_url: url,
      tracking_urls: [url],
      updated_at: at,
      line_items: lines,
    },
  ];
}

export function refundsOf(plan: OrderPlan, money: Money) {
  const refunded = plan.lines.flatMap((line, n) => (line.current < line.quantity ? [{ line, n }] : []));
  if (refunded.length === 0 || plan.financialStatus === "pending" || plan.financialStatus === "voided") {
    return [];
  }
  const id = plan.id + ID_OFFSETS.refund;
  const at = isoTime(plan.updatedAt);
  const amounts = refunded.map(({ line }) => {
    const units = line.quantity - line.current;
    return line.price * units - (line.discount - discountOn(line, line.current));
  });
  return [
    {
      id,
      admin_graphql_api_id: `gid://shopify/Refund/${id}`,
      created_at: at,
      note: "Article indisponible",
      order_id: plan.id,
      processed_at: at,
      restock: true,
      total_additional_fees_set: money.set(0),
      total_duties_set: money.set(0),
      user_id: null,
      order_adjustments: [],
      transactions: [
        {
          id: plan.id + ID_OFFSETS.transaction,
          admin_graphql_api_id: `gid://shopify/OrderTransaction/${plan.id + ID_OFFSETS.transaction}`,
          amount: money.text(sum(amounts)),
          created_at: at,
          currency: "EUR",
          gateway: "shopify_payments",
          kind: "refund",
          order_id: plan.id,
          processed_at: at,
          status: "success",
          test: plan.test,
        },
      ],
      refund_line_items: refunded.map(({ line, n }, index) => ({
        id: plan.id + ID_OFFSETS.refundLine + BigInt(n),
        line_item_id: lineId(plan, n),
        location_id: 70_000_000_001n,
        quantity: line.quantity - line.current,
        restock_type: "cancel",
        // Numbers here, and only here: so it is in Shopify's own examples.
        subtotal: (amounts[index] ?? 0) / 100,
        subtotal_set: money.set(amounts[index] ?? 0),
        total_tax: vatIn(amounts[index] ?? 0) / 100,
        total_tax_set: money.set(vatIn(amounts[index] ?? 0)),
        line_item: linePayload(plan, line, n, money),
      })),
      duties: [],
      additional_fees: [],
    },
  ];
}
