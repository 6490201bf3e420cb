import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { accepted, createShop, RETRY_DELAYS_MS, type Shop, type ShopOptions } from "./shop.ts";

const eventually = { timeout: 15_000, interval: 20 };

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly connection: number | undefined;
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver that answers with these statuses in turn, and with the last one from then on. */
async function receiver(
  statuses: readonly number[],
  options: Partial<ShopOptions> = {},
): Promise<{ shop: Shop; received: Received[] }> {
  const received: Received[] = [];
  const shop = await listening((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body, connection: request.socket.remotePort });
      const status = statuses[received.length - 1] ?? statuses.at(-1) ?? 200;
      response.writeHead(status, { location: "/elsewhere" }).end(`answer ${received.length}`);
    });
  }, options);
  return { shop, received };
}

async function listening(listener: RequestListener, options: Partial<ShopOptions>): Promise<Shop> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return createShop({ url: `http://127.0.0.1:${port}/webhooks/shopify`, domain: "shop.example", secret: "hush", ...options });
}

const hmac = (body: string, secret: string) => createHmac("sha256", secret).update(body).digest("base64");

describe("sending", () => {
  test("the body goes out byte for byte, with Shopify's headers and a signature over those bytes", async () => {
    const { shop, received } = await receiver([200]);
    const body = '{"name":"#1001","note":"é 🚜 \\u0026"}';
    const attempt = await shop.send({ topic: "orders/create", body, webhookId: "w-1", eventId: "e-1" });
    expect(attempt).toMatchObject({ status: 200, body: "answer 1", webhookId: "w-1", eventId: "e-1" });
    expect(attempt.answeredAt).toBeGreaterThanOrEqual(attempt.sentAt);
    expect(received[0]?.body).toBe(body);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-shopify-topic": "orders/create",
      "x-shopify-hmac-sha256": hmac(body, "hush"),
      "x-shopify-shop-domain": "shop.example",
      "x-shopify-api-version": "2026-10",
      "x-shopify-webhook-id": "w-1",
      "x-shopify-event-id": "e-1",
      "x-shopify-triggered-at": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
    });
  });

  test("headers can be replaced or left out, and the body or its signature tampered with", async () => {
    const { shop, received } = await receiver([401]);
    const headers = { "X-Shopify-Topic": null, "X-Shopify-API-Version": "2027-01" };
    await shop.send({ topic: "orders/create", body: "{}", headers, tamper: { body: "[]" } });
    await shop.send({ topic: "orders/create", body: "{}", tamper: { secret: "guessed" } });
    await shop.send({ topic: "orders/create", body: "{}", tamper: { signature: "short" } });
    expect(received[0]?.headers).not.toHaveProperty("x-shopify-topic");
    expect(received[0]?.headers).toMatchObject({
      "x-shopify-api-version": "2027-01",
      "x-shopify-hmac-sha256": hmac("{}", "hush"),
    });
    expect(received[0]?.body).toBe("[]");
    expect(received.map(({ headers }) => headers["x-shopify-hmac-sha256"]).slice(1)).toEqual([hmac("{}", "guessed"), "short"]);
  });

  test("connections are kept and used again", async () => {
    const { shop, received } = await receiver([200]);
    for (let n = 0; n < 20; n++) {
      await shop.send({ topic: "orders/create", body: "{}" });
    }
    expect(new Set(received.map(({ connection }) => connection)).size).toBeLessThan(5);
  });

  test("an answer that does not come in time, or from nobody, is status 0", async () => {
    const silent = await listening(() => undefined, { timeoutMs: 50 });
    const unanswered = await silent.send({ topic: "orders/create", body: "{}" });
    expect(unanswered).toMatchObject({ status: 0, body: expect.stringContaining("Timeout") });
    const gone = await listening(() => undefined, {});
    await new Promise((closed) => servers.pop()?.close(closed));
    const refused = await gone.send({ topic: "orders/create", body: "{}" });
    expect(refused).toMatchObject({ status: 0, body: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("delivering", () => {
  test("eight repetitions double their delay and last four hours", () => {
    expect(RETRY_DELAYS_MS).toHaveLength(8);
    expect(RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0)).toBeCloseTo(4 * 3_600_000, 3);
    expect(RETRY_DELAYS_MS[1]! / RETRY_DELAYS_MS[0]!).toBe(2);
  });

  test("what is not accepted is repeated with the same ids and body until it is", async () => {
    const { shop, received } = await receiver([503, 302, 500, 200], { timeFactor: 1e7 });
    const attempts = await shop.deliver({ topic: "orders/paid", body: '{"id":1}' });
    expect(attempts.map(({ status }) => status)).toEqual([503, 302, 500, 200]);
    expect(accepted(attempts.at(-1))).toBe(true);
    expect(new Set(received.map(({ headers, body }) => JSON.stringify([headers, body]))).size).toBe(1);
  });

  test("after nine attempts it is given up", async () => {
    const { shop } = await receiver([500], { timeFactor: 1e7 });
    const attempts = await shop.deliver({ topic: "orders/paid", body: "{}" });
    expect(attempts).toHaveLength(9);
    expect(accepted(attempts.at(-1))).toBe(false);
  });

  test("a stop ends the waiting", async () => {
    const { shop, received } = await receiver([500]);
    const delivery = shop.deliver({ topic: "orders/paid", body: "{}" });
    await vi.waitFor(() => expect(received).toHaveLength(1), eventually);
    shop.stop();
    expect(await delivery).toHaveLength(1);
  });
});
