// The API of a running dispatcher: it alone opens the database, so everything that a command shows or does goes through it.
import type { Lookup } from "@soh/shared/environment";
import { z } from "zod";
import { CommandFailure, EXIT } from "./failure.ts";

export interface Client {
  /**
   * Throws CommandFailure when the dispatcher refuses, is not there, or answers something else than `schema`. `withinMs`: how
   * long it waits for the answer.
   */
  get<Schema extends z.ZodType>(path: string, schema: Schema, withinMs?: number): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema, withinMs?: number): Promise<z.output<Schema>>;
  bytes(path: string): Promise<Uint8Array>;
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
    get: async (path, schema, withinMs) => await read(await request(path, { method: "GET" }, withinMs), schema),
    post: async (path, body, schema, withinMs) =>
      await read(await request(path, { method: "POST", body: JSON.stringify(body) }, withinMs), schema),
    bytes: async (path) => await (await request(path, { method: "GET" })).bytes(),
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
