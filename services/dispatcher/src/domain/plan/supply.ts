// Why a purchase order waits for what its supplier's catalogue says, or does not say.
import { currencyOf, netOf, type PlannedItem } from "../catalogue/catalogue.ts";
import { compareDecimals } from "../decimal.ts";
import type { Order } from "../order/order.ts";
import type { Hold } from "./hold.ts";
import type { Supplier } from "../supplier/supplier.ts";

interface SuppliedLine {
  readonly lineId: string;
  /** Pieces. */
  readonly units: number;
  readonly item: PlannedItem;
}

/** In the order of the lines; a line without a SKU is held for that, not for this. */
export function holdsOfSupply(input: {
  readonly order: Order;
  readonly supplier: Supplier;
  readonly lines: readonly SuppliedLine[];
}): Hold[] {
  const { supplier } = input;
  const { catalogue } = supplier;
  const skus = new Map(input.order.lines.map((line) => [line.id, line.sku?.trim() ?? ""]));
  const lines = input.lines.map((line) => ({ ...line, sku: skus.get(line.lineId) ?? "" })).filter((line) => line.sku !== "");
  const holds: Hold[] = [];
  for (const { sku, units, item } of lines) {
    if (catalogue.required && !item.listed) {
      holds.push({
        name: "incomplete",
        reason: `${supplier.name}'s catalogue has no SKU "${sku}" for the day of the order: import it (soh catalogue import)`,
      });
    }
    if (units % item.packSize !== 0 && catalogue.pack === "hold") {
      const asked = item.quantity * item.packSize;
      holds.push({
        name: "pack",
        reason: `${units} of SKU "${sku}" are no whole packs of ${item.packSize}: when released, ${asked} are ordered`,
      });
    }
  }
  const items = lines.map((line) => line.item);
  return [...holds, ...holdsOfPrice(supplier, lines), ...holdsOfMinimum(supplier, items)];
}

function holdsOfPrice(supplier: Supplier, lines: readonly (SuppliedLine & { readonly sku: string })[]): Hold[] {
  if (supplier.wishes.price !== "cost") {
    return [];
  }
  const holds: Hold[] = [];
  if (supplier.catalogue.missingCost === "hold") {
    for (const { sku } of lines.filter((line) => line.item.unitCost === null)) {
      holds.push({ name: "price", reason: `${supplier.name}'s catalogue has no cost for SKU "${sku}"` });
    }
  }
  const items = lines.map((line) => line.item);
  if (currencyOf(items) === null && items.some((item) => item.currency !== null)) {
    const currencies = [...new Set(items.flatMap((item) => item.currency ?? []))].toSorted();
    holds.push({
      name: "price",
      reason: `the costs are in ${currencies.join(" and ")}, and a purchase order has one currency: when released, it says no price`,
    });
  }
  return holds;
}

function holdsOfMinimum(supplier: Supplier, items: readonly PlannedItem[]): Hold[] {
  const { minimum } = supplier.catalogue;
  if (minimum === null || items.length === 0) {
    return [];
  }
  const least = `${minimum.net.amount} ${minimum.net.currency}`;
  const net = netOf(items);
  if (net === undefined) {
    return [
      {
        name: "minimum",
        reason: `what it costs is not known, and ${supplier.name}'s minimum is ${least}: a person must compare`,
      },
    ];
  }
  if (net.currency !== minimum.net.currency) {
    return [
      {
        name: "minimum",
        reason: `it costs ${net.amount} ${net.currency}, and ${supplier.name}'s minimum is ${least}: a person must compare`,
      },
    ];
  }
  if (compareDecimals(net.amount, minimum.net.amount) >= 0) {
    return [];
  }
  const what = minimum.below === "combine" ? "it waits for others to go with" : "a person must decide";
  return [
    { name: "minimum", reason: `it costs ${net.amount} ${net.currency}, below ${supplier.name}'s minimum of ${least}: ${what}` },
  ];
}
