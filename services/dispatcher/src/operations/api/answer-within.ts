// Routes whose work may take longer than the server's usual limits.
import { Socket } from "node:net";
import type { FastifyRequest } from "fastify";

/** What the answer needs to be written once its time is up, and said so. */
const MARGIN_MS = 5_000;

/** A route's options: its answer may take so long, although nothing is said on its connection meanwhile. */
export const answerWithin = (withinMs: number) => ({
  handlerTimeout: withinMs,
  preHandler: (request: FastifyRequest, _reply: unknown, done: () => void): void => {
    if (request.raw.socket instanceof Socket) {
      // It is closed after a minute of silence otherwise. Node sets its own limit again for the next request.
      request.raw.socket.setTimeout(withinMs + MARGIN_MS);
    }
    done();
  },
});
