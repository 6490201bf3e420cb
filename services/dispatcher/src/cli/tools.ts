// What `soh` tries on a file, without database, queue or server: the rooms that need none, through the same front doors as the
// service.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { ConfiguredSupplier } from "../config/load.ts";
import type { SuppliedLine } from "../domain/answers/acknowledgement.ts";
import { catalogueView, currencyOf, dayAt } from "../domain/catalogue/catalogue.ts";
import { composeContent, type Content, type PlannedLine } from "../domain/purchase-order/content.ts";
import { BadDocument, DocumentHeld } from "../domain/delivery/failure.ts";
import { fileName, purchaseOrderNumber } from "../domain/purchase-order/numbering.ts";
import type { Order } from "../domain/order/order.ts";
import { planOrder, type PurchaseOrderPlan } from "../domain/plan/plan.ts";
import { noFacts } from "../domain/rules/rules.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";
import { unitsToOrder } from "../domain/order/units.ts";
import { parseLosslessJson, readOrder } from "../orders/orders.ts";
import { openSuppliers } from "../suppliers/suppliers.ts";
import { createChecks } from "../transports/transports.ts";
import type { ComposeOffline, Offline, Trial, TrialLine, TrialPurchaseOrder, WriteInput } from "./offline.ts";

const FORMATS = new URL("../documents/formats/", import.meta.url);
/** Not in the container's image. */
const EXPLANATIONS = new URL("../../../../docs/formats/", import.meta.url);

