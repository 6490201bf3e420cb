import { beforeEach, expect, test } from "vitest";
import type { ToldPurchaseOrder } from "../world/dispatcher.ts";
import { ASKS_AFTER_MS, BY_THE_JOURNAL } from "./in-doubt.ts";
import { playPerson, type PersonOptions } from "./person.ts";
import { createTape } from "./tape.ts";

const told = (number: string, change: Partial<ToldPurchaseOrder>): ToldPurchaseOrder => ({
  id: `po ${number}`,
  number,
  supplier: "agriest",
  orderName: `#${number}`,
  state: "sent",
  reason: null,
  inferred: false,
  acknowledgement: null,
  ...change,
});
const inDoubt = { state: "unknown", reason: `perhaps sent by the journal, before ${BY_THE_JOURNAL}` } as const;
const byTheTable = { state: "unknown", reason: "both the temporary and the final file exist" } as const;

let done: string[];
let purchaseOrders: readonly ToldPurchaseOrder[];
let restoredAt: number | undefined;
beforeEach(() => {
  done = [];
  purchaseOrders = [];
  restoredAt = Date.now() - ASKS_AFTER_MS;
});

/** A few looks of a person to whom Agriest says that it took these numbers an hour ago. */
async function look(taken: readonly string[]): Promise<void> {
  const over = new AbortController();
  let looks = 0;
  const files = taken.map((orderNumber) => ({ takenAt: Date.now() - 3_600_000, order: { orderNumber } }));
  const supplier = { taken: files, acknowledge: (file: (typeof files)[number]) => done.push(`answer ${file.order.orderNumber}`) };
  const dispatcher: PersonOptions["dispatcher"] = {
    async suppliers() {
      if (++looks === 2) {
        over.abort();
      }
      return [{ id: "agriest", paused: looks === 1, pauseReason: null }];
    },
    resume: async (id) => void done.push(`resume ${id}`),
    purchaseOrders: async () => purchaseOrders,
    order: async (name) => ({ name, state: name === "#3" ? "cancelled" : "open", lines: [], purchaseOrders: [] }),
    settle: async (id, remedy) => void done.push(`${remedy} ${id}`),
  };
  await playPerson({
    dispatcher,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a person asks of a supplier, and nothing else of it
    suppliers: [{ id: "agriest", supplier }] as unknown as PersonOptions["suppliers"],
    database: { restoredAt },
    tape: createTape({ elapsed: () => 0, say: () => {} }),
    signal: over.signal,
  });
}

test("without a restore a person resumes suppliers, and settles nothing", async () => {
  restoredAt = undefined;
  purchaseOrders = [told("1", inDoubt), told("2", byTheTable), told("3", {})];
  await look(["1", "2", "3"]);
  expect(done).toEqual(["resume agriest"]);
});

test("what the journal leaves in doubt is settled by what the supplier has; what the table leaves open stays so", async () => {
  purchaseOrders = [told("1", inDoubt), told("2", inDoubt), told("3", inDoubt), told("4", byTheTable)];
  await look(["1"]);
  expect([...new Set(done)]).toEqual(["resume agriest", "mark-sent po 1", "same-again po 2", "discard po 3"]);
});

test("an answer that only the lost database had read is asked for once, where the supplier has the purchase order", async () => {
  purchaseOrders = [told("1", {}), told("2", {}), told("4", byTheTable), told("5", { acknowledgement: "accepted" })];
  await look(["1", "4", "5"]);
  expect(done).toEqual(["resume agriest", "answer 1", "answer 4"]);
});

test("nobody is asked at once: what hangs in a connection may still arrive", async () => {
  restoredAt = Date.now();
  purchaseOrders = [told("1", inDoubt), told("2", {})];
  await look(["2"]);
  expect(done).toEqual(["resume agriest"]);
});
