// What suppliers' servers do at night, over real FTPS: for each, what the purchase order becomes, and that exactly one
// file arrives in the end.
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultAction, FaultEvent } from "@soh/simulators/ftps-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World, type Yaml } from "../test/world.ts";

const FILE = "CDE_SE1001-1_1.xml";
const HOUR = 3_600_000;

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
  await process.webhook("orders/paid", orderBody());
});
afterEach(async () => {
  await world.stop();
});

/** One fault, the first time the command comes to that moment. */
function failOnce(phase: FaultEvent["phase"], command: string, action: FaultAction): void {
  let done = false;
  world.agriest.server.setFault((event) => {
    const now = !done && event.phase === phase && event.command === command;
    done ||= now;
    return now ? action : undefined;
  });
}

async function runAfter(ms: number): Promise<readonly string[]> {
  world.clock.advance(ms);
  return (await process.run()).map((outcome) => outcome.kind);
}

const inFolder = (name: string): string => join(world.agriest.server.root, "IN", name);

test.each([
  ["refuses the upload with 451 (disk full)", "data", "STOR", { do: "reply", code: 451, text: "local error", atByte: 100 }],
  ["refuses the upload with 452 (no space)", "before", "STOR", { do: "reply", code: 452, text: "no space" }],
  ["cuts the data connection after 100 bytes", "data", "STOR", { do: "cut-data", atByte: 100 }],
  ["closes both connections after 100 bytes", "data", "STOR", { do: "close", atByte: 100 }],
  ["never sends the 226", "after", "STOR", { do: "close" }],
  ["hangs in mid-transfer", "data", "STOR", { do: "hang", atByte: 10 }],
  ["closes at SIZE", "before", "SIZE", { do: "close" }],
  ["answers 421 to the login", "before", "USER", { do: "reply", code: 421, text: "too many users" }],
  ["hangs at the greeting", "before", "CONNECT", { do: "hang" }],
  ["refuses the data connection with 425", "before", "STOR", { do: "reply", code: 425, text: "no data connection" }],
] as const)("a supplier that %s: nothing arrived, the next attempt delivers", async (_what, phase, command, action) => {
  failOnce(phase, command, action);
  expect(await runAfter(0)).toEqual(["retry"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 1 });
  expect(world.agriest.arrivals).toEqual([]);
  expect(await runAfter(0)).toEqual([]); // Not due before its wait is over.
  world.agriest.server.releaseHanging();
  expect(await runAfter(6_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test.each(["leaves files", "takes files at once"])(
  "the reply to RNTO is lost, the supplier %s: it is looked at, not sent again",
  async (behaviour) => {
    if (behaviour === "takes files at once") {
      world.agriest.takeAtOnce();
    }
    failOnce("after", "RNTO", { do: "close" });
    expect(await runAfter(0)).toEqual(["look-again"]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "sending" });
    expect(await runAfter(10_000)).toEqual(["sent"]);
    expect(world.agriest.arrivals).toEqual([FILE]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "sent", inferred: behaviour === "takes files at once" ? 1 : 0 });
  },
);

test.each([
  ["RNFR", "before"],
  ["RNFR", "after"],
  ["RNTO", "before"],
] as const)("the connection breaks %s %s it is carried out: the rename is done by the next look", async (command, phase) => {
  failOnce(phase, command, { do: "close" });
  expect(await runAfter(0)).toEqual(["look-again"]);
  expect(world.agriest.arrivals).toEqual([]);
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", inferred: 0 });
});

test("a rename that hung while we gave up, and happens later, is found by the look", async () => {
  failOnce("before", "RNTO", { do: "hang" });
  expect(await runAfter(0)).toEqual(["look-again"]);
  world.agriest.server.releaseHanging();
  await expect.poll(() => world.agriest.arrivals).toEqual([FILE]);
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("a definite refusal of the rename is tried again from the start, and leaves nothing behind", async () => {
  failOnce("before", "RNTO", { do: "reply", code: 553, text: "not allowed" });
  expect(await runAfter(0)).toEqual(["retry"]);
  expect(readdirSync(join(world.agriest.server.root, "IN"))).toEqual([]);
  expect(await runAfter(6_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test.each([
  [450, "RNFR"],
  [450, "RNTO"],
  [451, "RNTO"],
  [452, "RNTO"],
] as const)(
  "%i to %s says that nothing was done, too: tried again from the start, and nothing is left behind",
  async (code, command) => {
    failOnce("before", command, { do: "reply", code, text: "not now" });
    expect(await runAfter(0)).toEqual(["retry"]);
    expect(await process.purchaseOrder()).toMatchObject({
      state: "ready",
      failures: 1,
      reason: expect.stringContaining(`${code} not now`),
    });
    expect(readdirSync(join(world.agriest.server.root, "IN"))).toEqual([]);
    expect(await runAfter(6_000)).toEqual(["sent"]);
    expect(world.agriest.arrivals).toEqual([FILE]);
  },
);

test("a server that says 451 to every rename fails by the supplier's schedule, and is never unknown", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" ? { do: "reply", code: 451, text: "cross-device link" } : undefined,
  );
  const kinds: string[] = [];
  for (let tries = 0; tries < 40 && kinds.at(-1) !== "failed"; tries++) {
    kinds.push(...(await runAfter(7 * HOUR)));
  }
  expect(new Set(kinds)).toEqual(new Set(["retry", "failed"]));
  expect(await process.purchaseOrder()).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("451 cross-device link"),
  });
  expect(world.agriest.arrivals).toEqual([]);
});

test.each([421, 425, 426, 522])("%i to RNTO is no answer to it: looked at", async (code) => {
  failOnce("after", "RNTO", { do: "reply", code, text: "gone" }); // It happened.
  expect(await runAfter(0)).toEqual(["look-again"]);
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("a 451 to a rename that happened nevertheless is doubt, not failure", async () => {
  failOnce("after", "RNTO", { do: "reply", code: 451, text: "failed" });
  expect(await runAfter(0)).toEqual(["look-again"]);
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("a refusal of the rename whose temporary file is gone nevertheless is doubt, not failure", async () => {
  world.agriest.takeAtOnce();
  failOnce("after", "RNTO", { do: "reply", code: 550, text: "failed" }); // It happened, and the server says it did not.
  expect(await runAfter(0)).toEqual(["look-again"]);
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("a server without SIZE is verified by reading back", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "SIZE" ? { do: "reply", code: 502, text: "not implemented" } : undefined,
  );
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.server.commands.some((one) => one.command === "RETR")).toBe(true);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("a server that stores another size once is tried again; twice in the same way, a person must look", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "after" && event.command === "SIZE" && event.path?.endsWith(".tmp")
      ? { do: "reply", code: 213, text: "17" }
      : undefined,
  );
  expect(await runAfter(0)).toEqual(["retry"]);
  expect(await runAfter(6_000)).toEqual(["failed"]);
  expect(await process.purchaseOrder()).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("twice in the same way"),
  });
  expect(world.alerts).toContainEqual(expect.objectContaining({ kind: "delivery.failed" }));
  expect(readdirSync(join(world.agriest.server.root, "IN"))).toEqual([]);
});

test("another file under our final name: unknown, and the other file stays as it is", async () => {
  writeFileSync(inFolder(FILE), "somebody else's");
  expect(await runAfter(0)).toEqual(["unknown"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "unknown" });
  expect(world.agriest.read(FILE)).toBe("somebody else's");
  expect(world.alerts).toContainEqual(
    expect.objectContaining({ kind: "delivery.unknown", message: expect.stringContaining("SE1001-1") }),
  );
});

test("our own bytes under our final name, though never sent: an older database was restored: sent, with an alert", async () => {
  const document = await process.database.db.selectFrom("documents").select("bytes").executeTakeFirstOrThrow();
  writeFileSync(inFolder(FILE), document.bytes);
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.alerts).toContainEqual(expect.objectContaining({ kind: "delivery.found" }));
  expect(world.agriest.files()).toEqual([FILE]);
});

test("both files gone, but the look comes too late: unknown, until the supplier's acknowledgement settles it", async () => {
  world.agriest.takeAtOnce();
  failOnce("after", "RNTO", { do: "close" });
  await runAfter(0);
  expect(await runAfter(HOUR)).toEqual(["unknown"]);
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", acknowledgement: "accepted" });
  expect(await runAfter(24 * HOUR)).toEqual([]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

test("both files gone, and the server's certificate is another: unknown", async () => {
  world.agriest.takeAtOnce();
  failOnce("after", "RNTO", { do: "close" });
  await runAfter(0);
  await process.database.db.updateTable("attempts").set({ fingerprint: "AA:BB" }).execute();
  expect(await runAfter(10_000)).toEqual(["unknown"]);
});

test("temporary and final file both there after a lost reply: a gateway that copies; unknown", async () => {
  failOnce("after", "RNTO", { do: "close" });
  await runAfter(0);
  const attempt = await process.database.db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
  writeFileSync(join(world.agriest.server.root, attempt.temporary_path), "still here");
  expect(await runAfter(10_000)).toEqual(["unknown"]);
});

test("a rename that hung happens between the two looks after a refusal: looked at again, and sent", async () => {
  failOnce("before", "RNTO", { do: "close" });
  await runAfter(0);
  const attempt = await process.database.db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
  let [refused, renamed] = [false, false];
  world.agriest.server.setFault((event) => {
    if (event.phase === "before" && event.command === "RNTO") {
      refused = true;
      return { do: "reply", code: 553, text: "busy" };
    }
    if (event.phase === "after" && event.command === "SIZE" && refused && !renamed) {
      renamed = true;
      renameSync(join(world.agriest.server.root, attempt.temporary_path), inFolder(FILE));
    }
    return undefined;
  });
  expect(await runAfter(10_000)).toEqual(["sent"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", inferred: 0 });
});

test("after a lost reply, a file of our size that is not ours: unknown", async () => {
  failOnce("before", "RNTO", { do: "close" });
  await runAfter(0);
  const attempt = await process.database.db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
  renameSync(join(world.agriest.server.root, attempt.temporary_path), inFolder("elsewhere"));
  writeFileSync(inFolder(FILE), "x".repeat(attempt.size));
  expect(await runAfter(10_000)).toEqual(["unknown"]);
});

test("a person who sends an unknown one again gets a new file name with the same bytes", async () => {
  world.agriest.takeAtOnce();
  failOnce("after", "RNTO", { do: "close" });
  await runAfter(0);
  await runAfter(HOUR);
  const po = await process.purchaseOrder();
  expect(
    await process.features.actions.settle(purchaseOrder(po), "same-again", {
      actor: "anna",
      note: "Agriest says they never got it",
    }),
  ).toMatchObject({
    ok: true,
  });
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toEqual([FILE, "CDE_SE1001-1_1-c2.xml"]);
  const events = await process.database.db.selectFrom("events").select(["actor", "detail"]).where("actor", "=", "anna").execute();
  expect(events).toEqual([{ actor: "anna", detail: expect.stringContaining("never got it") }]);
});

test.each([
  ["refuses the login", () => world.configure({ FTP_AGRIEST_PASS: "wrong" }), /530/],
  ["shows a certificate of another authority", () => world.configure({ FTP_AGRIEST_CA: "" }), /certificate/],
  ["has no such folder", () => world.configure({}, (yaml) => yaml.replace("path: /IN", "path: /NOWHERE")), /550/],
] as const)("a supplier that %s is paused with the reason, others go on", async (_what, configure, reason) => {
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002, lines: [{ sku: "FOU1", vendor: "Fournial" }] }));
  await process.stop();
  process = await world.start({ config: configure() });
  expect((await runAfter(0)).toSorted()).toEqual(["paused", "sent"]);
  expect(world.fournial.arrivals).toEqual(["1002F1.xml"]);
  const row = await process.database.db.selectFrom("suppliers").selectAll().where("id", "=", "agriest").executeTakeFirstOrThrow();
  expect(row.pause_reason).toMatch(reason);
  expect(world.alerts).toContainEqual(
    expect.objectContaining({ kind: "supplier.paused", message: expect.stringMatching(/agriest.*soh -- resume agriest/s) }),
  );

  const attempts = world.agriest.server.commands.filter((one) => one.command === "CONNECT").length;
  expect(await runAfter(24 * HOUR)).toEqual([]); // Never hammered.
  expect(world.agriest.server.commands.filter((one) => one.command === "CONNECT")).toHaveLength(attempts);
});

test("jobs that were queued before the supplier was paused do not knock again", async () => {
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "PASS" ? { do: "reply", code: 530, text: "login incorrect" } : undefined,
  );
  const [first, second] = await process.features.sweep(10);
  expect((await process.features.deliver(first!)).kind).toBe("paused");
  expect(await process.features.deliver(second!)).toMatchObject({ kind: "nothing-to-do", reason: "the supplier is paused" });
  expect(world.agriest.server.commands.filter((one) => one.command === "CONNECT")).toHaveLength(1);
});

const numbered = async (number: string) => {
  const found = (await process.purchaseOrders()).find((one) => one.number === number);
  expect(found).toBeDefined();
  return found!;
};

test("one that was claimed while the one before was under way does not knock again when that pauses the supplier", async () => {
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "PASS" ? { do: "reply", code: 530, text: "login incorrect" } : undefined,
  );
  const due = await process.features.sweep(10);
  const outcomes = await Promise.all(due.map((one) => process.features.deliver(one)));
  expect(outcomes.map((one) => one.kind)).toEqual(["paused", "retry"]);
  expect(world.agriest.server.commands.filter((one) => one.command === "CONNECT")).toHaveLength(1);
  const second = await numbered("SE1002-1");
  expect(second).toMatchObject({ state: "ready", failures: 0, crashes: 0 });

  world.agriest.server.setFault(() => undefined);
  await process.features.actions.resume("agriest", { actor: "anna", note: "" });
  expect((await runAfter(0)).toSorted()).toEqual(["sent", "sent"]);
});

test("a person resumes a paused supplier, and what waited is sent", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "PASS" ? { do: "reply", code: 530, text: "login incorrect" } : undefined,
  );
  expect(await runAfter(0)).toEqual(["paused"]);
  world.agriest.server.setFault(undefined);
  expect(await runAfter(24 * HOUR)).toEqual([]);
  expect(await process.features.actions.resume("agriest", { actor: "anna", note: "they unlocked us" })).toBe(true);
  expect(await runAfter(0)).toEqual(["sent"]);
});

test("a pause ends at a start with another password, and not at one with the same", async () => {
  await process.stop();
  const wrong = world.configure({ FTP_AGRIEST_PASS: "wrong" });
  process = await world.start({ config: wrong });
  expect(await runAfter(0)).toEqual(["paused"]);
  await process.stop();
  process = await world.start({ config: wrong });
  expect(await runAfter(HOUR)).toEqual([]);
  await process.stop();
  process = await world.start();
  expect(await runAfter(HOUR)).toEqual(["sent"]);
});

test("a cancellation that arrives during the upload stops it before the rename: nothing arrives", async () => {
  await process.stop();
  process = await world.start({
    at: async (step) => {
      if (step === "verified") {
        await process.webhook(
          "orders/cancelled",
          orderBody({ updatedAt: "2027-01-10T10:00:00+01:00", cancelledAt: "2027-01-10T10:00:00+01:00" }),
        );
      }
    },
  });
  expect(await runAfter(0)).toEqual(["withdrawn"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "cancelled" });
  expect(readdirSync(join(world.agriest.server.root, "IN"))).toEqual([]);
});

test("a job of an earlier generation, left over in a queue, finds nothing to do even when the purchase order is due", async () => {
  const [stale] = await process.features.sweep(10);
  failOnce("before", "STOR", { do: "reply", code: 452, text: "no space" });
  expect((await process.features.deliver(stale!)).kind).toBe("retry");
  world.clock.advance(6_000);
  expect(await process.features.deliver(stale!)).toMatchObject({
    kind: "nothing-to-do",
    reason: "a later generation of it exists",
  });
  expect(world.agriest.arrivals).toEqual([]);
  expect(await runAfter(0)).toEqual(["sent"]);
});

test("a supplier that is taken out of the configuration while a purchase order waits for it raises an alert at the start", async () => {
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  await runAfter(0);
  await process.database.db.updateTable("messages").set({ state: "sending" }).execute();
  await process.stop();
  const withoutAgriest = (yaml: Yaml): Yaml =>
    yaml.replace("  agriest:", "  other:").replace("FTP_AGRIEST_HOST", "FTP_FOURNIAL_HOST");
  process = await world.start({ config: world.configure({}, withoutAgriest) });
  expect(world.alerts).toContainEqual(
    expect.objectContaining({ kind: "supplier.missing", message: expect.stringContaining("agriest") }),
  );
});

test("a purchase order whose order changes during a failed attempt is planned again before it goes, whoever hurries it", async () => {
  await process.stop();
  process = await world.start({
    at: async (step) => {
      if (step === "claimed" && (await process.message()).stale === 0 && world.agriest.server.commands.length === 0) {
        await process.webhook(
          "orders/updated",
          orderBody({ updatedAt: "2027-01-10T10:00:00+01:00", lines: [{ quantity: 5, current: 2 }] }),
        );
      }
    },
  });
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T09:30:00+01:00", lines: [{ quantity: 5 }] }));
  failOnce("before", "STOR", { do: "reply", code: 452, text: "no space" });
  expect(await runAfter(0)).toEqual(["retry"]);
  const po = await process.purchaseOrder();
  expect((await process.message()).stale).toBe(1);
  expect(await process.features.actions.settle(purchaseOrder(po), "retry", { actor: "anna", note: "" })).toMatchObject({
    ok: true,
  });
  expect(await process.features.due(po.id)).toBeUndefined();
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.read(world.agriest.arrivals[0] ?? "")).toContain("<Quantity>2</Quantity>");
  expect(world.alerts).toEqual([]); // Nothing is to be taken off at the supplier: it got the right quantity.
});

test("an edit during an upload whose process is then killed is in what is sent after the restart", async () => {
  await process.stop();
  const { promise: stalled, resolve: stall } = Promise.withResolvers<void>();
  process = await world.start({
    at: (step) => {
      if (step !== "uploaded") {
        return Promise.resolve();
      }
      stall();
      return new Promise<void>(() => {});
    },
  });
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T09:30:00+01:00", lines: [{ quantity: 5 }] }));
  const [due] = await process.features.sweep(10);
  void process.features.deliver(due!);
  await stalled;
  await process.webhook(
    "orders/updated",
    orderBody({ updatedAt: "2027-01-10T10:00:00+01:00", lines: [{ quantity: 5, current: 2 }] }),
  );
  await process.stop();
  process = await world.start();
  const kinds = [...(await runAfter(1_000)), ...(await runAfter(1_000))];
  expect(kinds).toEqual(["nothing-to-do", "sent"]);
  expect(world.agriest.read(world.agriest.arrivals[0] ?? "")).toContain("<Quantity>2</Quantity>");
});

test("units fulfilled by hand while an attempt runs that then fails are not sent", async () => {
  await process.stop();
  process = await world.start({
    at: async (step) => {
      if (step === "claimed" && world.agriest.server.commands.length === 0) {
        await process.webhook(
          "orders/updated",
          orderBody({ updatedAt: "2027-01-10T10:00:00+01:00", lines: [{ fulfillable: 0 }] }),
        );
      }
    },
  });
  failOnce("before", "STOR", { do: "reply", code: 452, text: "no space" });
  expect(await runAfter(0)).toEqual(["retry"]);
  expect(await runAfter(60_000)).toEqual([]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "cancelled" });
  expect(world.agriest.arrivals).toEqual([]);
});

