// What a person may do, one POST each. A refusal by the state of things is 409 with its sentence; a note is needed where
// the person answers for what the machine cannot know or would not do.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Database, PurchaseOrdersTable } from "../../database/schema.ts";
import { actorOf } from "../auth.ts";
import { HttpError } from "../http-error.ts";
import type { ActionResult, Person } from "../../domain/person.ts";
import { needsNote, remedies, type Remedy } from "../../domain/remedy.ts";
import type { Actions } from "../actions.ts";
import { oneOrderId, onePurchaseOrder } from "./find.ts";
import { actionBody, idParams, parse, supplierQuery } from "./input.ts";

export interface ActionRoutesOptions {
  readonly db: Database;
  readonly suppliers: readonly string[];
  readonly actions: Actions;
  readonly handOver: (purchaseOrders: readonly string[]) => Promise<void>;
}

interface PurchaseOrderAction {
  readonly path: "release" | Remedy;
  readonly needsNote: boolean;
  readonly run: (po: PurchaseOrdersTable, person: Person) => Promise<ActionResult>;
}

export function actionRoutes(app: FastifyInstance, options: ActionRoutesOptions): void {
  const { db, actions } = options;
  const onPurchaseOrders: readonly PurchaseOrderAction[] = [
    { path: "release", needsNote: true, run: actions.release },
    ...remedies.map((remedy) => ({
      path: remedy,
      needsNote: needsNote(remedy),
      run: ({ id }: PurchaseOrdersTable, person: Person) => actions.settle({ kind: "purchase-order", id }, remedy, person),
    })),
  ];

  for (const { path, needsNote, run } of onPurchaseOrders) {
    app.post(`/purchase-orders/:id/${path}`, async (request) => {
      const { id } = parse(idParams, request.params);
      const { supplier } = parse(supplierQuery, request.query);
      const person = personOf(request);
      const po = await onePurchaseOrder(db, id, supplier);
      if (person.note === "" && needsNote) {
        throw new HttpError(400, `note: say why: ${path} of a purchase order that is ${po.state} is kept with its reason`);
      }
      const result = await run(po, person).catch((error: unknown) => refuseIfChanged(po, error));
      return await conclude(result, { purchaseOrder: po.id, number: po.number });
    });
  }

  app.post("/orders/:id/adopt", async (request) => {
    const { id } = parse(idParams, request.params);
    const person = personOf(request);
    const orderId = await oneOrderId(db, id);
    return await conclude(await actions.adopt(orderId, person), { order: orderId });
  });

  app.post("/suppliers/:id/resume", async (request) => {
    const { id } = parse(idParams, request.params);
    const person = personOf(request);
    if (!options.suppliers.includes(id)) {
      throw new HttpError(404, `there is no supplier "${id}". Configured: ${options.suppliers.join(", ")}`);
    }
    if (!(await actions.resume(id, person))) {
      throw new HttpError(409, `the supplier ${id} is not paused`);
    }
    return { message: `the supplier ${id} is resumed: what waits for it is sent now`, supplier: id };
  });

  function personOf(request: FastifyRequest): Person {
    const { note, actor = actorOf(request) } = parse(actionBody, request.body);
    if (options.suppliers.includes(actor)) {
      throw new HttpError(400, `actor: "${actor}" is a supplier; in the audit trail that stands for the supplier's own files`);
    }
    return { note, actor };
  }

  /** An action throws when the purchase order changed under it: that is the person's news, not our bug. */
  async function refuseIfChanged(po: PurchaseOrdersTable, error: unknown): Promise<never> {
    const now = await db.selectFrom("purchase_orders").select("state").where("id", "=", po.id).executeTakeFirst();
    if (now !== undefined && now.state !== po.state) {
      throw new HttpError(409, `${po.number ?? po.id} was ${po.state} and became ${now.state} in this moment: look again`);
    }
    throw error;
  }

  async function conclude<Subject extends object>(result: ActionResult, subject: Subject) {
    if (!result.ok) {
      throw new HttpError(409, result.message);
    }
    await options.handOver(result.ready);
    return { message: result.message, ...subject, ready: result.ready };
  }
}
