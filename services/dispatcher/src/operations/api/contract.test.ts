// The server, the command line and the contract say the same: none has a route or an action that the others do not know.
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createProgram } from "../../cli/program.ts";
import { actionOf, actions, pathOf, plainActions, type ActionName } from "../../contract/actions.ts";
import { actionRoute, routes } from "../../contract/routes.ts";
import { answerErrors } from "../errors.ts";
import { createLogger } from "@soh/shared/logger";
import { startFixture, type Fixture } from "../test/fixture.ts";
import { routesOf } from "../test/routes.ts";
import { serve, serveByContract } from "./serve.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const names = Object.keys(actions).filter((name): name is ActionName => name in actions);
const plain = (["purchase-order", "order", "supplier"] as const).flatMap((subject) => plainActions(subject));
const declared = [...Object.values(routes), ...plain.map((name) => actionRoute(name))].map(
  ({ method, path }) => `${method} /api${path}`,
);

test("every route under /api is in the contract, and every one of the contract is served", () => {
  const served = routesOf(fixture.operations.http)
    .filter(({ method, path }) => path.startsWith("/api/") && method !== "HEAD" && method !== "OPTIONS")
    .map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(served)].toSorted()).toEqual(declared.toSorted());
});

describe("every action", () => {
  const program = createProgram({ lookup: () => undefined, out: () => {}, err: () => {}, startAsking: () => null }, () =>
    Promise.reject(new Error("not opened")),
  );
  const commands = new Set(program.commands.flatMap((one) => [one.name(), ...one.commands.map((sub) => sub.name())]));

  test.each(names)("%s has a route, a command of soh, and says what the supplier will see", (name) => {
    const { subject, what, atSupplier, note } = actionOf(name);
    expect(declared).toContain(`POST /api${pathOf[subject]}/:id/${name}`);
    expect(commands).toContain(name);
    for (const sentence of [what, atSupplier]) {
      expect(sentence).toMatch(/^[A-Z].*\.$/s);
    }
    expect(note.says).not.toBe("");
  });
});

describe("a route of the contract", () => {
  const one = {
    method: "POST",
    path: "/things/:id",
    params: z.object({ id: z.coerce.number().int() }),
    query: z.strictObject({ deep: z.enum(["yes"]).optional() }),
    body: z.strictObject({ lines: z.array(z.object({ units: z.number() })) }),
    answer: z.object({ twice: z.number() }),
  } as const;
  const app = Fastify();
  answerErrors(app, createLogger({ service: "test", level: "silent" }));
  const register = async (api: FastifyInstance): Promise<void> => {
    serveByContract(api);
    serve(api, one, async ({ params: { id }, body }) => {
      const more = { twice: id * 2, more: 1 };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bug that is to be noticed
      return body.lines.length === 0 ? ({ twice: "?" } as unknown as { twice: number }) : more;
    });
  };
  void app.register(register, { prefix: "/api" });
  const ask = async (url: string, payload: object) => {
    const { statusCode, body } = await app.inject({ method: "POST", url: `/api${url}`, payload });
    return [statusCode, body] as const;
  };

  test("gets what its schemas made of a request, and answers no more than its schema names", async () => {
    expect(await ask("/things/4?deep=yes", { lines: [{ units: 1 }] })).toEqual([200, '{"twice":8}']);
  });

  test.each([
    ["/things/x", { lines: [] }, "id: "],
    ["/things/1?deap=yes", { lines: [] }, "deap"],
    ["/things/1", { lines: [{ units: "many" }] }, "lines.0.units: "],
  ])("%s %j is refused, naming the field", async (url, payload, field) => {
    const [status, body] = await ask(url, payload);
    expect([status, body]).toEqual([400, expect.stringContaining(field)]);
  });

  test("an answer that does not fit is our fault, and is not sent", async () => {
    const [status, body] = await ask("/things/1", { lines: [] });
    expect(status).toBe(500);
    expect(body).not.toContain("twice");
  });
});
