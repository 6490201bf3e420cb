// Holding purchase orders by hand, and letting them go: one, by what the person saw of it, or all that one hold keeps.
import type { Logger } from "@soh/shared/logger";
import type { FastifyInstance } from "fastify";
import type { ActionResult } from "../../domain/person.ts";
import { HttpError } from "../http-error.ts";
import { listPurchaseOrders } from "../queries/purchase-orders.ts";
import type { ActionRoutesOptions } from "./action-routes.ts";
import { conclude, personOf, unlessChanged } from "./acting.ts";
import { onePurchaseOrder, subjectOf } from "./find.ts";
import { actionBody, idParams, MOST_AT_ONCE, parse, releaseBody, releaseManyBody, supplierQuery } from "./input.ts";
import type { SettledMany } from "./settle-many.ts";

/** Milliseconds: well before the server, or a proxy in front of it, gives the request up. */
const WITHIN_MS = 8_000;

export function holdRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly logger: Logger }): void {
  const { db, actions, suppliers, handOver, logger } = options;
  const withNote = <P extends { readonly note: string }>(person: P, what: string): P => {
    if (person.note === "") {
      throw new HttpError(400, `note: say why: ${what} of a purchase order is kept with its reason`);
    }
    return person;
  };

  app.post("/purchase-orders/:id/hold", async (request) => {
    const { id } = parse(idParams, request.params);
    const { supplier } = parse(supplierQuery, request.query);
    const person = withNote(personOf(request, parse(actionBody, request.body), suppliers), "hold");
    const po = await onePurchaseOrder(db, id, supplier);
    const result = await unlessChanged(db, subjectOf(po), () => actions.hold(po, person));
    return await conclude(result, { purchaseOrder: po.id, number: po.number }, handOver);
  });

  app.post("/purchase-orders/:id/release", async (request) => {
    const { id } = parse(idParams, request.params);
    const { supplier } = parse(supplierQuery, request.query);
    const { holds: names, seen, ...body } = parse(releaseBody, request.body);
    const person = withNote(personOf(request, body, suppliers), "release");
    const po = await onePurchaseOrder(db, id, supplier);
    const result = await unlessChanged(db, subjectOf(po), () => actions.release(po, person, { names, seen }));
    return await conclude(result, { purchaseOrder: po.id, number: po.number }, handOver);
  });

  /** All that this hold keeps, the oldest first: it alone is lifted, and what has other holds waits on. */
  app.post("/purchase-orders/release", async (request): Promise<SettledMany> => {
    const { hold, supplier, ...body } = parse(releaseManyBody, request.body);
    const person = withNote(personOf(request, body, suppliers), "release");
    if (supplier !== undefined && !suppliers.includes(supplier)) {
      throw new HttpError(404, `there is no supplier "${supplier}". Configured: ${suppliers.join(", ")}`);
    }
    const until = performance.now() + WITHIN_MS;
    const { rows, next } = await listPurchaseOrders(db, { state: "held", hold, supplier, limit: MOST_AT_ONCE });
    const results: SettledMany["results"][number][] = [];
    const ready: string[] = [];
    for (const po of rows.toReversed()) {
      if (results.length > 0 && performance.now() > until) {
        break;
      }
      const subject = subjectOf(po);
      const release = (): Promise<ActionResult> => actions.release(po, person, { names: [hold] });
      const result = await unlessChanged(db, subject, release).catch((error: unknown): ActionResult => {
        logger.error({ event: "operations.releasing_failed", id: po.id, err: error });
        return { ok: false, message: `${subject.label}: something went wrong here; the dispatcher's log says what` };
      });
      results.push({ id: po.id, label: subject.label, ok: result.ok, message: result.message });
      ready.push(...(result.ok ? result.ready : []));
    }
    await handOver(ready);
    const done = results.filter((one) => one.ok).length;
    const left = rows.length - results.length + (next === undefined ? 0 : 1);
    return { done, refused: results.length - done, results, left, next: null };
  });
}
