// The API of a running dispatcher: it alone opens the database, so everything that a command shows or does goes through it.
import type { Lookup } from "@soh/shared/environment";
import { z } from "zod";
import type { Plain, Route } from "../contract/routes.ts";
import { CommandFailure, EXIT } from "./failure.ts";

/** What a route of the contract is asked for. Parameters stand in its path; those of the query that are undefined are left out. */
export interface Question<R extends Route> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: R["query"] extends z.ZodType ? Asking<z.input<R["query"]>> : undefined;
  readonly body?: R["body"] extends z.ZodType ? Plain<z.input<R["body"]>> : undefined;
  /** Milliseconds that it waits for the answer. */
  readonly withinMs?: number;
}

/** Of a query string, everything is text. */
type Asking<T> = { readonly [Key in keyof T]?: string | number | undefined };

export interface Client {
  /** Throws CommandFailure when the dispatcher refuses, is not there, or answers something else than the contract says. */
  ask<R extends Route>(
    route: R,
    question?: Question<R>,
  ): Promise<R["answer"] extends z.ZodType ? z.output<R["answer"]> : Uint8Array>;
}

const ANSWER_WITHIN_MS = 30_000;

export function createClient(lookup: Lookup): Client {
  const base = addressOf(lookup);

  const request = async (
    path: string,
    init: { readonly method: "GET" | "POST"; readonly body?: string },
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Response> => {
    const token = lookup("SOH_API_TOKEN");
    if (token === undefined) {
      throw new CommandFailure(
        EXIT.refused,
        "SOH_API_TOKEN is not set: give the token that the dispatcher was started with (or its file in SOH_API_TOKEN_FILE).",
      );
    }
    const headers = {
      authorization: `Bearer ${token}`,
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
    };
    let response: Response;
    try {
      response = await fetch(new URL(path, base), {
        ...init,
        headers,
        redirect: "error",
        signal: AbortSignal.timeout(withinMs),
      });
    } catch (error) {
      throw new CommandFailure(
        EXIT.unreachable,
        `no dispatcher answers at ${base.origin}${base.pathname} (${causeOf(error, withinMs)}). Is it running? Set SOH_URL (or OPERATIONS_PORT) to where it listens.`,
        { cause: error },
      );
    }
    if (!response.ok) {
      throw new CommandFailure(EXIT.refused, await refusalOf(response, base));
    }
    return response;
  };

  const read = async <Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.output<Schema>> => {
    const result = schema.safeParse(await response.json().catch(() => undefined));
    if (!result.success) {
      throw new CommandFailure(
        EXIT.refused,
        `what answers at ${base.origin} is not this version's dispatcher: ${z.prettifyError(result.error)}`,
      );
    }
    return result.data;
  };

  return {
    async ask(route, { params = {}, query = {}, body, withinMs } = {}) {
      const path = route.path.replaceAll(/:([a-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries<string | number | undefined>(query)) {
        if (value !== undefined) {
          search.set(name, String(value));
        }
      }
      const init = { method: route.method, ...(route.method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}) };
      const response = await request(`api${path}${search.size === 0 ? "" : `?${search.toString()}`}`, init, withinMs);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its route answers
      return (route.answer === "bytes" ? await response.bytes() : await read(response, route.answer)) as never;
    },
  };
}

function addressOf(lookup: Lookup): URL {
  const address = lookup("SOH_URL") ?? `http://127.0.0.1:${lookup("OPERATIONS_PORT") ?? "3001"}`;
  const url = URL.canParse(address) ? new URL(address.endsWith("/") ? address : `${address}/`) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandFailure(EXIT.usage, `SOH_URL: "${address}" is not an address, such as http://127.0.0.1:3001`);
  }
  return url;
}

/** The system's own word, such as ECONNREFUSED, stands behind fetch's "fetch failed". */
function causeOf(error: unknown, withinMs: number): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error.name === "TimeoutError") {
    return `no answer within ${withinMs / 1000} s`;
  }
  const cause: unknown = error.cause ?? error;
  if (cause instanceof Error) {
    return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  }
  return error.message;
}

async function refusalOf(response: Response, base: URL): Promise<string> {
  const body = z.object({ error: z.string() }).safeParse(await response.json().catch(() => undefined));
  if (response.status === 401) {
    return `the dispatcher at ${base.origin} does not know this SOH_API_TOKEN.`;
  }
  return body.success ? body.data.error : `${base.origin} answered ${response.status} ${response.statusText}`;
}
