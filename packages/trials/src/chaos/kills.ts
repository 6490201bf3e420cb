// kill -9, and the start again that a restart policy brings; meanwhile somebody may have restored an older database.
import { setTimeout as wait } from "node:timers/promises";
import type { Moment } from "./strikes.ts";
import { RESTORED, TARGETS, type Kill, type Target } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** Milliseconds that a kill waits for its moment before it happens anyway. */
const AMBUSH_MS = 4_000;

/** Resolves when all kills have happened and everything was started again. */
export async function runKills(stage: Stage, kills: readonly Kill[]): Promise<void> {
  await Promise.all(
    TARGETS.map(async (target) => {
      for (const kill of kills.filter((one) => one.target === target).toSorted((a, b) => a.atMs - b.atMs)) {
        await wait(Math.max(0, kill.atMs - stage.elapsed()), undefined, { signal: stage.signal });
        await stage.locks[target](() => killOnce(stage, kill));
      }
    }),
  );
}

async function killOnce(stage: Stage, { target, moment, restMs, database }: Kill): Promise<void> {
  const { tape, signal } = stage;
  const service = stage.world.services[target];
  service.start(); // It may have ended by itself, excused.
  const when = moment === undefined ? "" : await atMoment(stage, target, moment);
  await service.kill();
  tape.fault(`kill -9 ${target}`, `kill -9 ${target}${when}; back in ${restMs} ms`);
  await wait(restMs, undefined, { signal });
  if (database !== undefined) {
    await handleDatabase(stage, database);
  }
  service.start();
}

/** The restart policy may have been quicker: killed once more, the files are copied before it can come again. */
async function handleDatabase(stage: Stage, what: NonNullable<Kill["database"]>): Promise<void> {
  const { database, webhooks, tape } = stage;
  await stage.locks.disk(async () => {
    await stage.world.services.dispatcher.kill();
    if (what === "backed up") {
      database.backUp();
      webhooks.backedUp();
      tape.note("the database is backed up");
    } else {
      database.restore();
      tape.fault(RESTORED, `an older database is restored; ${webhooks.restored()} webhooks that it may not know are sent again`);
    }
  });
}

/** Kills it when a supplier's server is at this moment; else returns after a while, with nothing done. */
async function atMoment(stage: Stage, target: Target, moment: Moment): Promise<string> {
  const { promise: struck, resolve } = Promise.withResolvers<string>();
  const strike = (): void => {
    // The signal is sent before the server does anything more.
    stage.world.services[target]
      .kill()
      .then(() => resolve(` ${moment.phase === "data" ? "within" : moment.phase} ${moment.command}`))
      .catch(() => resolve(""));
  };
  const callOffs = [...stage.faults.values()].map((faults) => faults.ambush(moment, strike));
  const late = new AbortController();
  try {
    return await Promise.race([struck, wait(AMBUSH_MS, "", { signal: AbortSignal.any([stage.signal, late.signal]) })]);
  } finally {
    late.abort();
    callOffs.forEach((callOff) => callOff());
  }
}
