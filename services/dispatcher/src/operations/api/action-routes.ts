// What a person may do, one POST each. A refusal by the state of things is 409 with its sentence; a note is needed where
// the person answers for what the machine cannot know or would not do.
import type { FastifyInstance } from "fastify";
import type { Database } from "../../database/schema.ts";
import type { PurchaseOrdersTable } from "../../database/tables/orders.ts";
import type { ActionResult, Person } from "../../domain/person.ts";
import { needsNote, remedies, type Remedy } from "../../domain/purchase-order/remedy.ts";
import type { Actions } from "../actions.ts";
import { HttpError } from "../http-error.ts";
import { conclude, personOf, unlessChanged } from "./acting.ts";
import { answerWithin } from "./answer-within.ts";
import { oneOrderId, onePurchaseOrder, subjectOf } from "./find.ts";
import { actionBody, idParams, parse, supplierQuery } from "./input.ts";

/** Until the dispatcher gives a connection up by itself, and the next one that cleans up. */
const CHECK_WITHIN_MS = 10 * 60_000;

export interface ActionRoutesOptions {
  readonly db: Database;
  readonly suppliers: readonly string[];
  readonly actions: Actions;
  readonly handOver: (purchaseOrders: readonly string[]) => Promise<void>;
}

interface PurchaseOrderAction {
  readonly path: Remedy;
  readonly needsNote: boolean;
  readonly run: (po: PurchaseOrdersTable, person: Person) => Promise<ActionResult>;
}

export function actionRoutes(app: FastifyInstance, options: ActionRoutesOptions): void {
  const { db, actions, suppliers, handOver } = options;
  const onPurchaseOrders = remedies.map((remedy): PurchaseOrderAction => ({
    path: remedy,
    needsNote: needsNote(remedy),
    run: ({ id }: PurchaseOrdersTable, person: Person) => actions.settle({ kind: "purchase-order", id }, remedy, person),
  }));

  for (const { path, needsNote, run } of onPurchaseOrders) {
    app.post(`/purchase-orders/:id/${path}`, async (request) => {
      const { id } = parse(idParams, request.params);
      const { supplier } = parse(supplierQuery, request.query);
      const person = personOf(request, parse(actionBody, request.body), suppliers);
      const po = await onePurchaseOrder(db, id, supplier);
      if (person.note === "" && needsNote) {
        throw new HttpError(400, `note: say why: ${path} of a purchase order that is ${po.state} is kept with its reason`);
      }
      const result = await unlessChanged(db, subjectOf(po), () => run(po, person));
      return await conclude(result, { purchaseOrder: po.id, number: po.number }, handOver);
    });
  }

  app.post("/orders/:id/adopt", async (request) => {
    const { id } = parse(idParams, request.params);
    const person = personOf(request, parse(actionBody, request.body), suppliers);
    const orderId = await oneOrderId(db, id);
    return await conclude(await actions.adopt(orderId, person), { order: orderId }, handOver);
  });

  const requireSupplier = (id: string): void => {
    if (!suppliers.includes(id)) {
      throw new HttpError(404, `there is no supplier "${id}". Configured: ${suppliers.join(", ")}`);
    }
  };

  app.post("/suppliers/:id/check", answerWithin(CHECK_WITHIN_MS), async (request) => {
    const { id } = parse(idParams, request.params);
    const person = personOf(request, parse(actionBody, request.body), suppliers);
    requireSupplier(id);
    const check = await actions.check(id, person);
    if (check === undefined) {
      throw new HttpError(409, `the supplier ${id} is being checked already`);
    }
    return check;
  });

  app.post("/suppliers/:id/resume", async (request) => {
    const { id } = parse(idParams, request.params);
    const person = personOf(request, parse(actionBody, request.body), suppliers);
    requireSupplier(id);
    if (!(await actions.resume(id, person))) {
      throw new HttpError(409, `the supplier ${id} is not paused`);
    }
    return { message: `the supplier ${id} is resumed: what waits for it is sent now`, supplier: id };
  });
}
