import type { FastifyInstance } from "fastify";
import type { HandlerConfig } from "../../config/load.ts";
import type { TurnOf } from "../turns.ts";
import { countAlerts, type AlertList } from "../alerts.ts";
import type { Database } from "../../database/schema.ts";
import type { PurchaseOrdersTable } from "../../database/tables/orders.ts";
import { documentName, download } from "../download.ts";
import { HttpError } from "../http-error.ts";
import { readUploadedFile } from "../queries/attempts.ts";
import { listOrders, readOrder } from "../queries/orders.ts";
import { showPosition, type Position } from "../queries/paging.ts";
import { listPurchaseOrders, readDocument, readPurchaseOrder } from "../queries/purchase-orders.ts";
import { listSuppliers } from "../queries/suppliers.ts";
import { readSummary } from "../queries/summary.ts";
import { oneOrderId, onePurchaseOrder } from "./find.ts";
import { documentQuery, fileParams, idParams, orderQuery, parse, purchaseOrderQuery, supplierQuery } from "./input.ts";
import {
  maybeTime,
  showListedOrder,
  showListedPurchaseOrder,
  showOrder,
  showPurchaseOrder,
  showSupplier,
} from "./representations.ts";

export function readRoutes(
  app: FastifyInstance,
  options: { readonly db: Database; readonly config: HandlerConfig; readonly turnOf: TurnOf; readonly alerts: AlertList },
): void {
  const { db, config, turnOf } = options;
  const turnAt = (po: PurchaseOrdersTable) => ({ turnAt: maybeTime(turnOf(po)) });
  const nextOf = (position: Position | undefined) => (position === undefined ? null : showPosition(position));

  app.get("/summary", async () => {
    const open = await options.alerts.list({ language: "en", state: "open" });
    return { ...(await readSummary(db, config.suppliers)), alerts: countAlerts(open) };
  });

  app.get("/orders", async (request) => {
    const { facts_missing: factsMissing, ...filter } = parse(orderQuery, request.query);
    const { rows, next } = await listOrders(db, { ...filter, factsMissing });
    return { orders: rows.map(showListedOrder), next: nextOf(next) };
  });

  app.get("/orders/:id", async (request) => {
    const { id } = parse(idParams, request.params);
    const order = await readOrder(db, await oneOrderId(db, id));
    if (order === undefined) {
      throw new HttpError(404, `there is no order "${id}"`);
    }
    return showOrder(order);
  });

  app.get("/purchase-orders", async (request) => {
    const { rows, next } = await listPurchaseOrders(db, parse(purchaseOrderQuery, request.query));
    return { purchaseOrders: rows.map((po) => ({ ...showListedPurchaseOrder(po), ...turnAt(po) })), next: nextOf(next) };
  });

  app.get("/purchase-orders/:id", async (request) => {
    const { id } = parse(idParams, request.params);
    const { supplier } = parse(supplierQuery, request.query);
    const po = await readPurchaseOrder(db, (await onePurchaseOrder(db, id, supplier)).id);
    if (po === undefined) {
      throw new HttpError(404, `there is no purchase order "${id}"`);
    }
    return { ...showPurchaseOrder(po), ...turnAt(po) };
  });

  app.get("/purchase-orders/:id/document", async (request, reply) => {
    const { id } = parse(idParams, request.params);
    const { supplier, version } = parse(documentQuery, request.query);
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

  app.get("/purchase-orders/:id/files/:attempt", async (request, reply) => {
    const { id, attempt } = parse(fileParams, request.params);
    const po = await onePurchaseOrder(db, id, undefined);
    const file = await readUploadedFile(db, { purchaseOrder: po.id, attempt });
    if (file === undefined) {
      throw new HttpError(404, `purchase order "${id}" was in no file with others in the attempt "${attempt}"`);
    }
    return download(reply, file);
  });

  app.get("/suppliers", async () => {
    const [suppliers, summary] = await Promise.all([listSuppliers(db, config.suppliers), readSummary(db, config.suppliers)]);
    return { suppliers: suppliers.map((one) => showSupplier(one, summary.purchaseOrdersBySupplier[one.id])) };
  });
}
