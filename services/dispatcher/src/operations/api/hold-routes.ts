// Letting held purchase orders go: one, by what the person saw of it, or all that one hold keeps.
import type { Logger } from "@soh/shared/logger";
import type { FastifyInstance } from "fastify";
import { MOST_AT_ONCE } from "../../contract/inputs.ts";
import { routes } from "../../contract/routes.ts";
import type { ActionResult } from "../../domain/person.ts";
import { HttpError } from "../http-error.ts";
import { listPurchaseOrders } from "../queries/purchase-orders.ts";
import { conclude, personOf, unlessChanged, type ActionRoutesOptions } from "./acting.ts";
import { onePurchaseOrder, subjectOf } from "./find.ts";
import { serve } from "./serve.ts";
import type { SettledMany } from "./settle-many.ts";

/** Milliseconds: well before the server, or a proxy in front of it, gives the request up. */
const WITHIN_MS = 8_000;

export function holdRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly logger: Logger }): void {
  const { db, actions, suppliers, handOver, logger } = options;

  serve(app, routes.release, async ({ params: { id }, query: { supplier }, body, request }) => {
    const { holds: names, seen, ...said } = body;
    const person = personOf(request, said, { suppliers, action: "release" });
    const po = await onePurchaseOrder(db, id, supplier);
    const result = await unlessChanged(db, subjectOf(po), () => actions.release(po, person, { names, seen }));
    return await conclude(result, { purchaseOrder: po.id, number: po.number }, handOver);
  });

  /** All that this hold keeps, the oldest first: it alone is lifted, and what has other holds waits on. */
  serve(app, routes.releaseMany, async ({ body: { hold, supplier, ...said }, request }) => {
    const person = personOf(request, said, { suppliers, action: "release" });
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
