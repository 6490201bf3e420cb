import { expect, it } from "vitest";
import { createLogger, type Logger } from "./logger.ts";

function logged(write: (logger: Logger) => void): Record<string, unknown> {
  let line = "";
  write(createLogger({ service: "test", level: "info", destination: { write: (text) => void (line += text) } }));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a line of ours
  return JSON.parse(line) as Record<string, unknown>;
}

it("says of an error what it is, and nothing that a library hung on it", () => {
  const refused = Object.assign(new TypeError("ERR unknown command", { cause: new Error("the reason") }), {
    code: "ECONNRESET",
    command: { args: ["0612345678"] },
    body: "0612345678",
  });
  const { err } = logged((logger) => logger.info({ event: "test.failed", err: refused }));
  expect(err).toEqual({
    type: "TypeError",
    message: "ERR unknown command",
    stack: expect.stringContaining("logger.test.ts"),
    code: "ECONNRESET",
    cause: { type: "Error", message: "the reason", stack: expect.any(String) },
  });
});

it("says of what was thrown and is no error its kind", () => {
  expect(logged((logger) => logger.info({ event: "test.failed", err: { phone: "0612345678" } })).err).toBe("a thrown object");
});

it("follows causes of causes only so far", () => {
  const endless = new Error("round and round");
  endless.cause = endless;
  expect(
    JSON.stringify(logged((logger) => logger.info({ event: "test.failed", err: endless })).err).match(/round and round"/g),
  ).toHaveLength(6);
});

it("takes plain values alone, under names that may be said", () => {
  const refused = (logger: Logger): void => {
    // @ts-expect-error -- an object could hold anything
    logger.info({ event: "test.said", order: { email: "a@example.com" } });
    // @ts-expect-error -- whatever the value
    logger.info({ event: "test.said", email: "a@example.com" });
    logger.info({ event: "test.said", lines: [1, 2], reason: null, job: undefined });
  };
  expect(refused).toBeTypeOf("function");
});