test("what is due at one supplier is not hidden by a long queue at another", async () => {
  for (let n = 2; n < 6; n++) {
    await process.webhook("orders/paid", orderBody({ id: String(n), number: 1000 + n }));
  }
  await process.webhook("orders/paid", orderBody({ id: "9", number: 1009, lines: [{ sku: "FOU1", vendor: "Fournial" }] }));
  const due = await process.features.sweep(2);
  expect(due.map((one) => one.supplier).toSorted()).toEqual(["agriest", "agriest", "fournial"]);
});

test("a clock that was years ahead for a moment strands nothing", async () => {
  await process.stop();
  world.clock.set("2031-01-10T12:00:00Z");
  process = await world.start();
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  world.clock.set("2027-01-10T13:00:00Z");
  expect((await runAfter(0)).toSorted()).toEqual(["sent", "sent"]);
});

test("a supplier that cannot be reached for a while is told of, once until it works again", async () => {
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  for (let tries = 0; tries < 8; tries++) {
    await runAfter(7 * HOUR);
  }
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "supplier.unreachable", message: expect.stringContaining("agriest") }),
  ]);
  world.agriest.server.setFault(undefined);
  expect(await runAfter(7 * HOUR)).toEqual(["sent"]);
});

test("one order that cannot be planned is told of once, and keeps neither the sweep nor the start from the others", async () => {
  await process.webhook("orders/paid", orderBody({ id: "9", number: 1009, lines: [{ sku: "FOU1", vendor: "Fournial" }] }));
  await process.database.db.updateTable("orders").set({ snapshot: "{}" }).where("name", "=", "#1001").execute();
  await process.database.db.updateTable("messages").set({ stale: 1 }).where("supplier", "=", "agriest").execute();
  expect(await runAfter(0)).toEqual(["sent"]);
  await runAfter(0);
  expect(world.alerts.filter((alert) => alert.kind === "order.unplannable")).toHaveLength(1);
  await process.stop();
  process = await world.start();
  expect(world.fournial.arrivals).toHaveLength(1);
});

