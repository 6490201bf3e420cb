// Catalogues: reading them, and importing one. The rows of an import come in batches, so that neither side holds the file.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { listEntries, lookUp, type EntryPosition } from "../../catalogue/catalogue.ts";
import type { HandlerConfig } from "../../config/load.ts";
import { dayAt, decimalMarks } from "../../domain/catalogue/catalogue.ts";
import { HttpError } from "../http-error.ts";
import type { ActionRoutesOptions } from "./action-routes.ts";
import { personOf } from "./acting.ts";
import { answerWithin } from "./answer-within.ts";
import { idParams, parse, person } from "./input.ts";

const MOST_ROWS = 1_000;
/** Of one batch. */
const MOST_BYTES = 1024 * 1024;
/**
 * Applying 100,000 rows takes a few seconds, and whatever else is written to the database meanwhile waits for it, another
 * import too; longer than this something is wrong.
 */
const IMPORT_WITHIN_MS = 120_000;

const position = z
  .string()
  .transform(readPosition)
  .refine((value) => value !== undefined, "expected what `next` of the page before said")
  .optional();

const entriesQuery = z.strictObject({
  supplier: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(500),
  after: position,
});

const lookupQuery = z.strictObject({ sku: z.string().trim().min(1).max(255), supplier: z.string().min(1).optional() });

const openBody = z.strictObject({
  supplier: z.string().min(1),
  header: z.array(z.string().max(200)).min(1).max(100),
  decimal: z.enum(decimalMarks).default("either"),
  replace: z.boolean().default(false),
  skip_bad: z.boolean().default(false),
  ...person,
});

const rowsBody = z.strictObject({
  rows: z
    .array(z.strictObject({ row: z.int().min(1), cells: z.array(z.string()) }))
    .min(1)
    .max(MOST_ROWS),
});

export function catalogueRoutes(app: FastifyInstance, options: ActionRoutesOptions & { readonly config: HandlerConfig }): void {
  const { db, suppliers, config } = options;
  const { catalogue } = options.actions;
  const timezones = new Map(config.suppliers.map((one) => [one.id, one.catalogue.timezone]));
  const known = (supplier: string): void => {
    if (!suppliers.includes(supplier)) {
      throw new HttpError(404, `there is no supplier "${supplier}". Configured: ${suppliers.join(", ")}`);
    }
  };
  const gone = (): HttpError =>
    new HttpError(404, "there is no such import: it was applied or given up, or another of this supplier was begun");

  app.get("/catalogue", async (request) => {
    const { supplier, limit, after } = parse(entriesQuery, request.query);
    known(supplier);
    const { entries, next } = await listEntries(db, { supplier, limit, after });
    return { supplier, entries, next: next === undefined ? null : showPosition(next) };
  });

  app.get("/catalogue/lookup", async (request) => {
    const { sku, supplier } = parse(lookupQuery, request.query);
    if (supplier !== undefined) {
      known(supplier);
    }
    const now = Date.now();
    const entries = await lookUp(db, { sku, supplier, day: (id) => dayAt(now, timezones.get(id) ?? "UTC") });
    if (entries.length === 0) {
      throw new HttpError(404, `no catalogue ${supplier === undefined ? "" : `of ${supplier} `}has the SKU "${sku}"`);
    }
    return { sku, entries };
  });

  app.post("/catalogue/imports", answerWithin(IMPORT_WITHIN_MS), async (request) => {
    const { supplier, header, decimal, replace, skip_bad: skipBad, ...body } = parse(openBody, request.body);
    known(supplier);
    const opened = await catalogue.open({ supplier, header, decimal, replace, skipBad }, personOf(request, body, suppliers));
    if (!opened.ok) {
      throw new HttpError(400, opened.reason);
    }
    return { id: opened.id };
  });

  app.post("/catalogue/imports/:id/rows", { ...answerWithin(IMPORT_WITHIN_MS), bodyLimit: MOST_BYTES }, async (request) => {
    const bad = await catalogue.add(parse(idParams, request.params).id, parse(rowsBody, request.body).rows);
    if (bad === undefined) {
      throw gone();
    }
    return { bad };
  });

  app.get("/catalogue/imports/:id", answerWithin(IMPORT_WITHIN_MS), async (request) => {
    const report = await catalogue.report(parse(idParams, request.params).id);
    if (report === undefined) {
      throw gone();
    }
    return report;
  });

  app.post("/catalogue/imports/:id/apply", answerWithin(IMPORT_WITHIN_MS), async (request) => {
    const result = await catalogue.apply(parse(idParams, request.params).id);
    if (result === undefined) {
      throw gone();
    }
    if (!result.ok) {
      throw new HttpError(409, result.reason);
    }
    return result.report;
  });

  app.post("/catalogue/imports/:id/discard", answerWithin(IMPORT_WITHIN_MS), async (request) => {
    if (!(await catalogue.discard(parse(idParams, request.params).id))) {
      throw gone();
    }
    return { message: "the import is given up: nothing was applied" };
  });
}

const showPosition = ({ skuKey, validFrom }: EntryPosition): string =>
  Buffer.from(JSON.stringify([skuKey, validFrom])).toString("base64url");

function readPosition(text: string): EntryPosition | undefined {
  try {
    const [skuKey, validFrom] = z.tuple([z.string(), z.string()]).parse(JSON.parse(Buffer.from(text, "base64url").toString()));
    return { skuKey, validFrom };
  } catch {
    return undefined;
  }
}
