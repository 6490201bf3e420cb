import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotSent, StaleSession } from "../domain/delivery/failure.ts";
import { createConnectionRate } from "./connection-rate.ts";
import { createSessionPool } from "./session-pool.ts";
import type { SupplierSession } from "./transport.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sessions without a server, which are as open as they are told to be. */
function createSessions() {
  const opened: (SupplierSession & { closeByServer(): void })[] = [];
  const connect = (): Promise<SupplierSession> => {
    let closed = false;
    const unused = (): Promise<never> => Promise.reject(new Error("not asked for here"));
    const session = {
      endpoint: { host: "memory", port: 0, fingerprint: null },
      closed: () => closed,
      close: () => {
        closed = true;
      },
      closeByServer: () => {
        closed = true;
      },
      isStale: (failure: NotSent) => failure.message === "forgotten",
      renameKind: () => "one-step" as const,
      facts: unused,
      enter: unused,
      store: unused,
      size: unused,
      read: unused,
      rename: unused,
      remove: unused,
      list: unused,
      makeFolder: unused,
    };
    opened.push(session);
    return Promise.resolve(session);
  };
  return { opened, connect };
}

/** Work that ends when it is told to. */
function openEnded() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

test("one session serves one piece of work after the other", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 3 });
  for (let n = 0; n < 5; n++) {
    await pool.use(() => Promise.resolve());
  }
  expect(opened).toHaveLength(1);
});

test("more are opened while work waits, up to the limit", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 2 });
  const all = Array.from({ length: 5 }, openEnded);
  const done = Promise.all(all.map(({ work }) => pool.use(work)));
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toHaveLength(2);
  all.forEach(({ end }) => end());
  await done;
  expect(opened).toHaveLength(2);
});

test("an idle session is closed", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 1 });
  await pool.use(() => Promise.resolve());
  expect(opened[0]?.closed()).toBe(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened[0]?.closed()).toBe(true);
});

test("a kept session that its server has forgotten is told apart from a failure, and the next work gets a new one", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 1 });
  const forgotten = (): Promise<never> => Promise.reject(new NotSent("forgotten"));
  const first = await pool.use(forgotten).catch((error: unknown) => error);
  expect(first).not.toBeInstanceOf(StaleSession); // It was new.
  expect(await pool.use(forgotten).catch((error: unknown) => error)).toBeInstanceOf(StaleSession);
  await pool.use(() => Promise.resolve());
  expect(opened).toHaveLength(2);
});

test("a kept session that is closed when its work fails was stale too", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 1 });
  await pool.use(() => Promise.resolve());
  const work = (): Promise<never> => {
    opened[0]?.closeByServer();
    return Promise.reject(new NotSent("the connection was reset"));
  };
  expect(await pool.use(work).catch((error: unknown) => error)).toBeInstanceOf(StaleSession);
});

test("new connections beyond the rate wait, and do not fail", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 3, rate: createConnectionRate(2) });
  const all = Array.from({ length: 3 }, openEnded);
  const done = Promise.all(all.map(({ work }) => pool.use(work)));
  await vi.advanceTimersByTimeAsync(59_000);
  expect(opened).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(opened).toHaveLength(3);
  all.forEach(({ end }) => end());
  await done;
});

test("who waits for the rate gets a session that another is done with", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 2, rate: createConnectionRate(1) });
  const first = openEnded();
  const firstDone = pool.use(first.work);
  const second = pool.use((session) => Promise.resolve(session === opened[0]));
  await vi.advanceTimersByTimeAsync(1_000);
  first.end();
  await firstDone;
  expect(await second).toBe(true);
  expect(opened).toHaveLength(1);
});

test("connections that fail count for the rate", async () => {
  const attempts: number[] = [];
  const connect = (): Promise<never> => {
    attempts.push(performance.now());
    return Promise.reject(new NotSent("it does not answer"));
  };
  const pool = createSessionPool({ connect, connections: 1, rate: createConnectionRate(2) });
  const results = Promise.allSettled(Array.from({ length: 5 }, () => pool.use(() => Promise.resolve())));
  await vi.advanceTimersByTimeAsync(180_000);
  expect((await results).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
  const [first = 0] = attempts;
  expect(attempts.map((at) => Math.round((at - first) / 60_000))).toEqual([0, 0, 1, 1, 2]);
});

test("closing does not wait for the rate", async () => {
  const { connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 2, rate: createConnectionRate(1) });
  const first = openEnded();
  const firstDone = pool.use(first.work);
  const second = pool.use(() => Promise.resolve()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(0);
  const closing = pool.close();
  expect(await second).toBeInstanceOf(StaleSession);
  first.end();
  await Promise.all([firstDone, closing]);
});

test("closing cuts what hangs, after a moment", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 1 });
  const hanging = openEnded();
  const done = pool.use(hanging.work);
  await vi.advanceTimersByTimeAsync(0);
  const closing = pool.close();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(opened[0]?.closed()).toBe(true);
  hanging.end();
  await Promise.all([done, closing]);
});

test("whoever had to wait is asked before anything is done for it, and may step back", async () => {
  const { opened, connect } = createSessions();
  const pool = createSessionPool({ connect, connections: 1 });
  const first = openEnded();
  const asked: string[] = [];
  const running = pool.use(first.work, () => Promise.reject(new Error("it did not wait")));
  const second = pool.use(
    () => Promise.resolve("worked"),
    () => {
      asked.push("second");
      return Promise.reject(new Error("not any more"));
    },
  );
  const third = pool.use(
    () => Promise.resolve("worked"),
    () => {
      asked.push("third");
      return Promise.resolve();
    },
  );
  expect(asked).toEqual([]);
  first.end();
  await running;
  await expect(second).rejects.toThrow("not any more");
  expect(await third).toBe("worked");
  expect(asked).toEqual(["second", "third"]);
  expect(opened).toHaveLength(1);
});
