import type { PurchaseOrderView } from "../../database/purchase-order-rows.ts";
import type { FastifyInstance } from "fastify";
import type { HandlerConfig } from "../../config/load.ts";
import { showPosition, type Position } from "../../contract/cursor.ts";
import { routes } from "../../contract/routes.ts";
import { countAlerts, type AlertList } from "../alerts.ts";
import type { TurnOf } from "../turns.ts";
import type { Database } from "../../database/schema.ts";
import { documentName, download } from "../download.ts";
import { HttpError } from "../http-error.ts";
import { readUploadedFile } from "../queries/attempts.ts";
import { listOrders, readOrder } from "../queries/orders.ts";
import { listPurchaseOrders, readDocument, readPurchaseOrder } from "../queries/purchase-orders.ts";
import { listSuppliers } from "../queries/suppliers.ts";
import { readSummary } from "../queries/summary.ts";
import { oneOrderId, onePurchaseOrder } from "./find.ts";
import {
  maybeTime,
  showListedOrder,
  showListedPurchaseOrder,
  showOrder,
  showPurchaseOrder,
  showSupplier,
} from "./representations.ts";
import { serve } from "./serve.ts";

export function readRoutes(
  app: FastifyInstance,
  options: { readonly db: Database; readonly config: HandlerConfig; readonly turnOf: TurnOf; readonly alerts: AlertList },
): void {
  const { db, config, turnOf } = options;
  const turnAt = (po: PurchaseOrderView) => ({ turnAt: maybeTime(turnOf(po)) });
  const nextOf = (position: Position | undefined) => (position === undefined ? null : showPosition(position));

  serve(app, routes.summary, async () => {
    const open = await options.alerts.list({ language: "en", state: "open" });
    return { ...(await readSummary(db, config.suppliers)), alerts: countAlerts(open) };
  });

  serve(app, routes.orders, async ({ query: { facts_missing: factsMissing, ...filter } }) => {
    const { rows, next } = await listOrders(db, { ...filter, factsMissing });
    return { orders: rows.map(showListedOrder), next: nextOf(next) };
  });

  serve(app, routes.order, async ({ params: { id } }) => {
    const order = await readOrder(db, await oneOrderId(db, id));
    if (order === undefined) {
      throw new HttpError(404, `there is no order "${id}"`);
    }
    return showOrder(order);
  });

  serve(app, routes.purchaseOrders, async ({ query }) => {
    const { rows, next } = await listPurchaseOrders(db, query);
    return { purchaseOrders: rows.map((po) => ({ ...showListedPurchaseOrder(po), ...turnAt(po) })), next: nextOf(next) };
  });

  serve(app, routes.purchaseOrder, async ({ params: { id }, query: { supplier } }) => {
    const po = await readPurchaseOrder(db, (await onePurchaseOrder(db, id, supplier)).id);
    if (po === undefined) {
      throw new HttpError(404, `there is no purchase order "${id}"`);
    }
    return { ...showPurchaseOrder(po), ...turnAt(po) };
  });

  serve(app, routes.document, async ({ params: { id }, query: { supplier, version }, reply }) => {
    const po = await onePurchaseOrder(db, id, supplier);
    const document = await readDocument(db, { purchaseOrder: po.id, version });
    if (document === undefined) {
      throw new HttpError(
        404,
        version === undefined ? `purchase order "${id}" has no document yet` : `purchase order "${id}" has no version ${version}`,
      );
    }
    return download(reply, {
      name: documentName({ number: po.number, id: po.id, version: document.version, mediaType: document.media_type }),
      bytes: document.bytes,
      mediaType: document.media_type,
    });
  });

  serve(app, routes.file, async ({ params: { id, attempt }, reply }) => {
    const po = await onePurchaseOrder(db, id, undefined);
    const file = await readUploadedFile(db, { purchaseOrder: po.id, attempt });
    if (file === undefined) {
      throw new HttpError(404, `purchase order "${id}" was in no file with others in the attempt "${attempt}"`);
    }
    return download(reply, file);
  });

  serve(app, routes.suppliers, async () => {
    const [suppliers, summary] = await Promise.all([listSuppliers(db, config.suppliers), readSummary(db, config.suppliers)]);
    return { suppliers: suppliers.map((one) => showSupplier(one, summary.purchaseOrdersBySupplier[one.id])) };
  });
}
