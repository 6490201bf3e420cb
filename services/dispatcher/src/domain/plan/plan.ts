// From an order to its purchase orders: pure, and the same however often and in whatever order it is run.
//
// A purchase order is *open* while it is held or ready: its lines and holds then follow the order. From the moment an
// attempt claims it, it is *frozen*: its units count as ordered, a later rule cannot send them to a second supplier, and
// what the customer adds goes on a supplementary purchase order.
import { emptyCatalogue, itemFor, netOf, refusal, type CatalogueView, type PlannedItem } from "../catalogue/catalogue.ts";
import {
  classifyLines,
  type Classification,
  type Sourcing,
  type UnitsBySupplier,
  type UnmatchedCause,
} from "../rules/classify.ts";
import { missingFields, shippingCode, type AttributeNames } from "../purchase-order/content.ts";
import { holdsByRule, type HoldRule } from "../rules/hold-rules.ts";
import type { Money, Order, OrderLine } from "../order/order.ts";
import { isOpen, type PurchaseOrderState } from "../purchase-order/purchase-order.ts";
import { isReleased, type ReleasePolicy } from "../order/release.ts";
import type { Facts } from "../rules/rules.ts";
import type { Supplier } from "../supplier/supplier.ts";
import type { Hold } from "./hold.ts";
import { holdsOfSupply } from "./supply.ts";
import { accountLine, unitsToOrder, unitsTooMany, type LineAccount } from "../order/units.ts";

export interface DispatchPolicy {
  /** Orders created earlier are stored as historic: only a person sends them. Epoch milliseconds. */
  readonly since: number;
  readonly release: ReleasePolicy;
  /** `dry-run`: orders marked as test are rendered and never sent. */
  readonly testOrders: "dry-run" | "send";
  readonly holds: readonly HoldRule[];
  readonly unmatched: "dispatch-rest" | "hold-order";
  readonly sourcing: Sourcing;
  readonly attributes: AttributeNames;
}

export interface ExistingPurchaseOrder {
  readonly id: string;
  readonly supplier: string;
  readonly state: PurchaseOrderState;
  /** A person has it sent again with the same bytes: it does not follow the order any more. */
  readonly again: boolean;
  readonly lines: readonly { readonly lineId: string; readonly units: number }[];
}

export interface PlanInput {
  readonly order: Order;
  readonly deleted: boolean;
  /** It was open before, or a person adopted it: then it is not historic, whatever its age. */
  readonly adopted: boolean;
  readonly policy: DispatchPolicy;
  readonly suppliers: readonly Supplier[];
  /** What the suppliers' catalogues say of the order's SKUs. */
  readonly catalogue?: CatalogueView;
  readonly facts: Facts;
  /** The configuration changed: what is on open purchase orders is given out as if it were new. */
  readonly afresh?: boolean;
  readonly accounts: ReadonlyMap<string, LineAccount>;
  readonly purchaseOrders: readonly ExistingPurchaseOrder[];
  /** Suppliers to which nothing was ever sent, as far as a rule asks. */
  readonly nothingSent: ReadonlySet<string>;
}

export interface LinePlan {
  readonly lineId: string;
  readonly account: LineAccount;
  readonly decision: "supplier" | "nobody" | "unmatched" | "facts-missing" | "nothing-to-order";
  readonly reason: string;
  /** With `unmatched`. */
  readonly cause?: UnmatchedCause;
  /** Units on frozen purchase orders beyond what the customer still wants: the supplier must be told. */
  readonly tooMany: number;
}

export interface PurchaseOrderPlan {
  /** Null: to be made. */
  readonly id: string | null;
  readonly supplier: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly units: number;
    readonly rule: string;
    /** What the supplier is asked for. */
    readonly item: PlannedItem;
  }[];
  /** What it is worth at cost; undefined where that is not known. */
  readonly net: Money | undefined;
  readonly holds: readonly Hold[];
}

export interface Plan {
  readonly historic: boolean;
  readonly lines: readonly LinePlan[];
  readonly purchaseOrders: readonly PurchaseOrderPlan[];
  /** Open purchase orders that have nothing left to order. */
  readonly cancel: readonly { readonly id: string; readonly reason: string }[];
  /** Frozen ones of a cancelled or deleted order. */
  readonly wishToCancel: readonly { readonly id: string; readonly reason: string }[];
}

