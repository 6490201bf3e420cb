import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { environmentLookup } from "@soh/shared/environment";
import { afterAll, describe, expect, it } from "vitest";
import { readIngestConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-ingest-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const example = join(import.meta.dirname, "../../../config/handler.yaml");
const env = { SOH_CONFIG: example, SHOPIFY_SHOP: "Sermat.myshopify.com", SHOPIFY_WEBHOOK_SECRET: "one,two" };
const read = (more: NodeJS.ProcessEnv) => readIngestConfig(environmentLookup({ ...env, ...more }));

describe("ingest's settings", () => {
  it("have defaults, and need nothing of the suppliers", () => {
    const config = read({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      logLevel: "info",
      maxBodyBytes: 5 * 1024 * 1024,
      maxInFlightBytes: 32 * 1024 * 1024,
    });
    expect(config.redisUrl.reveal()).toBe("redis://127.0.0.1:6379");
    expect(config.shops["sermat.myshopify.com"]?.webhook_secrets.map((secret) => secret.reveal())).toEqual(["one", "two"]);
  });

  it("can be printed whole without a secret", () => {
    const config = read({ REDIS_URL: "redis://:hunter2@127.0.0.1:6379", SHOPIFY_WEBHOOK_SECRET: "hunter2" });
    expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}`).not.toContain("hunter2");
  });

  it.each([
    [{ INGEST_PORT: "http" }, "INGEST_PORT: expected a port, 0 to 65535"],
    [{ INGEST_PORT: "70000" }, "INGEST_PORT: "],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL: expected one of fatal, error"],
    [{ REDIS_URL: "127.0.0.1" }, "REDIS_URL: expected redis://"],
    [{ INGEST_MAX_BODY_BYTES: "5 MB" }, "INGEST_MAX_BODY_BYTES: expected a number of bytes"],
    [{ INGEST_MAX_IN_FLIGHT_BYTES: "1000" }, "INGEST_MAX_IN_FLIGHT_BYTES: expected at least twice"],
    [{ INGEST_MAX_BODY_BYTES: "90000000" }, "INGEST_MAX_IN_FLIGHT_BYTES: expected at least twice"],
    [{ SOH_CONFIG: join(folder, "none.yaml") }, "none.yaml:1:1: cannot be read"],
    [{ SHOPIFY_WEBHOOK_SECRET: "" }, "the environment variable SHOPIFY_WEBHOOK_SECRET is not set"],
    [{ SHOPIFY_SHOP: "" }, "the environment variable SHOPIFY_SHOP is not set"],
  ])("stop the start where one is wrong: %j", (more, message) => {
    expect(() => read(more)).toThrow(message);
  });

  it("name the file, line and column of what is wrong in the file", () => {
    const file = join(folder, "typo.yaml");
    writeFileSync(file, "shops:\n  a.myshopify.com:\n    webhook_secret: x\n");
    expect(() => read({ SOH_CONFIG: file })).toThrow(`${file}:3:21: shops.a.myshopify.com.webhook_secret: unknown key`);
  });
});
