// The judge against servers that are broken in one way each, and the real ingest, which must not be.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { fuzzRequests } from "./fuzz-requests.ts";
import { startIngest, type QueuedWebhook, type RequestTarget } from "./ingest-target.ts";

const SHOP = "sermat-equipement.myshopify.com";
const SECRET = "hush";
const BODY = '{"id":1,"name":"#1001","line_items":[]}';
const SEED = "judge";

const fuzzed = (target: RequestTarget, requests = 200) =>
  fuzzRequests({ target, requests, seed: SEED, shop: SHOP, secret: SECRET, maxBodyBytes: 100_000, body: BODY });

/** A server in this process that answers as it likes. */
async function broken(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  over: { readonly queued?: readonly QueuedWebhook[]; readonly ended?: (seen: number) => string | undefined } = {},
): Promise<RequestTarget> {
  let seen = 0;
  const server = createServer((request, response) => {
    seen += 1;
    request.resume();
    if (request.url === "/healthz") {
      response.end('{"status":"ok"}');
    } else {
      answer(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    ended: () => over.ended?.(seen),
    memoryMb: () => Promise.resolve(100),
    async *queued() {
      yield* over.queued ?? [];
    },
    stop: () => Promise.resolve(undefined),
  };
}

const refuse = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(401).end('{"error":"no"}');
const said = (findings: readonly { readonly what: string }[]): string => findings.map(({ what }) => what).join("\n");

test("the real ingest: nothing is found, and what is on its queue is what was promised", async () => {
  const target = await startIngest({ shop: SHOP, secret: SECRET });
  onTestFinished(() => void target.stop());
  const report = await fuzzRequests({
    target,
    requests: 600,
    seed: SEED,
    shop: SHOP,
    secret: SECRET,
    maxBodyBytes: 5 * 1024 * 1024,
    body: BODY,
  });
  expect(report).toMatchObject({ cases: 600, crashes: [], hangs: [], violations: [] });
  expect(report.outcomes["200"]).toBeGreaterThan(50);
  expect(report.outcomes["401"]).toBeGreaterThan(100);
  expect(await target.stop()).toBeUndefined();
}, 60_000);

test("a 200 for a request that nobody signed is found", async () => {
  const target = await broken((_request, response) => response.end('{"status":"queued"}'));
  expect(said((await fuzzed(target)).violations)).toContain('it is not signed, and was answered 200 {"status":"queued"}');
});

test("a refusal of a request that is signed and in order is found", async () => {
  expect(said((await fuzzed(await broken(refuse))).violations)).toContain("it is signed and in order, and was answered 401");
});

test("a status that is not documented is found", async () => {
  const target = await broken((_request, response) => void response.writeHead(500).end("{}"));
  expect(said((await fuzzed(target)).violations)).toContain("it was answered 500, which is not documented");
});

test("an answer that takes longer than a second, twice, is a hang", async () => {
  const target = await broken((request, response) => {
    const slow = request.headers["x-shopify-webhook-id"]?.toString().startsWith("7-") === true;
    setTimeout(() => refuse(request, response), slow ? 1_200 : 0);
  });
  expect((await fuzzed(target)).hangs).toContainEqual(
    expect.objectContaining({ index: 7, what: expect.stringContaining("also alone") }),
  );
});

test("a process that ended is a crash", async () => {
  const target = await broken(refuse, { ended: (seen) => (seen > 50 ? "was ended by SIGSEGV" : undefined) });
  const report = await fuzzed(target);
  expect(report.crashes).toMatchObject([{ what: "ingest was ended by SIGSEGV" }]);
  expect(report.cases).toBeLessThan(200);
});

test("a webhook on the queue that nobody signed, and a count that is not what was promised, are found", async () => {
  const target = await broken(refuse, { queued: [{ webhookId: "1", bodyHash: "another" }] });
  const violations = said((await fuzzed(target)).violations);
  expect(violations).toContain('webhook "1" is on the queue, and nobody signed it');
  expect(violations).toContain("0 webhooks were answered as queued, and 1 are on the queue");
});

test("a connection that is closed without an answer is found", async () => {
  const target = await broken((request) => void request.socket.destroy());
  expect(said((await fuzzed(target, 40)).violations)).toContain("closed without an answer");
});
