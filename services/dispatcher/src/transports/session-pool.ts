// Kept sessions: the connections to one server are opened when there is work, used one caller at a time, kept for the next,
// and closed when idle. Opening one per file would cost ten times the time (TLS and login).
import { NotSent, StaleSession } from "../domain/delivery/failure.ts";
import type { ConnectionRate } from "./connection-rate.ts";
import type { SupplierSession } from "./transport.ts";

export interface SessionPool {
  /** `afterWaiting`: called where it had to wait, before anything is connected; what it throws is thrown. */
  use<T>(work: (session: SupplierSession) => Promise<T>, afterWaiting?: () => Promise<void>): Promise<T>;
  close(): Promise<void>;
}

/** Milliseconds. Servers drop idle control connections (421) and forget TLS sessions (425, 522): close before they do. */
const IDLE_MS = 10_000;

/** Milliseconds. A session that is never idle would outlive the server's TLS session cache (often 5 minutes). */
const MAX_AGE_MS = 4 * 60_000;

/** Milliseconds that one piece of work may hold a session: a server that answers everything just in time must not keep it for ever. */
const LONGEST_USE_MS = 4 * 60_000;

/** Milliseconds that closing waits for work under way. */
const CLOSE_GRACE_MS = 2_000;

export function createSessionPool(options: {
  readonly connect: () => Promise<SupplierSession>;
  readonly connections: number;
  /** What is too much for it waits, for a moment when it is not or for a session that another is done with. */
  readonly rate?: ConnectionRate;
}): SessionPool {
  const idle: { session: SupplierSession; openedAt: number; timer: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  const busy = new Set<Promise<void>>();
  const inUse = new Set<SupplierSession>();
  /** Those that wait for the rate. */
  const postponed = new Set<() => void>();
  let free = options.connections;
  let closed = false;

  /** Whether it had to wait. */
  const acquire = async (): Promise<boolean> => {
    if (free > 0) {
      free--;
      return false;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
    return true;
  };

  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) {
      free++;
    } else {
      next();
    }
  };

  const take = async (): Promise<{ readonly session: SupplierSession; readonly openedAt: number; readonly kept: boolean }> => {
    for (;;) {
      for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
        clearTimeout(kept.timer);
        if (!kept.session.closed()) {
          return { session: kept.session, openedAt: kept.openedAt, kept: true };
        }
      }
      const waitMs = options.rate?.take() ?? 0;
      if (waitMs === 0) {
        return { session: await options.connect(), openedAt: performance.now(), kept: false };
      }
      await postpone(waitMs);
    }
  };

  /** Ends early when a session is kept. Throws when the pool closes. */
  const postpone = async (waitMs: number): Promise<void> => {
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    postponed.add(wake);
    const timer = setTimeout(wake, Math.ceil(waitMs));
    await promise;
    clearTimeout(timer);
    postponed.delete(wake);
    if (closed) {
      throw new StaleSession("the dispatcher stops, before the server could be connected to again (transport.rate)");
    }
  };

  const keep = (session: SupplierSession, openedAt: number): void => {
    if (session.closed()) {
      return;
    }
    if (closed || performance.now() - openedAt > MAX_AGE_MS) {
      session.close();
      return;
    }
    const entry = {
      session,
      openedAt,
      timer: setTimeout(() => {
        idle.splice(idle.indexOf(entry), 1);
        session.close();
      }, IDLE_MS),
    };
    entry.timer.unref();
    idle.push(entry);
    postponed.forEach((wake) => wake());
  };

  return {
    async use(work, afterWaiting) {
      const waited = await acquire();
      const done = Promise.withResolvers<void>();
      busy.add(done.promise);
      try {
        if (waited) {
          await afterWaiting?.();
        }
        const { session, openedAt, kept } = await take();
        const deadline = setTimeout(() => session.close(), LONGEST_USE_MS);
        inUse.add(session);
        try {
          return await work(session);
        } catch (error) {
          if (kept && isStale(error, session)) {
            session.close();
            throw new StaleSession(error.message, { cause: error });
          }
          throw error;
        } finally {
          clearTimeout(deadline);
          inUse.delete(session);
          keep(session, openedAt);
        }
      } finally {
        busy.delete(done.promise);
        done.resolve();
        release();
      }
    },

    async close() {
      closed = true;
      postponed.forEach((wake) => wake());
      // A server that hangs must not keep us: its session is cut, and what was under way is looked at by the next start.
      const timer = setTimeout(() => inUse.forEach((session) => session.close()), CLOSE_GRACE_MS);
      await Promise.all(busy);
      clearTimeout(timer);
      for (const { session, timer } of idle.splice(0)) {
        clearTimeout(timer);
        session.close();
      }
    },
  };
}

function isStale(error: unknown, session: SupplierSession): error is NotSent {
  return error instanceof NotSent && (session.closed() || session.isStale(error));
}
