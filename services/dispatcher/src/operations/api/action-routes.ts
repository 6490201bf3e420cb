// What a person may do that needs no more than who and why: one POST each, as the contract declares it. A refusal by the state of things
// is 409 with its sentence.
import type { FastifyInstance } from "fastify";
import { plainActions, type PlainActionOn } from "../../contract/actions.ts";
import { actionRoute, routes } from "../../contract/routes.ts";
import type { ActionResult, Person } from "../../domain/person.ts";
import type { Remedy } from "../../domain/purchase-order/remedy.ts";
import { HttpError } from "../http-error.ts";
import { conclude, personOf, unlessChanged, type ActionRoutesOptions } from "./acting.ts";
import { answerWithin } from "./answer-within.ts";
import { oneOrderId, onePurchaseOrderOrNotice, type Subject } from "./find.ts";
import { serve } from "./serve.ts";

type OnSubject = (subject: Subject, person: Person) => Promise<ActionResult>;

/** Until the dispatcher gives a connection up by itself, and the next one that cleans up. */
const CHECK_WITHIN_MS = 10 * 60_000;

export function actionRoutes(app: FastifyInstance, options: ActionRoutesOptions): void {
  const { db, actions, suppliers, handOver } = options;
  const settle =
    (remedy: Remedy): OnSubject =>
    ({ kind, id }, person) =>
      actions.settle({ kind, id }, remedy, person);
  const onPurchaseOrders: Readonly<Record<PlainActionOn<"purchase-order">, OnSubject>> = {
    retry: settle("retry"),
    "same-again": settle("same-again"),
    replace: settle("replace"),
    "order-again": settle("order-again"),
    "mark-sent": settle("mark-sent"),
    discard: settle("discard"),
    "notice-accepted": settle("notice-accepted"),
    "notice-too-late": settle("notice-too-late"),
    hold: async ({ kind, id, label }, person) =>
      kind === "purchase-order"
        ? await actions.hold({ id }, person)
        : { ok: false, message: `${label} cannot be held: the sooner it is sent, the likelier it is in time` },
  };

  for (const name of plainActions("purchase-order")) {
    const run = onPurchaseOrders[name];
    serve(app, actionRoute(name), async ({ params: { id }, query: { supplier }, body, request }) => {
      const person = personOf(request, body, { suppliers, action: name });
      const subject = await onePurchaseOrderOrNotice(db, id, supplier);
      const result = await unlessChanged(db, subject, () => run(subject, person));
      return await conclude(result, { purchaseOrder: subject.id, number: subject.purchaseOrder?.number ?? null }, handOver);
    });
  }

  serve(app, actionRoute("adopt"), async ({ params: { id }, body, request }) => {
    const person = personOf(request, body, { suppliers, action: "adopt" });
    const orderId = await oneOrderId(db, id);
    return await conclude(await actions.adopt(orderId, person), { order: orderId }, handOver);
  });

  const requireSupplier = (id: string): void => {
    if (!suppliers.includes(id)) {
      throw new HttpError(404, `there is no supplier "${id}". Configured: ${suppliers.join(", ")}`);
    }
  };

  serve(
    app,
    routes.check,
    async ({ params: { id }, body, request }) => {
      const person = personOf(request, body, { suppliers, action: "check" });
      requireSupplier(id);
      const check = await actions.check(id, person);
      if (check === undefined) {
        throw new HttpError(409, `the supplier ${id} is being checked already`);
      }
      return { ...check };
    },
    answerWithin(CHECK_WITHIN_MS),
  );

  serve(app, actionRoute("resume"), async ({ params: { id }, body, request }) => {
    const person = personOf(request, body, { suppliers, action: "resume" });
    requireSupplier(id);
    if (!(await actions.resume(id, person))) {
      throw new HttpError(409, `the supplier ${id} is not paused`);
    }
    return { message: `the supplier ${id} is resumed: what waits for it is sent now`, supplier: id };
  });
}
