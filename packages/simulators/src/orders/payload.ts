// The plan of an order as Shopify's order webhook writes it (REST shape, 2026-10). Ids are bigints: they exceed 2^53.
import { createHash } from "node:crypto";
import { createMoney, type Money } from "./money.ts";
import type { Address } from "./people.ts";
import { fulfillmentsOf, fulfillmentStatus, refundsOf } from "./payload-history.ts";
import { ID_OFFSETS, isoTime, linePayload, taxLines, vatIn } from "./payload-lines.ts";
import { currentSubtotal, currentTotal, discountOn, sum, type OrderPlan } from "./plan.ts";

export type OrderPayload = ReturnType<typeof orderPayload>;

export function orderPayload(plan: OrderPlan, shop: string) {
  const money = createMoney(plan.presentment);
  const goods = sum(plan.lines.map(({ price, quantity }) => price * quantity));
  const discounts = sum(plan.lines.map(({ discount }) => discount));
  const currentDiscounts = sum(plan.lines.map((line) => discountOn(line, line.current)));
  const total = goods - discounts + plan.shippingPrice;
  const outstanding = plan.financialStatus === "pending" ? currentTotal(plan) : 0;
  const createdAt = isoTime(plan.createdAt);
  const token = createHash("sha256").update(String(plan.id)).digest("hex").slice(0, 32);
  const fulfillments = fulfillmentsOf(plan, money);
  const { person } = plan;

  return {
    id: plan.id,
    admin_graphql_api_id: `gid://shopify/Order/${plan.id}`,
    app_id: 580111,
    browser_ip: "203.0.113.7",
    buyer_accepts_marketing: false,
    cancel_reason: plan.cancelReason,
    cancelled_at: plan.cancelledAt === undefined ? null : isoTime(plan.cancelledAt),
    cart_token: `hWN${token.slice(0, 20)}`,
    checkout_id: plan.id + 90_000_000_000_000n,
    checkout_token: token,
    client_details: {
      accept_language: "fr-FR",
      browser_height: null,
      browser_ip: "203.0.113.7",
      browser_width: null,
      session_hash: null,
      user_agent: "Mozilla/5.0 (X11; Linux x86_64)",
    },
    closed_at: null,
    company: null,
    confirmation_number: token.slice(0, 9).toUpperCase(),
    confirmed: true,
    contact_email: person.email,
    created_at: createdAt,
    currency: "EUR",
    ...money.pair("current_subtotal_price", currentSubtotal(plan)),
    current_total_additional_fees_set: null,
    ...money.pair("current_total_discounts", currentDiscounts),
    current_total_duties_set: null,
    ...money.pair("current_total_price", currentTotal(plan)),
    ...money.pair("current_total_tax", vatIn(currentTotal(plan))),
    customer_locale: person.shipping?.country_code === "FR" ? "fr-FR" : "en",
    device_id: null,
    discount_codes: plan.discountCode ? [{ code: plan.discountCode, amount: money.text(discounts), type: "percentage" }] : [],
    duties_included: false,
    email: person.email ?? "",
    estimated_taxes: false,
    financial_status: plan.financialStatus,
    fulfillment_status: fulfillmentStatus(plan),
    landing_site: "/collections/attelage?utm_source=lettre&utm_medium=mail",
    landing_site_ref: null,
    location_id: null,
    merchant_business_entity_id: "MTIzNDU2Nzg5MA",
    merchant_of_record_app_id: null,
    name: `#${plan.number}`,
    note: plan.note,
    note_attributes: plan.noteAttributes,
    number: plan.number - 1000,
    order_number: plan.number,
    order_status_url: `https://${shop}/64221872221/orders/${token}/authenticate?key=${token.slice(0, 16)}`,
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    payment_gateway_names: plan.financialStatus === "pending" ? ["Virement bancaire"] : ["shopify_payments"],
    phone: person.orderPhone,
    po_number: plan.poNumber,
    presentment_currency: plan.presentment,
    processed_at: createdAt,
    reference: null,
    referring_site: "https://www.example.org/recherche?q=rotule",
    source_identifier: null,
    source_name: "web",
    source_url: null,
    ...money.pair("subtotal_price", goods - discounts),
    tags: plan.tags.join(", "),
    tax_exempt: false,
    tax_lines: taxLines(total, money),
    taxes_included: true,
    test: plan.test,
    token,
    total_cash_rounding_payment_adjustment_set: money.set(0),
    total_cash_rounding_refund_adjustment_set: money.set(0),
    ...money.pair("total_discounts", discounts),
    ...money.pair("total_line_items_price", goods),
    total_outstanding: money.text(outstanding),
    ...money.pair("total_price", total),
    total_shipping_price_set: money.set(plan.shippingPrice),
    ...money.pair("total_tax", vatIn(total)),
    total_tip_received: "0.00",
    total_weight: sum(plan.lines.map(({ grams, quantity }) => grams * quantity)),
    updated_at: isoTime(plan.updatedAt),
    user_id: null,
    billing_address: person.billing && addressPayload(person.billing),
    customer: customerPayload(plan),
    discount_applications: plan.discountCode
      ? [
          {
            target_type: "line_item",
            type: "discount_code",
            value: "10.0",
            value_type: "percentage",
            allocation_method: "across",
            target_selection: "all",
            code: plan.discountCode,
          },
        ]
      : [],
    fulfillments,
    line_items: plan.lines.map((line, n) => linePayload(plan, line, n, money)),
    line_item_groups: [],
    payment_terms: null,
    refunds: refundsOf(plan, money),
    shipping_address: person.shipping && addressPayload(person.shipping),
    shipping_lines: shippingLines(plan, money),
  };
}

function shippingLines(plan: OrderPlan, money: Money) {
  if (plan.shippingTitle === undefined) {
    return [];
  }
  return [
    {
      id: plan.id + ID_OFFSETS.shipping,
      carrier_identifier: null,
      code: plan.shippingTitle,
      ...money.pair("discounted_price", plan.shippingPrice),
      is_removed: false,
      phone: null,
      ...money.pair("price", plan.shippingPrice),
      requested_fulfillment_service_id: null,
      source: "shopify",
      title: plan.shippingTitle,
      tax_lines: taxLines(plan.shippingPrice, money),
      discount_allocations: [],
    },
  ];
}

function customerPayload({ id, person, createdAt }: OrderPlan) {
  if (person.guest) {
    return null;
  }
  const customerId = id + ID_OFFSETS.customer;
  const at = isoTime(createdAt);
  return {
    id: customerId,
    email: person.email,
    created_at: at,
    updated_at: at,
    first_name: person.firstName,
    last_name: person.lastName,
    state: "disabled",
    note: null,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    phone: person.customerPhone,
    email_marketing_consent: { state: "not_subscribed", opt_in_level: "single_opt_in", consent_updated_at: null },
    sms_marketing_consent: null,
    tags: "",
    currency: "EUR",
    tax_exemptions: [],
    admin_graphql_api_id: `gid://shopify/Customer/${customerId}`,
    default_address: person.shipping && {
      id: customerId + 1n,
      customer_id: customerId,
      ...addressPayload(person.shipping),
      country_name: person.shipping.country,
      default: true,
    },
  };
}

function addressPayload(address: Address) {
  const name = [address.first_name, address.last_name].filter(Boolean).join(" ");
  return { ...address, name, latitude: null, longitude: null };
}
