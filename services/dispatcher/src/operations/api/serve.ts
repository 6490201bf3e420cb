// Serving a route of the contract: what is asked is validated, and what is answered is serialised, by its schemas. A request that does
// not fit is 400 with the field's name; an answer that does not fit is our fault, 500.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { z } from "zod";
import type { Plain, Route } from "../../contract/routes.ts";

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Asked<R extends Route> {
  readonly params: Output<R["params"]>;
  readonly query: Output<R["query"]>;
  readonly body: Output<R["body"]>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler returns: the answer; for a file, the reply that it was given. */
export type Answered<R extends Route> = R["answer"] extends z.ZodType ? Plain<z.input<R["answer"]>> : FastifyReply;

/** Once for the instance that has the routes. */
export function serveByContract(app: FastifyInstance): void {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
}

export function serve<R extends Route>(
  app: FastifyInstance,
  route: R,
  handle: (asked: Asked<R>) => Promise<Answered<R>>,
  options: Pick<Parameters<FastifyInstance["route"]>[0], "handlerTimeout" | "preHandler" | "bodyLimit"> = {},
): void {
  const { method, path, params, query, body, answer } = route;
  app.withTypeProvider<ZodTypeProvider>().route({
    ...options,
    method,
    url: path,
    schema: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      ...(answer === "bytes" ? {} : { response: { 200: answer } }),
    },
    handler: async (request, reply) => {
      // Each is what its schema made of it; one that has no schema is not looked at.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler above has put them there
      const asked = { params: request.params, query: request.query, body: request.body, request, reply } as unknown as Asked<R>;
      return await handle(asked);
    },
  });
}

/** What does not fit, field by field; undefined for an error of another kind. */
export const misfit = (error: unknown): string | undefined =>
  hasZodFastifySchemaValidationErrors(error)
    ? error.validation
        .map(({ instancePath, message }) => {
          const field = instancePath.slice(1).replaceAll("/", ".");
          return field === "" ? message : `${field}: ${message}`;
        })
        .join("; ")
    : undefined;
