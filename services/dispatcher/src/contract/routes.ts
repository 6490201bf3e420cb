// Every route of the API: what may be asked, and what is answered. The server validates and serialises by it, `soh` reads by it, and
// a test holds the server's own routes against it.
import type { z } from "zod";
import { actions, pathOf, type ActionName } from "./actions.ts";
import * as answers from "./answers.ts";
import * as inputs from "./inputs.ts";

export interface Route {
  readonly method: "GET" | "POST";
  /** Under /api. */
  readonly path: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** bytes: a file. */
  readonly answer: z.ZodType | "bytes";
}

/** As values of our own types are: read-only, and without the further keys that a reader must bear (z.looseObject). */
export type Plain<T> = T extends readonly (infer Element)[]
  ? readonly Plain<Element>[]
  : T extends object
    ? [NamedKeys<T>] extends [never]
      ? { readonly [Key in keyof T]: Plain<T[Key]> }
      : { readonly [Key in keyof T as string extends Key ? never : Key]: Plain<T[Key]> }
    : T;
type NamedKeys<T> = keyof { [Key in keyof T as string extends Key ? never : Key]: unknown };

/** Keeps the types of its parts. */
const route = <const R extends Route>(one: R): R => one;

const params = inputs.idParams;
const body = inputs.actionBody;
const supplier = inputs.supplierQuery;

export const routes = {
  summary: route({ method: "GET", path: "/summary", answer: answers.summary }),
  orders: route({ method: "GET", path: "/orders", query: inputs.orderQuery, answer: answers.orders }),
  order: route({ method: "GET", path: "/orders/:id", params, answer: answers.order }),
  purchaseOrders: route({
    method: "GET",
    path: "/purchase-orders",
    query: inputs.purchaseOrderQuery,
    answer: answers.purchaseOrders,
  }),
  purchaseOrder: route({
    method: "GET",
    path: "/purchase-orders/:id",
    params,
    query: supplier,
    answer: answers.purchaseOrderDetail,
  }),
  document: route({
    method: "GET",
    path: "/purchase-orders/:id/document",
    params,
    query: inputs.documentQuery,
    answer: "bytes",
  }),
  file: route({ method: "GET", path: "/purchase-orders/:id/files/:attempt", params: inputs.fileParams, answer: "bytes" }),
  suppliers: route({ method: "GET", path: "/suppliers", answer: answers.suppliers }),

  release: route({
    method: "POST",
    path: "/purchase-orders/:id/release",
    params,
    query: supplier,
    body: inputs.releaseBody,
    answer: answers.done,
  }),
  releaseMany: route({
    method: "POST",
    path: "/purchase-orders/release",
    body: inputs.releaseManyBody,
    answer: answers.settled,
  }),
  check: route({ method: "POST", path: "/suppliers/:id/check", params, body, answer: answers.check }),

  alerts: route({ method: "GET", path: "/alerts", query: inputs.alertQuery, answer: answers.alerts }),
  seen: route({ method: "POST", path: "/alerts/:id/seen", params: inputs.alertParams, body, answer: answers.done }),

  deadLetters: route({ method: "GET", path: "/dead-letters", query: inputs.deadLetterQuery, answer: answers.deadLetters }),
  deadLetter: route({ method: "GET", path: "/dead-letters/:id", params, answer: answers.deadLetterDetail }),
  deadLetterBytes: route({ method: "GET", path: "/dead-letters/:id/bytes", params, answer: "bytes" }),
  settleOne: route({
    method: "POST",
    path: "/dead-letters/:id/:remedy",
    params: inputs.remedyParams,
    body,
    answer: answers.done,
  }),
  applyFile: route({
    method: "POST",
    path: "/dead-letters/:id/apply",
    params,
    body: inputs.applyBody,
    answer: answers.done,
  }),
  settle: route({ method: "POST", path: "/dead-letters/settle", body: inputs.settleBody, answer: answers.settled }),

  catalogue: route({ method: "GET", path: "/catalogue", query: inputs.entriesQuery, answer: answers.entries }),
  lookup: route({ method: "GET", path: "/catalogue/lookup", query: inputs.lookupQuery, answer: answers.lookup }),
  openImport: route({
    method: "POST",
    path: "/catalogue/imports",
    body: inputs.importBody,
    answer: answers.importOpened,
  }),
  importRows: route({
    method: "POST",
    path: "/catalogue/imports/:id/rows",
    params,
    body: inputs.rowsBody,
    answer: answers.importRows,
  }),
  import: route({ method: "GET", path: "/catalogue/imports/:id", params, answer: answers.importReport }),
  applyImport: route({ method: "POST", path: "/catalogue/imports/:id/apply", params, answer: answers.importReport }),
  discardImport: route({ method: "POST", path: "/catalogue/imports/:id/discard", params, answer: answers.done }),
};

/** Of an action that takes who and why. */
export const actionRoute = (name: ActionName) =>
  route({
    method: "POST",
    path: `${pathOf[actions[name].subject]}/:id/${name}`,
    params,
    query: supplier,
    body,
    answer: answers.done,
  });
