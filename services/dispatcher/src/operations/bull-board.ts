// Bull Board at /queues: a window onto Redis, and no more. Nothing can be changed there, in two layers: every queue is
// read-only to Bull Board, which then hides its buttons, and every method that could change something is refused before
// Bull Board sees it, so that a route of a later version is shut too. A webhook in Redis may be the only copy of an order;
// all other jobs are rebuilt from the database, where people act through the API.
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import type { Queue } from "bullmq";
import type { FastifyInstance } from "fastify";
import { BULL_BOARD_POLICY } from "./headers.ts";

const PREFIX = "/queues";

export async function bullBoard(app: FastifyInstance, queues: readonly Queue[]): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PREFIX);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: "Queues",
        boardLogo: { path: "/assets/icon.svg", width: 22, height: 22 },
        favIcon: { default: "/assets/icon.svg", alternative: "/assets/icon.svg" },
        miscLinks: [{ text: "Console", url: "/" }],
        hideDocsLink: true,
        sortQueues: true,
        // Asking who works is CLIENT LIST at every poll, which managed Redis may refuse.
        showWorkers: false,
      },
    },
  });
  await app.register(
    async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        reply.header("content-security-policy", BULL_BOARD_POLICY);
        if (request.method !== "GET" && request.method !== "HEAD") {
          return await reply.code(405).header("allow", "GET, HEAD").send({
            error: "ERRORS.QUEUE_READ_ONLY",
            message: "Bull Board only shows the queues here: act on purchase orders through the API or `npm run soh`",
          });
        }
      });
      await scope.register(serverAdapter.registerPlugin());
    },
    { prefix: PREFIX },
  );
}
