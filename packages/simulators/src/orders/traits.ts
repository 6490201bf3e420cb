// What can be seen in an order that a consumer might stumble over.
import { hasPhone } from "./people.ts";
import type { OrderPlan, PlannedLine } from "./plan.ts";

const OF_LINES: Readonly<Record<string, (line: PlannedLine) => boolean>> = {
  "null-sku": ({ sku }) => sku === null,
  "empty-sku": ({ sku }) => sku === "",
  "null-vendor": ({ vendor }) => vendor === null,
  "custom-line": ({ inCatalogue }) => !inCatalogue,
  "gift-card": ({ giftCard }) => giftCard,
  "no-shipping-needed": ({ ships, giftCard }) => !ships && !giftCard,
  "properties-list": ({ properties }) => Array.isArray(properties) && properties.length > 0,
  "properties-object": ({ properties }) => !Array.isArray(properties),
  discount: ({ discount }) => discount > 0,
  removed: ({ quantity, current }) => current < quantity,
  sent: ({ current, fulfillable }) => fulfillable < current,
};

const OF_ORDERS: Readonly<Record<string, (plan: OrderPlan) => boolean>> = {
  "several-suppliers": ({ lines }) => new Set(lines.flatMap(({ supplier }) => supplier ?? [])).size > 1,
  "huge-ids": ({ id }) => id > BigInt(Number.MAX_SAFE_INTEGER),
  "no-phone": ({ person }) => !hasPhone(person),
  "no-shipping-address": ({ person }) => person.shipping === null,
  "no-billing-address": ({ person }) => person.billing === null,
  "no-customer": ({ person }) => person.guest,
  note: ({ note }) => note !== null,
  "note-attributes": ({ noteAttributes }) => noteAttributes.length > 0,
  tags: ({ tags }) => tags.length > 0,
  "po-number": ({ poNumber }) => poNumber !== null,
};

export function traitsOf(plan: OrderPlan): readonly string[] {
  const ofOrder = Object.keys(OF_ORDERS).filter((trait) => OF_ORDERS[trait]?.(plan));
  const ofLines = Object.keys(OF_LINES).filter((trait) => plan.lines.some((line) => OF_LINES[trait]?.(line)));
  const country = plan.person.shipping?.country_code ?? "FR";
  const foreign = country === "FR" ? [] : [`country-${country}`];
  const currency = plan.presentment === "EUR" ? [] : [`currency-${plan.presentment}`];
  return [...plan.traits, ...ofOrder, ...ofLines, ...foreign, ...currency];
}
