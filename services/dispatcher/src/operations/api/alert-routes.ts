// What people must know, and that somebody has seen it.
import type { FastifyInstance } from "fastify";
import { conclude, personOf } from "./acting.ts";
import type { AlertList } from "../alerts.ts";
import type { ActionRoutesOptions } from "./action-routes.ts";
import { actionBody, alertParams, alertQuery, parse } from "./input.ts";
import { showAlert } from "./representations.ts";

export function alertRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly alerts: AlertList }): void {
  const { alerts, actions, suppliers, handOver } = options;

  app.get("/alerts", async (request) => {
    const { language, state, limit } = parse(alertQuery, request.query);
    return { alerts: (await alerts.list({ language, state, limit })).map(showAlert) };
  });

  app.post("/alerts/:id/seen", async (request) => {
    const { id } = parse(alertParams, request.params);
    const person = personOf(request, parse(actionBody, request.body), suppliers);
    return await conclude(await actions.seen(id, person), { alert: id }, handOver);
  });
}