test("evidence that comes while an attempt is before its intent does not claim that the attempt sent it", async () => {
  await process.stop();
  process = await world.start({
    at: async (step) => {
      if (step === "uploaded") {
        await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), "mark-sent", {
          actor: "anna",
          note: "by telephone",
        });
      }
    },
  });
  expect(await runAfter(0)).toEqual(["lost-claim"]);
  expect(await process.database.db.selectFrom("attempts").select("state").execute()).toEqual([{ state: "abandoned" }]);
  expect(world.agriest.arrivals).toEqual([]);
});

test("one session serves many files, and a session that the server dropped meanwhile is no failure", async () => {
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  await process.webhook("orders/paid", orderBody({ id: "3", number: 1003 }));
  expect(await runAfter(0)).toEqual(["sent", "sent", "sent"]);
  expect(world.agriest.server.commands.filter((one) => one.command === "CONNECT")).toHaveLength(1);
  // Nor is the folder listed for each: SIZE has answered for our own file in it.
  expect(world.agriest.server.commands.filter((one) => ["MLSD", "LIST"].includes(one.command))).toHaveLength(0);

  await process.webhook("orders/paid", orderBody({ id: "4", number: 1004 }));
  failOnce("before", "EPSV", { do: "reply", code: 421, text: "idle too long" });
  const kinds = [...(await runAfter(0)), ...(await runAfter(0))];
  expect(kinds).toEqual(["retry", "sent"]);
  expect(await process.database.db.selectFrom("messages").select("failures").where("number", "=", "SE1004-1").execute()).toEqual([
    { failures: 0 },
  ]);
});
