// The public side, from outside: orders go all the way to the suppliers and back, and nothing but webhooks gets in.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { signature } from "@soh/simulators/shop";
import { eventually } from "./checks.ts";
import { ask, stall } from "./http.ts";
import { listPurchaseOrders } from "./operations.ts";
import { SHOP } from "./outside.ts";
import type { World } from "./world.ts";

const MB = 1024 * 1024;
const LIMIT = 5 * MB;

export async function checkWebhooks(world: World): Promise<void> {
  const { checks, outside, project, publicPort, secrets, shop } = world;
  const { check } = checks;
  const suppliers = [outside.agriest, outside.fournial];
  const stalled = stall(publicPort);

  await check("an order's webhook is queued; its repetition is a duplicate", async () => {
    const order = outside.nextOrder();
    const webhook = { topic: order.topic, body: order.body, webhookId: "compose-first" };
    assert.deepEqual(pick(await shop.send(webhook)), [200, { status: "queued" }]);
    assert.deepEqual(pick(await shop.send(webhook)), [200, { status: "duplicate" }]);
  });

  await check("each supplier gets its purchase order, once, as a readable document", async () => {
    await eventually(60, () => {
      for (const { name, taken } of suppliers) {
        assert.equal(taken.length, 1, `${name} has ${taken.length} files`);
      }
    });
    for (const { taken } of suppliers) {
      assert.equal(taken[0]?.problem, undefined);
    }
  });

  await check("the acknowledgements come back and are settled", async () => {
    await eventually(60, async () => {
      const purchaseOrders = await listPurchaseOrders(world);
      const found = purchaseOrders.map(({ supplier, state, acknowledgement }) => `${supplier} ${state} ${acknowledgement}`);
      assert.deepEqual(found.toSorted(), ["agriest sent accepted", "fournial sent accepted"]);
    });
    for (const [supplier, folder] of [
      [outside.agriest, "OUT"],
      [outside.fournial, "out"],
    ] as const) {
      const path = join(supplier.server.root, folder);
      // An answer is put away after it was applied: the state can be read a moment before the folder is empty.
      await eventually(60, () => {
        assert.deepEqual(existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".xml")) : [], []);
      });
    }
  });

  await check("a wrong signature is 401", async () => {
    const attempt = await shop.send({ topic: "orders/create", body: "{}", tamper: { secret: "wrong" } });
    assert.equal(attempt.status, 401);
  });

  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/webhooks/shopify"],
    ["PUT", "/webhooks/shopify"],
    ["POST", "/webhooks"],
    ["GET", "/healthz"],
    ["GET", "/readyz"],
    ["GET", "/metrics"],
    ["POST", "/metrics"],
    ["POST", "/webhooks/../metrics"],
    ["POST", "/webhooks/%2e%2e/metrics"],
    ["POST", "//metrics"],
    ["POST", "/webhooks/..%2fmetrics"],
    ["GET", "/api/summary"],
  ] as const) {
    await check(`${method} ${path} is 404`, async () => {
      const answer = await ask({ port: publicPort, path }, { method });
      assert.equal(answer.status, 404, answer.body);
      assert.deepEqual(JSON.parse(answer.body), { error: "not found" });
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.match(String(answer.headers.server), /^nginx$/);
    });
  }

  await check("a body of 5 MB arrives byte for byte; one byte more, and 6 MB, are 413", async () => {
    const send = async (size: number): Promise<[number, unknown]> => {
      const body = Buffer.alloc(size, "é");
      const answer = await ask({ port: publicPort, path: "/webhooks/shopify" }, { method: "POST", body, headers: headers(body) });
      return [answer.status, JSON.parse(answer.body)];
    };
    assert.deepEqual(await send(LIMIT), [200, { status: "ignored" }]);
    const tooLarge = [413, { error: "the body is too large" }];
    assert.deepEqual(await send(LIMIT + 1), tooLarge);
    assert.deepEqual(await send(6 * MB), tooLarge);
  });

  await check("the access log has neither query strings nor who asked", async () => {
    await ask(
      { port: publicPort, path: "/webhooks/x?email=anna@example.com" },
      { method: "POST", headers: { "user-agent": "Anna" } },
    );
    const log = await eventually(10, async () => {
      const text = await project.logs("nginx");
      assert.match(text, /"path":"\/webhooks\/x"/);
      return text;
    });
    assert.doesNotMatch(log, /anna/i);
    assert.doesNotMatch(log, /Captain-Hook/);
  });

  await check("a sender that stops in the middle is cut off, and ingest never hears of it", async () => {
    const seconds = await stalled;
    assert.ok(seconds > 5 && seconds < 25, `after ${seconds} s`);
    assert.doesNotMatch(await project.logs("ingest"), /cut_off/);
  });

  /** Of a topic that nobody handles: what is tested is the way there. */
  function headers(body: Uint8Array): Record<string, string> {
    return {
      "content-type": "application/json",
      "x-shopify-topic": "carts/create",
      "x-shopify-hmac-sha256": signature(body, secrets.webhook),
      "x-shopify-shop-domain": SHOP,
      "x-shopify-webhook-id": "compose-large",
    };
  }
}

function pick(attempt: { readonly status: number; readonly body: string }): [number, unknown] {
  return [attempt.status, attempt.body.startsWith("{") ? JSON.parse(attempt.body) : attempt.body];
}