export function planOrder(input: PlanInput): Plan {
  const { order, policy, suppliers, catalogue = emptyCatalogue } = input;
  const gone = input.deleted
    ? "the order was deleted in Shopify"
    : order.cancelledAt === null
      ? null
      : "the order was cancelled in Shopify";
  const existing = input.purchaseOrders.filter((po) => po.state !== "cancelled");
  const open = existing.filter((po) => isOpen(po.state) && !po.again);
  const frozen = existing.filter((po) => !open.includes(po));
  // Those that the supplier has, or may have: what is too much there, it must be told.
  const there = frozen.filter((po) => po.state === "sent" || po.state === "unknown");
  const historic = order.createdAt < policy.since && !input.adopted;

  const unitsOnFrozen = unitsByLine(frozen);
  const unitsThere = unitsByLine(there);
  const wanted = order.lines.map((line) => {
    const ordered = unitsOnFrozen.get(line.id) ?? 0;
    const account = accountLine(input.accounts.get(line.id), line, ordered);
    const units = unitsToOrder(account, ordered);
    return {
      line,
      account,
      units,
      tooMany: Math.min(unitsTooMany(account, ordered), unitsThere.get(line.id) ?? 0),
    };
  });
  const classified = classifyLines({
    order,
    suppliers,
    sourcing: policy.sourcing,
    facts: input.facts,
    units: new Map(wanted.map(({ line, units }) => [line.id, units])),
    open: unitsBySupplier(input.afresh === true ? [] : open),
    frozen: unitsBySupplier(frozen),
  });
  const verdicts = new Map(
    order.lines.flatMap((line) => {
      const verdict = classified.get(line.id);
      return verdict === undefined ? [] : [[line.id, unlessRefused(verdict, { line, suppliers, catalogue })] as const];
    }),
  );
  const lines = wanted.map(({ line, account, units, tooMany }): LinePlan => ({
    lineId: line.id,
    account,
    ...decide(units, verdicts.get(line.id)),
    tooMany,
  }));
  const rest = { historic, lines };

  if (historic || gone !== null) {
    const reason = gone ?? "the order is older than dispatch.since";
    return {
      ...rest,
      purchaseOrders: [],
      cancel: open.map((po) => ({ id: po.id, reason })),
      wishToCancel: gone === null ? [] : frozen.filter((po) => po.state !== "closed").map((po) => ({ id: po.id, reason })),
    };
  }

  const orderHolds = holdsOfOrder(order, policy, lines);
  const purchaseOrders = suppliers.flatMap((supplier): PurchaseOrderPlan[] => {
    const own = order.lines.flatMap((line) => {
      const verdict = verdicts.get(line.id);
      const given = verdict?.kind === "supplier" ? verdict.allocations : [];
      return given
        .filter((one) => one.supplier === supplier.id)
        .map(({ units, rule }) => ({
          lineId: line.id,
          units,
          rule,
          item: itemFor({ entry: catalogue.entry(supplier.id, line.sku), sku: line.sku, units }),
        }));
    });
    const id = open.find((po) => po.supplier === supplier.id)?.id ?? null;
    return own.length === 0
      ? []
      : [
          {
            id,
            supplier: supplier.id,
            lines: own,
            net: netOf(own.map((line) => line.item)),
            holds: [
              ...orderHolds,
              ...holdsByRule([...policy.holds, ...supplier.holds], {
                order,
                supplierName: supplier.name,
                nothingSent: input.nothingSent.has(supplier.id),
              }),
              ...holdsOfPurchaseOrder({ order, supplier, lineIds: own.map((line) => line.lineId) }),
              ...holdsOfSupply({ order, supplier, lines: own }),
            ],
          },
        ];
  });
  const kept = new Set(purchaseOrders.map((po) => po.id));
  return {
    ...rest,
    purchaseOrders,
    cancel: open
      .filter((po) => !kept.has(po.id))
      .map((po) => ({ id: po.id, reason: "no unit is left to order from this supplier" })),
    wishToCancel: [],
  };
}

