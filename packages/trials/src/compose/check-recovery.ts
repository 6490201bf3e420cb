// Parts are stopped, killed, replaced and multiplied while webhooks come; nothing is lost, and nothing is ordered twice.
import assert from "node:assert/strict";
import { accepted } from "@soh/simulators/shop";
import { eventually } from "./checks.ts";
import { must, type Container } from "./engine.ts";
import { listPurchaseOrders } from "./operations.ts";
import type { World } from "./world.ts";

export async function checkRecovery(world: World): Promise<void> {
  const { checks, outside, project, shop } = world;
  const { check } = checks;
  const suppliers = [outside.agriest, outside.fournial];
  const order = outside.nextOrder();
  const webhook = { topic: order.topic, body: order.body, webhookId: "compose-recovery" };

  await check("redis stopped: webhooks get 503 in time for Shopify", async () => {
    await project.compose("stop", "redis");
    const attempt = await shop.send(webhook);
    assert.equal(attempt.status, 503, attempt.body);
    assert.ok(attempt.answeredAt - attempt.sentAt < 4_000);
  });

  await check("redis started: the same ingest takes them again, and the first one is still known", async () => {
    const before = await project.container("ingest");
    await project.compose("start", "redis");
    await eventually(30, async () => assert.equal((await shop.send(webhook)).status, 200));
    const first = await shop.send({ topic: "orders/create", body: "{}", webhookId: "compose-first" });
    assert.equal(first.body, '{"status":"duplicate"}');
    const after = await project.container("ingest");
    assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
  });

  await check("the order that came meanwhile is delivered once", async () => {
    await eventually(60, () =>
      assert.deepEqual(
        suppliers.map(({ taken }) => taken.length),
        [2, 2],
      ),
    );
  });

  await check("`up --scale ingest=2`: nginx uses both, without a reload", async () => {
    await project.compose("up", "-d", "--no-recreate", "--scale", "ingest=2", "ingest");
    await healthy(2);
    await eventually(30, async () => {
      assert.equal((await update()).status, 200);
      for (const { Id } of await project.containers("ingest")) {
        assert.match(await must("docker", ["logs", Id]), /orders\/updated/, `${Id.slice(0, 12)} got none`);
      }
    });
  });

  await check("one of two ingests killed: every webhook is answered 200 by the other", async () => {
    const [first] = await project.containers("ingest");
    await must("docker", ["kill", first?.Id ?? ""]);
    for (let n = 0; n < 20; n++) {
      const attempt = await update();
      assert.equal(attempt.status, 200, `webhook ${n}: ${attempt.status} ${attempt.body}`);
    }
  });

  await check("both recreated while webhooks come: each is accepted in the end", async () => {
    // Shopify's nine attempts, in 24 seconds instead of four hours.
    const deliveries: ReturnType<typeof shop.deliver>[] = [];
    const sending = setInterval(() => deliveries.push(shop.deliver({ topic: "orders/updated", body: order.body })), 100);
    try {
      await project.compose("up", "-d", "--no-deps", "--force-recreate", "--scale", "ingest=2", "ingest");
      await healthy(2);
    } finally {
      clearInterval(sending);
    }
    const attempts = await Promise.all(deliveries);
    assert.ok(attempts.length > 10);
    const lost = attempts.filter((one) => !accepted(one.at(-1)));
    assert.equal(lost.length, 0, `${lost.length} of ${attempts.length}: ${JSON.stringify(lost[0])}`);
    assert.equal((await update()).status, 200);
  });

  await check("a dispatcher that dies is started again, and remembers", async () => {
    const before = await project.container("dispatcher");
    await project.exec("dispatcher", "sh", "-c", "kill -9 -1");
    await eventually(60, async () => {
      const after = await project.container("dispatcher");
      assert.notEqual(after.State.StartedAt, before.State.StartedAt);
      assert.equal((await listPurchaseOrders(world)).length, 4);
    });
  });

  await check("a dispatcher that is replaced remembers, and orders nothing twice", async () => {
    await project.compose("up", "-d", "--no-deps", "--force-recreate", "dispatcher");
    await eventually(60, async () =>
      assert.deepEqual(
        (await listPurchaseOrders(world)).map(({ acknowledgement }) => acknowledgement),
        ["accepted", "accepted", "accepted", "accepted"],
      ),
    );
    const next = outside.nextOrder();
    assert.equal((await shop.send({ topic: next.topic, body: next.body })).status, 200);
    await eventually(60, () =>
      assert.deepEqual(
        suppliers.map(({ taken }) => taken.length),
        [3, 3],
      ),
    );
  });

  await check("`stop`: each ends by itself, in time and with status 0", async () => {
    await project.compose("stop");
    for (const { Config, State, Id } of await project.containers()) {
      assert.equal(State.ExitCode, 0, `${Config.User} ${Id.slice(0, 12)}: ${State.ExitCode}`);
    }
  });

  await check(
    "`up` with a mistake in one supplier's settings: webhooks are taken in, and the dispatcher says what is wrong",
    async () => {
      world.configure({ FTP_AGRIEST_CA: "not-there.pem" });
      await project.compose("up", "-d");
      const next = outside.nextOrder();
      await eventually(60, async () => assert.equal((await shop.send({ topic: next.topic, body: next.body })).status, 200));
      await eventually(30, async () => assert.match(await project.logs("dispatcher"), /suppliers\.agriest.*not-there\.pem/));
    },
  );

  await check("the mistake mended, and `up` again: what was taken in is delivered", async () => {
    world.configure({});
    await project.compose("up", "-d");
    await eventually(60, () =>
      assert.deepEqual(
        suppliers.map(({ taken }) => taken.length),
        [4, 4],
      ),
    );
  });

  /** A new webhook of which nothing follows: the order is as it was. */
  async function update() {
    return await shop.send({ topic: "orders/updated", body: order.body });
  }

  async function healthy(count: number): Promise<void> {
    const status = ({ State }: Container) => State.Health?.Status;
    await eventually(60, async () =>
      assert.deepEqual((await project.containers("ingest")).map(status), Array(count).fill("healthy")),
    );
  }
}
