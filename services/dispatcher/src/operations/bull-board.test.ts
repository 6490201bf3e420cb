import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { asOperator, startFixture, type Fixture } from "./test/fixture.ts";
import { fill, routesOf } from "./test/routes.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

beforeEach(async () => {
  for (const queue of [fixture.webhooks, fixture.deliveries]) {
    await queue.obliterate({ force: true });
    await queue.add("webhook", { body: "an order" }, { jobId: "waiting-one" });
    await queue.add("webhook", { body: "an order" }, { jobId: "delayed-one", delay: 3_600_000 });
  }
});

const STATES = ["wait", "delayed", "failed", "completed", "active", "latest"];

/** Whatever a client may send to change something: every such route, with every queue, job and state in it. */
function attacks() {
  return routesOf(fixture.operations.http)
    .filter(({ method, path }) => path.startsWith("/queues") && !["GET", "HEAD"].includes(method))
    .flatMap(({ method, path }) =>
      ["webhooks", "deliver.agriest"].flatMap((queueName) =>
        ["waiting-one", "delayed-one"].flatMap((jobId) =>
          (path.includes(":queueStatus") ? STATES : ["-"]).map((queueStatus) => ({
            method,
            url: fill(path, { queueName, jobId, queueStatus, schedulerId: "x" }),
          })),
        ),
      ),
    );
}

const content = async () => ({
  webhooks: await fixture.webhooks.getJobCounts(),
  deliveries: await fixture.deliveries.getJobCounts(),
  data: (await fixture.webhooks.getJob("waiting-one"))?.data,
  paused: [await fixture.webhooks.isPaused(), await fixture.deliveries.isPaused()],
  concurrency: await fixture.webhooks.getGlobalConcurrency(),
});

it("changes no queue by any route: nothing is removed, added, retried, paused or edited", async () => {
  const before = await content();
  expect(before.webhooks).toMatchObject({ waiting: 1, delayed: 1 });
  const all = attacks();
  for (const word of ["clean", "empty", "obliterate", "pause", "promote", "retry", "add", "update-data", "concurrency"]) {
    expect(all.some(({ url }) => url.includes(word))).toBe(true);
  }
  for (const { method, url } of all) {
    const answer = await fixture.request({
      method,
      url,
      headers: { ...asOperator, "sec-fetch-site": "same-origin" },
      payload: { force: true, concurrency: 1, name: "x", data: {}, options: {}, jobData: {}, delay: 1, priority: 1 },
    });
    expect(`${url} ${answer.statusCode}`).toBe(`${url} 405`);
  }
  expect(await content()).toEqual(before);
});

it("is refused by Bull Board itself as well, were our own refusal missing", async () => {
  const answer = await fixture.page("/queues/api/queues");
  const { queues } = z
    .object({ queues: z.array(z.object({ name: z.string(), readOnlyMode: z.boolean(), allowRetries: z.boolean() })) })
    .parse(answer.json());
  expect(queues.map((queue) => queue.name).toSorted()).toEqual(["deliver.agriest", "webhooks"]);
  expect(queues.every((queue) => queue.readOnlyMode && !queue.allowRetries)).toBe(true);
});

it("shows the queues, a job with its data, and its own page and files", async () => {
  expect((await fixture.page("/queues/api/queues?activeQueue=webhooks&status=waiting&page=1")).body).toContain("an order");
  expect((await fixture.page("/queues/api/queues/webhooks/waiting-one")).statusCode).toBe(200);
  const { body } = await fixture.page("/queues/queue/webhooks");
  expect(body).toContain("<title>Queues</title>");
  const script = /src="(static\/js\/main\.[^"]+)"/.exec(body)?.[1] ?? "";
  expect((await fixture.page(`/queues/${script}`)).headers["content-type"]).toContain("javascript");
});

it("serves no file outside its own folder", async () => {
  for (const path of [
    "/queues/static/../index.ejs",
    "/queues/static/%2e%2e/index.ejs",
    "/queues/static/..%2f..%2fpackage.json",
  ]) {
    expect((await fixture.page(path)).body).not.toMatch(/<%=|"name":/);
  }
});
