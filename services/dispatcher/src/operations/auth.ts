// Who may pass. Everything but health needs credentials: HTTP Basic (user `operator`) anywhere, or the API token as a
// bearer for /api and /metrics. A browser sends Basic credentials along with any request that any site makes it send, so
// what changes something needs, with Basic, proof that it comes from our own pages; a bearer token is never sent unasked.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "@soh/shared/config";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { LoginLimiter } from "./login-limiter.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** No credentials needed: health only. */
    open?: boolean;
  }
}

const USER = "operator";
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

type Presented =
  | { readonly scheme: "none" }
  | { readonly scheme: "basic"; readonly user: string; readonly password: string }
  | { readonly scheme: "bearer"; readonly token: string }
  | { readonly scheme: "unreadable" };

type Verdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly status: 401 | 403 | 429; readonly message: string; readonly waitSeconds?: number };

export interface Credentials {
  readonly password: Secret;
  readonly apiToken: Secret;
}

/** Refuses every request without credentials before anything else looks at it, those to unknown paths too. */
export function requireCredentials(
  app: FastifyInstance,
  options: Credentials & {
    readonly limiter: LoginLimiter;
    readonly refuse: (request: FastifyRequest, reply: FastifyReply, refusal: { status: number; message: string }) => unknown;
  },
): void {
  app.addHook("onRequest", async (request, reply) => {
    const verdict = request.routeOptions.config.open === true ? PASS : judge(request);
    if (verdict.pass) {
      return;
    }
    if (verdict.status === 401) {
      reply.header("www-authenticate", 'Basic realm="Shopify Order Handler", charset="UTF-8"');
    }
    if (verdict.waitSeconds !== undefined) {
      reply.header("retry-after", verdict.waitSeconds);
    }
    await options.refuse(request, reply, verdict);
    return reply;
  });

  function judge(request: FastifyRequest): Verdict {
    const presented = readAuthorization(request.headers.authorization);
    if (presented.scheme === "none") {
      return refusal(
        401,
        "credentials are needed: user operator with OPERATIONS_PASSWORD, or the API token as a bearer for /api",
      );
    }
    const key = `${presented.scheme} ${request.ip}`; // Apart, so that guessing the password does not lock the API out.
    const waitSeconds = options.limiter.waitSeconds(key);
    if (waitSeconds > 0) {
      return { ...refusal(429, `too many failed logins from this address: wait ${waitSeconds} s`), waitSeconds };
    }
    if (!isRight(presented, options)) {
      options.limiter.failed(key);
      return refusal(401, "the user, password or token is wrong");
    }
    if (presented.scheme === "bearer") {
      return takesToken(request) ? PASS : refusal(401, "the API token is for /api and /metrics; here the password is needed");
    }
    if (SAFE_METHODS.includes(request.method) || isOwnPage(request)) {
      return PASS;
    }
    return refusal(
      403,
      "a change with the password must come from this console's own pages; elsewhere use the API token (Authorization: Bearer …)",
    );
  }
}

/** Who acts, where the request does not say: whoever holds the credentials that it came with. */
export const actorOf = (request: FastifyRequest): string =>
  readAuthorization(request.headers.authorization).scheme === "basic" ? USER : "api";

const PASS = { pass: true } as const;

const refusal = (status: 401 | 403 | 429, message: string) => ({ pass: false, status, message }) as const;

function readAuthorization(header: string | undefined): Presented {
  if (header === undefined) {
    return { scheme: "none" };
  }
  const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  if (scheme.toLowerCase() === "bearer") {
    return { scheme: "bearer", token: value };
  }
  const pair = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString("utf8") : "";
  const colon = pair.indexOf(":");
  return colon < 0 ? { scheme: "unreadable" } : { scheme: "basic", user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function isRight(presented: Presented, { password, apiToken }: Credentials): boolean {
  switch (presented.scheme) {
    case "basic": {
      const user = isSame(presented.user, USER);
      return isSame(presented.password, password.reveal()) && user;
    }
    case "bearer":
      return isSame(presented.token, apiToken.reveal());
    case "none":
    case "unreadable":
      return false;
  }
}

/** In a time that tells nothing of either: hashes have one length, and their comparison looks at all of it. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function takesToken(request: FastifyRequest): boolean {
  const path = request.routeOptions.url ?? request.url;
  return path.startsWith("/api/") || path === "/metrics";
}

/** By the headers that no page can forge. Browsers leave Sec-Fetch-Site out on plain HTTP, and send Origin then. */
function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) {
    return site === "same-origin";
  }
  const { origin } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host;
}