/** A supplier that refuses broken packs does not ship its part of a line that needs one: then a person decides about the line. */
function unlessRefused(
  verdict: Classification,
  of: { readonly line: OrderLine; readonly suppliers: readonly Supplier[]; readonly catalogue: CatalogueView },
): Classification {
  const { line, suppliers, catalogue } = of;
  const reasons = (verdict.kind === "supplier" ? verdict.allocations : []).flatMap(({ supplier: id, units }) => {
    const supplier = suppliers.find((one) => one.id === id);
    const entry = catalogue.entry(id, line.sku);
    return (supplier && refusal({ policy: supplier.catalogue, supplier: supplier.name, entry, units })) ?? [];
  });
  return reasons.length === 0 ? verdict : { kind: "unmatched", cause: "pack", reason: reasons.join("; ") };
}

function decide(units: number, verdict: Classification | undefined): Pick<LinePlan, "decision" | "reason" | "cause"> {
  if (verdict === undefined || (units === 0 && verdict.kind !== "nobody")) {
    return { decision: "nothing-to-order", reason: "no unit is left to order" };
  }
  if (verdict.kind !== "supplier") {
    const cause = verdict.kind === "unmatched" ? { cause: verdict.cause } : {};
    return { decision: verdict.kind, reason: verdict.reason, ...cause };
  }
  const [only, another] = verdict.allocations;
  const reason =
    only !== undefined && another === undefined
      ? only.rule
      : verdict.allocations.map((one) => `${one.units} by ${one.rule}`).join("; ");
  return { decision: "supplier", reason };
}

function unitsBySupplier(purchaseOrders: readonly ExistingPurchaseOrder[]): UnitsBySupplier {
  const sums = new Map<string, Map<string, number>>();
  for (const { supplier, lines } of purchaseOrders) {
    for (const { lineId, units } of lines) {
      const ofLine = sums.get(lineId) ?? new Map<string, number>();
      sums.set(lineId, ofLine.set(supplier, (ofLine.get(supplier) ?? 0) + units));
    }
  }
  return sums;
}

function unitsByLine(purchaseOrders: readonly ExistingPurchaseOrder[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { lineId, units } of purchaseOrders.flatMap((po) => po.lines)) {
    sums.set(lineId, (sums.get(lineId) ?? 0) + units);
  }
  return sums;
}

function holdsOfOrder(order: Order, policy: DispatchPolicy, lines: readonly LinePlan[]): Hold[] {
  const holds: Hold[] = [];
  if (!isReleased(order, policy.release)) {
    const reason = policy.release.paid
      ? `not paid yet (financial_status ${order.financialStatus ?? "unknown"})`
      : "orders are released by hand";
    holds.push({ name: "release", reason });
  }
  if (order.test && policy.testOrders === "dry-run") {
    holds.push({ name: "dry-run", reason: "a test order is rendered and never sent" });
  }
  const waiting = lines.filter((line) => line.decision === "unmatched" || line.decision === "facts-missing");
  if (policy.unmatched === "hold-order" && waiting.length > 0) {
    holds.push({ name: "unmatched", reason: waiting.map((line) => line.reason).join("; ") });
  }
  return holds;
}

function holdsOfPurchaseOrder(input: {
  readonly order: Order;
  readonly supplier: Supplier;
  readonly lineIds: readonly string[];
}): Hold[] {
  const { order, supplier } = input;
  const holds: Hold[] = missingFields(order, supplier).map((field) => ({
    name: "incomplete",
    reason: `${supplier.name} requires ${field}, and the order has none`,
  }));
  if (supplier.mode === "dry-run") {
    const reason = `${supplier.name} is in dry run, so nothing is sent to it: set suppliers.${supplier.id}.mode to live to end that`;
    holds.push({ name: "dry-run", reason });
  }
  if (order.deliverTo === null) {
    holds.push({ name: "incomplete", reason: "the order has no delivery address" });
  }
  const own = new Set(input.lineIds);
  for (const line of order.lines) {
    if (own.has(line.id) && !line.sku?.trim()) {
      holds.push({ name: "incomplete", reason: `the line "${line.title}" has no SKU for ${supplier.name} to ship by` });
    }
  }
  const method = order.shippingMethod;
  if (supplier.shipping.unmapped === "hold" && method !== null && shippingCode(supplier, method) === undefined) {
    holds.push({
      name: "shipping",
      reason: `the shipping method "${method}" has no code in suppliers.${supplier.id}.document.shipping`,
    });
  }
  return holds;
}
