// What every answer carries. Pages show customers' data: nothing is kept by a browser or a proxy, unless it is an asset.
import type { FastifyInstance } from "fastify";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Not "no-referrer": browsers would then send `Origin: null` with our own pages' requests.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-robots-tag": "noindex",
};

/** Our own pages: one style sheet and one icon, no script at all. */
const CONSOLE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Bull Board: its scripts are files of its own; it sets style attributes and adds style elements at run time, its icons and
 * fonts are in part data URLs, its highlighter is a worker. Its web font of Google's stays out: nobody needs to learn who looks.
 */
export const BULL_BOARD_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

/** What is downloaded is never a page, whatever is in it. */
export const DOWNLOAD_POLICY = "default-src 'none'; sandbox";

export function setSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    reply.headers(HEADERS);
    if (!reply.hasHeader("content-security-policy")) {
      reply.header("content-security-policy", CONSOLE_POLICY);
    }
    if (!reply.hasHeader("cache-control")) {
      reply.header("cache-control", "no-store");
    }
  });
}
