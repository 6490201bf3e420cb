// Catalogues: reading them, and importing one. The rows of an import come in batches, so that neither side holds the file.
import type { FastifyInstance } from "fastify";
import { listEntries, lookUp } from "../../catalogue/catalogue.ts";
import type { HandlerConfig } from "../../config/load.ts";
import { showEntryPosition } from "../../contract/cursor.ts";
import { routes, type Route } from "../../contract/routes.ts";
import { dayAt } from "../../domain/catalogue/catalogue.ts";
import { HttpError } from "../http-error.ts";
import { personOf, type ActionRoutesOptions } from "./acting.ts";
import { answerWithin } from "./answer-within.ts";
import { serve, type Answered, type Asked } from "./serve.ts";

/** Of one batch of rows. */
const MOST_BYTES = 1024 * 1024;
/**
 * Applying 100,000 rows takes a few seconds, and whatever else is written to the database meanwhile waits for it, another
 * import too; longer than this something is wrong.
 */
const IMPORT_WITHIN_MS = 120_000;

export function catalogueRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly config: HandlerConfig }): void {
  const { db, suppliers, config } = options;
  const { catalogue } = options.actions;
  const timezones = new Map(config.suppliers.map((one) => [one.id, one.catalogue.timezone]));
  const known = (supplier: string): void => {
    if (!suppliers.includes(supplier)) {
      throw new HttpError(404, `there is no supplier "${supplier}". Configured: ${suppliers.join(", ")}`);
    }
  };
  const serveImport = <R extends Route>(route: R, handle: (asked: Asked<R>) => Promise<Answered<R>>): void =>
    serve(app, route, handle, { ...answerWithin(IMPORT_WITHIN_MS), bodyLimit: MOST_BYTES });
  const gone = (): HttpError =>
    new HttpError(404, "there is no such import: it was applied or given up, or another of this supplier was begun");

  serve(app, routes.catalogue, async ({ query: { supplier, limit, after } }) => {
    known(supplier);
    const { entries, next } = await listEntries(db, { supplier, limit, after });
    return { supplier, entries: [...entries], next: next === undefined ? null : showEntryPosition(next) };
  });

  serve(app, routes.lookup, async ({ query: { sku, supplier } }) => {
    if (supplier !== undefined) {
      known(supplier);
    }
    const now = Date.now();
    const entries = await lookUp(db, { sku, supplier, day: (id) => dayAt(now, timezones.get(id) ?? "UTC") });
    if (entries.length === 0) {
      throw new HttpError(404, `no catalogue ${supplier === undefined ? "" : `of ${supplier} `}has the SKU "${sku}"`);
    }
    return { sku, entries: [...entries] };
  });

  serveImport(routes.openImport, async ({ body, request }) => {
    const { supplier, header, decimal, replace, skip_bad: skipBad, ...said } = body;
    known(supplier);
    const opened = await catalogue.open({ supplier, header, decimal, replace, skipBad }, personOf(request, said, { suppliers }));
    if (!opened.ok) {
      throw new HttpError(400, opened.reason);
    }
    return { id: opened.id };
  });

  serveImport(routes.importRows, async ({ params: { id }, body: { rows } }) => {
    const bad = await catalogue.add(id, rows);
    if (bad === undefined) {
      throw gone();
    }
    return { bad: [...bad] };
  });

  serveImport(routes.import, async ({ params: { id } }) => {
    const report = await catalogue.report(id);
    if (report === undefined) {
      throw gone();
    }
    return report;
  });

  serveImport(routes.applyImport, async ({ params: { id } }) => {
    const result = await catalogue.apply(id);
    if (result === undefined) {
      throw gone();
    }
    if (!result.ok) {
      throw new HttpError(409, result.reason);
    }
    return result.report;
  });

  serveImport(routes.discardImport, async ({ params: { id } }) => {
    if (!(await catalogue.discard(id))) {
      throw gone();
    }
    return { message: "the import is given up: nothing was applied" };
  });
}
