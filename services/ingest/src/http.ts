// The HTTP server without its routes: every timeout said, every error in one shape: {"error": "..."}.
import type { Logger } from "@soh/shared/logger";
import fastify, { type FastifyInstance } from "fastify";

/** Longer than nginx keeps an idle connection to us (60 s), or it would send a webhook into one that we just closed. */
const KEEP_ALIVE_MS = 75_000;
/** Nothing sent or received. Above the 3 s that Redis may take. */
const SILENT_CONNECTION_MS = 10_000;

export interface HttpOptions {
  readonly logger: Logger;
  /** From a request's first byte to its last. Shopify gives up after 5 s; a slow-loris would stay. */
  readonly requestTimeoutMs: number;
  readonly stopping: () => boolean;
}

export function createHttp({ logger, requestTimeoutMs, stopping }: HttpOptions): FastifyInstance {
  const http = fastify({
    logger: false,
    connectionTimeout: SILENT_CONNECTION_MS,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // How often Node looks for requests that are over their time; 30 s unless told.
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: 1_000 },
    // What comes while we stop, over a connection already open, is still taken in.
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(400, { "content-type": "application/json" }).end('{"error":"malformed path"}');
    },
  });

  // The webhook's route reads the raw bytes itself. No parser of Fastify's may touch or refuse them, and one without a
  // Content-Type, or with a malformed one, is as good as any.
  http.removeAllContentTypeParsers();
  http.addContentTypeParser("*", (_request, _payload, done) => done(null));
  http.addHook("onRequest", (request, _, done) => {
    request.raw.headers["content-type"] = undefined; // Deleting it would make every later look at a header slower.
    done();
  });

  // Otherwise a client that keeps its connection would hold up our stop until it is tired of waiting.
  http.addHook("onSend", (_request, reply, payload, done) => {
    if (stopping()) {
      reply.header("connection", "close");
    }
    done(null, payload);
  });

  http.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const allowed = ["GET", "HEAD", "POST"].filter((method) => http.hasRoute({ method, url: path }));
    if (allowed.length > 0) {
      return reply
        .code(405)
        .header("allow", allowed.join(", "))
        .send({ error: `expected ${allowed.join(" or ")}` });
    }
    return reply.code(404).send({ error: "not found" });
  });

  http.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.code(status).send({ error: error.message });
    }
    // Not the error itself: a library's may carry the body.
    logger.error({
      event: "request.failed",
      method: request.method,
      url: request.url,
      reason: error.message,
      stack: error.stack,
    });
    return reply.code(500).send({ error: "internal error" });
  });

  return http;
}