export const composeTools = (...[config, catalogues = new Map()]: Parameters<ComposeOffline>): Offline => {
  const suppliers = openSuppliers(config);
  let checks: ((supplier: ConfiguredSupplier) => Promise<SupplierCheck>) | undefined;

  const contentOf = ({ supplier, ...input }: WriteInput): Content =>
    composeContent({
      ...input,
      supplier: suppliers.get(supplier),
      buyer: config.buyer,
      attributes: config.policy.attributes,
      requestedDelivery: suppliers.requestedDelivery(supplier, input.issuedAt),
    });

  const write: Offline["write"] = (first, ...others) => {
    const { orders, batch } = suppliers.get(first.supplier);
    try {
      const language = suppliers.language(first.supplier);
      const written = [first, ...others].map((one) => language.write(contentOf(one)));
      const bytes =
        batch === null && written[0] !== undefined && others.length === 0
          ? written[0].bytes
          : language.join(written.map((one) => one.bytes));
      const { number, version } = first;
      return {
        ok: true,
        bytes,
        notes: written.flatMap((one) => one.notes),
        fileName: fileName(orders.name, { number, version, copy: 1 }),
      };
    } catch (error) {
      if (error instanceof BadDocument) {
        return { ok: false, held: error instanceof DocumentHeld, reason: error.message };
      }
      throw error;
    }
  };

  const purchaseOrder = (
    order: Order,
    plan: PurchaseOrderPlan,
    how: { readonly version: number; readonly purpose: Content["purpose"]; readonly issuedAt: number },
  ): TrialPurchaseOrder => {
    const supplier = suppliers.get(plan.supplier);
    const lines = plan.lines.map(({ lineId, units }, index): PlannedLine => ({ number: index + 1, lineId, units }));
    const numbered = purchaseOrderNumber(supplier.number, { order: order.orderNumber, n: 1 });
    const skus = new Map(order.lines.map((line) => [line.id, line.sku]));
    const supplied = plan.lines.map(({ lineId, units, item }, index): SuppliedLine => ({
      number: index + 1,
      skus: [skus.get(lineId) ?? "", item.supplierSku].filter((sku) => sku !== ""),
      ordered: units,
      packSize: item.packSize,
      quantity: item.quantity,
      confirmed: 0,
      backordered: 0,
      shipped: 0,
      cancelled: 0,
      promisedOn: null,
    }));
    const common = { supplier: plan.supplier, lines: plan.lines, supplied };
    if ("problem" in numbered) {
      const reason = `suppliers.${supplier.id}.number: ${numbered.problem}`;
      const holds = [...plan.holds, { name: "number", reason }];
      return { ...common, number: null, holds, document: { ok: false, held: true, reason } };
    }
    const items = new Map(plan.lines.flatMap(({ lineId, item }) => (item.listed ? [[lineId, item] as const] : [])));
    const currency = currencyOf(plan.lines.map(({ item }) => item));
    const document = write({ order, supplier: supplier.id, number: numbered.number, lines, items, currency, ...how });
    const holds = !document.ok && document.held ? [...plan.holds, { name: "document", reason: document.reason }] : plan.holds;
    return { ...common, number: numbered.number, holds, document };
  };

  return {
    readOrder(text) {
      let value: unknown;
      try {
        value = parseLosslessJson(text);
      } catch (error) {
        return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
      }
      // As the Admin REST API answers for one order.
      const wrapped =
        typeof value === "object" && value !== null && "order" in value && !("line_items" in value) ? value.order : value;
      return readOrder(wrapped, config.shops[0] ?? "");
    },

    tryOrder(order, how): Trial {
      const notes: string[] = [];
      if (order.cancelledAt !== null) {
        notes.push("The order is cancelled in Shopify: the dispatcher orders nothing for it. Shown is what it would have.");
      }
      if (order.createdAt < config.policy.since) {
        notes.push(
          "The order is older than dispatch.since: only a person sends it (soh adopt). Shown is what would be sent then.",
        );
      }
      const entries = [...catalogues].flatMap(([supplier, all]) => all.map((one) => ({ supplier, ...one })));
      const catalogue = catalogueView(entries, (id) => dayAt(order.processedAt, suppliers.get(id).catalogue.timezone));
      const plan = planOrder({
        order: { ...order, cancelledAt: null },
        deleted: false,
        adopted: true,
        policy: config.policy,
        suppliers: config.suppliers,
        accounts: new Map(),
        purchaseOrders: [],
        catalogue,
        facts: { ...noFacts, catalogue: catalogue.has },
        // Only a database knows what was sent before.
        nothingSent: new Set(),
      });
      for (const { id, name } of config.suppliers.filter((one) => usesCatalogue(one) && !catalogues.has(one.id))) {
        notes.push(`${name}'s catalogue was not given (--catalogue ${id}=FILE): every SKU is shown as one that it lacks.`);
      }
      const sources = new Map(order.lines.map((line) => [line.id, line]));
      return {
        notes,
        lines: plan.lines.flatMap((line): TrialLine[] => {
          const { sku = null, title = "" } = sources.get(line.lineId) ?? {};
          const given = plan.purchaseOrders.flatMap((po) =>
            po.lines
              .filter((one) => one.lineId === line.lineId)
              .map(({ units, rule }) => ({ sku, title, units, decision: line.decision, supplier: po.supplier, reason: rule })),
          );
          const rest = {
            sku,
            title,
            units: unitsToOrder(line.account, 0),
            decision: line.decision,
            supplier: null,
            reason: line.reason,
          };
          return given.length > 0 ? given : [rest];
        }),
        purchaseOrders: plan.purchaseOrders.map((one) => purchaseOrder(order, one, how)),
      };
    },

    write,

    async check(id) {
      checks ??= createChecks(config);
      return await checks(suppliers.get(id));
    },

    format(id) {
      const { document } = suppliers.get(id);
      const language = suppliers.language(id);
      const folder = new URL(`${document.format}/`, FORMATS);
      const definition = new URL(`${document.format}.xsd`, folder);
      const explanation = new URL(`${document.format}.md`, EXPLANATIONS);
      const examples = new URL("examples/", folder);
      return {
        name: document.format,
        says: language.says,
        needsPrice: language.needsPrice,
        definition: existsSync(definition) ? { name: `${document.format}.xsd`, bytes: readFileSync(definition) } : null,
        // What the merchant reads of the format template explains nothing to its supplier.
        explanation: document.template === null && existsSync(explanation) ? readFileSync(explanation, "utf8") : null,
        examples: (existsSync(examples) ? readdirSync(examples).toSorted() : []).map((name) => ({
          name,
          bytes: readFileSync(new URL(name, examples)),
        })),
        reads: (bytes) => language.read(bytes),
      };
    },
  };
};

const usesCatalogue = ({ catalogue, rules, wishes }: ConfiguredSupplier): boolean =>
  catalogue.required ||
  catalogue.minimum !== null ||
  wishes.price === "cost" ||
  rules.some((rule) => rule.conditions.some(({ kind }) => kind === "catalogue"));
