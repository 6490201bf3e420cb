// How a request that cannot be answered is answered: JSON where programs ask, a page where people do.
import type { Logger } from "@soh/shared/logger";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { misfit } from "./api/serve.ts";
import { problemPage } from "./console/problem.ts";
import { renderPage } from "./console/layout.ts";

export interface Problem {
  readonly status: number;
  /** One sentence for the person who asked. */
  readonly message: string;
}

export async function answerProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): Promise<void> {
  reply.code(problem.status);
  if (wantsPage(request)) {
    await reply.type("text/html; charset=utf-8").send(await renderPage(problemPage(problem)));
  } else {
    await reply.send({ error: problem.message });
  }
}

export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler(async (request, reply) => {
    await answerProblem(request, reply, { status: 404, message: `there is nothing at ${pathOf(request)}` });
    return reply;
  });

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const unfit = misfit(error);
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      logger.error({ event: "operations.request_failed", method: request.method, path: request.routeOptions.url, err: error });
    }
    const message = status >= 500 ? "something went wrong here; the dispatcher's log says what" : (unfit ?? error.message);
    await answerProblem(request, reply, { status, message });
    return reply;
  });
}

const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "/";

const programs = ["/api/", "/metrics", "/healthz", "/readyz", "/queues/api/"];

function wantsPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  return path !== "/api" && !programs.some((prefix) => path.startsWith(prefix));
}
