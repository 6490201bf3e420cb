// What people must know, and that somebody has seen it.
import type { FastifyInstance } from "fastify";
import { routes } from "../../contract/routes.ts";
import type { AlertList } from "../alerts.ts";
import { conclude, personOf, type ActionRoutesOptions } from "./acting.ts";
import { showAlert } from "./representations.ts";
import { serve } from "./serve.ts";

export function alertRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly alerts: AlertList }): void {
  const { alerts, actions, suppliers, handOver } = options;

  serve(app, routes.alerts, async ({ query }) => ({ alerts: (await alerts.list(query)).map(showAlert) }));

  serve(app, routes.seen, async ({ params: { id }, body, request }) => {
    const result = await actions.seen(id, personOf(request, body, { suppliers, action: "seen" }));
    return await conclude(result, { alert: id }, handOver);
  });
}
