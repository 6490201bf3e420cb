// The console: pages rendered here, without a script, that only read.
import type { FastifyInstance, FastifyReply } from "fastify";
import { fileParams, idParams } from "../../contract/inputs.ts";
import { readNotice } from "../../attention/attention.ts";
import { documentName, download } from "../download.ts";
import { HttpError } from "../http-error.ts";
import { parse } from "../parse.ts";
import { readUploadedFile } from "../queries/attempts.ts";
import { readDeadLetterBytes } from "../queries/dead-letters.ts";
import { readDeliveryNote, readDocument } from "../queries/purchase-orders.ts";
import { assetRoutes } from "./assets.ts";
import { deadLettersPage } from "./dead-letters.ts";
import { documentParams } from "./input.ts";
import { renderPage, type Page } from "./layout.ts";
import type { ConsoleOptions } from "./options.ts";
import { orderPage } from "./order.ts";
import { ordersPage } from "./orders.ts";
import { overviewPage } from "./overview.ts";
import { purchaseOrderPath } from "./pieces.ts";
import { purchaseOrderPage } from "./purchase-order.ts";
import { purchaseOrdersPage } from "./purchase-orders.ts";
import { suppliersPage } from "./suppliers.ts";

export function consoleRoutes(app: FastifyInstance, options: ConsoleOptions): void {
  const { db } = options;
  const show = async (reply: FastifyReply, page: Page): Promise<FastifyReply> =>
    reply.type("text/html; charset=utf-8").send(await renderPage(page));

  assetRoutes(app);
  app.get("/", async (_request, reply) => await show(reply, await overviewPage(options)));
  app.get("/orders", async (request, reply) => await show(reply, await ordersPage(options, request.query)));
  app.get("/purchase-orders", async (request, reply) => await show(reply, await purchaseOrdersPage(options, request.query)));
  app.get("/suppliers", async (_request, reply) => await show(reply, await suppliersPage(options)));
  app.get("/dead-letters", async (request, reply) => await show(reply, await deadLettersPage(options, request.query)));

  app.get("/orders/:id", async (request, reply) => {
    const { id } = parse(idParams, request.params);
    return await show(reply, found(await orderPage(options, id), `there is no order "${id}"`));
  });

  app.get("/purchase-orders/:id", async (request, reply) => {
    const { id } = parse(idParams, request.params);
    const notice = await readNotice(db, id);
    return notice === undefined
      ? await show(reply, found(await purchaseOrderPage(options, id), `there is no purchase order "${id}"`))
      : await reply.redirect(purchaseOrderPath(notice.about.id));
  });

  app.get("/purchase-orders/:id/documents/:version", async (request, reply) => {
    const { id, version } = parse(documentParams, request.params);
    const document = found(await readDocument(db, { purchaseOrder: id, version }), `there is no version ${version} of "${id}"`);
    const po = await db.selectFrom("purchase_orders").select("number").where("id", "=", id).executeTakeFirst();
    return download(reply, {
      name: documentName({ number: po?.number ?? null, id, version, mediaType: document.media_type }),
      bytes: document.bytes,
      mediaType: document.media_type,
    });
  });

  app.get("/purchase-orders/:id/documents/:version/delivery-note", async (request, reply) => {
    const { id, version } = parse(documentParams, request.params);
    const bytes = found(
      await readDeliveryNote(db, { purchaseOrder: id, version }),
      `there is no delivery note of version ${version} of "${id}"`,
    );
    const po = await db.selectFrom("purchase_orders").select("number").where("id", "=", id).executeTakeFirst();
    const name = `${po?.number ?? id}-v${version}-delivery-note.pdf`;
    return download(reply, { name, bytes, mediaType: "application/pdf" });
  });

  app.get("/purchase-orders/:id/files/:attempt", async (request, reply) => {
    const { id, attempt } = parse(fileParams, request.params);
    const file = await readUploadedFile(db, { purchaseOrder: id, attempt });
    return download(reply, found(file, `"${id}" was in no file with others in the attempt "${attempt}"`));
  });

  app.get("/dead-letters/:id", async (request, reply) => {
    const { id } = parse(idParams, request.params);
    return download(reply, found(await readDeadLetterBytes(db, { kind: "webhook", id }), `there is no dead letter "${id}"`));
  });

  app.get("/inbound-files/:id", async (request, reply) => {
    const { id } = parse(idParams, request.params);
    return download(reply, found(await readDeadLetterBytes(db, { kind: "file", id }), `there is no file "${id}"`));
  });
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) {
    throw new HttpError(404, message);
  }
  return value;
}
