import { beforeEach, expect, test } from "vitest";
import { createOrderGenerator, type GeneratedOrder } from "@soh/simulators/orders";
import type { Webhook } from "@soh/simulators/shop";
import { openLedger } from "../world/ledger.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";

const NOW = Date.parse("2026-12-08T10:00:00+01:00");

let orders: GeneratedOrder[];
let delivered: Webhook[];
let webhooks: Webhooks;
let answer: (webhook: Webhook) => Promise<number>;
beforeEach(() => {
  const generator = createOrderGenerator({
    seed: 3,
    shop: "sermat-equipement.myshopify.com",
    suppliers: PARTNERS.map(({ rules }) => rules),
    holds: HOLDS,
    since: NOW - 86_400_000,
    now: () => NOW,
  });
  orders = Array.from({ length: 3 }, () => generator.next("plain"));
  delivered = [];
  answer = async () => 200;
  webhooks = createWebhooks({
    ledger: openLedger(),
    async deliver(webhook) {
      delivered.push(webhook);
      const ids = { webhookId: webhook.webhookId ?? "", eventId: webhook.eventId ?? "" };
      return [{ status: await answer(webhook), body: '{"status":"queued"}', sentAt: NOW, answeredAt: NOW, ...ids }];
    },
  });
});

const ids = (webhookId: string) => ({ webhookId, eventId: `event ${webhookId}` });
const bodies = (from: number): readonly unknown[] => delivered.slice(from).map(({ body }) => body);

test("what was taken in since the backup is sent again: the same body under a new id", async () => {
  await webhooks.send(orders[0]!, ids("a"));
  webhooks.takenIn(orders[0]!.topic, "a");
  webhooks.backedUp();
  await webhooks.send(orders[1]!, ids("b"));
  webhooks.takenIn(orders[1]!.topic, "b");

  expect(webhooks.restored()).toBe(1);
  await webhooks.sentAgain();
  expect(bodies(2)).toEqual([orders[1]!.body]);
  expect(delivered[2]!.webhookId).not.toBe("b");
});

test("so is what nobody has said to be taken in, and what is still being sent", async () => {
  webhooks.backedUp();
  await webhooks.send(orders[0]!, ids("a"));
  const late = Promise.withResolvers<number>();
  answer = () => late.promise;
  const sending = webhooks.send(orders[1]!, ids("b"));
  expect(webhooks.restored()).toBe(2);
  late.resolve(200);
  await Promise.all([sending, webhooks.sentAgain()]);
  expect(bodies(2)).toEqual([orders[0]!.body, orders[1]!.body]);
});

test("what was sent again is sent once more when the database forgets it, too, and the first one never again", async () => {
  webhooks.backedUp();
  await webhooks.send(orders[0]!, ids("a"));
  webhooks.restored();
  await webhooks.sentAgain();
  webhooks.takenIn(orders[0]!.topic, delivered[1]!.webhookId!);
  expect(webhooks.restored()).toBe(1);
  await webhooks.sentAgain();
  expect(bodies(0)).toEqual([orders[0]!.body, orders[0]!.body, orders[0]!.body]);

  webhooks.takenIn(orders[0]!.topic, delivered[2]!.webhookId!);
  webhooks.backedUp();
  expect(webhooks.restored()).toBe(0);
});
