// What happens to whole machines for some seconds, one after the other: Redis loses everything, the dispatcher stands
// still, a supplier's server is gone, a connection is half open, the database's disk is full.
import { setTimeout as wait } from "node:timers/promises";
import { partnerName } from "../world/partners.ts";
import type { Incident } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** Milliseconds that the webhooks queue may take to be empty: a killed dispatcher's job is taken up after 20 s. */
const DRAINED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;
const REFILL_EVERY_MS = 100;

export async function runIncidents(stage: Stage, incidents: readonly Incident[]): Promise<void> {
  for (const incident of incidents) {
    await wait(Math.max(0, incident.atMs - stage.elapsed()), undefined, { signal: stage.signal });
    await run(stage, incident);
  }
}

async function run(stage: Stage, incident: Incident): Promise<void> {
  switch (incident.kind) {
    case "Redis is wiped":
    case "Redis is wiped with deliveries queued":
      return await wipeRedis(stage, incident);
    case "dispatcher frozen beyond its job locks":
      return await freezeDispatcher(stage, incident);
    case "supplier's server is down":
      return await stopServer(stage, incident);
    case "half-open connection":
      return await halveConnections(stage, incident);
    case "database's disk is full":
      return await fillDisk(stage, incident);
  }
}

/**
 * Only while nothing accepted is in the webhooks queue: what was accepted and is not taken in yet can come back from
 * Shopify alone. Everything else in Redis is a copy of what the database says.
 */
async function wipeRedis(stage: Stage, { kind, lastsMs }: Incident): Promise<void> {
  const { world, gate, queues, faults, tape, signal } = stage;
  await stage.locks.dispatcher(async () => {
    world.services.dispatcher.start();
    await world.services.dispatcher.ready(signal);
    if (lastsMs > 0) {
      // Uploads hang, so that deliveries pile up.
      faults.forEach((one) => one.hold(true));
    }
    try {
      await wait(lastsMs, undefined, { signal });
      await gate.close();
      if (!(await drained(stage))) {
        tape.notRun(kind, `the webhooks queue was not empty within ${DRAINED_WITHIN_MS / 1_000} s`);
        return;
      }
      const waiting = await queues.deliveries();
      await queues.wipe();
      tape.fault(kind, `Redis wiped empty, with ${waiting} deliveries queued`);
    } finally {
      gate.open();
      faults.forEach((one) => one.hold(false));
      world.suppliers.forEach(({ supplier }) => supplier.server.releaseHanging());
    }
  });
}

async function drained({ queues, signal }: Stage): Promise<boolean> {
  for (const deadline = Date.now() + DRAINED_WITHIN_MS; Date.now() < deadline;) {
    if ((await queues.webhooks()) === 0) {
      return true;
    }
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
  return false;
}

/** The zombie writer: when it wakes up, its locks are over and its connections were given up by the other side. */
async function freezeDispatcher({ world, locks, tape, signal }: Stage, { kind, lastsMs }: Incident): Promise<void> {
  const { dispatcher } = world.services;
  await locks.dispatcher(async () => {
    dispatcher.start();
    await dispatcher.ready(signal);
    dispatcher.freeze();
    tape.note(`dispatcher frozen (SIGSTOP) for ${lastsMs} ms`);
    try {
      await wait(lastsMs, undefined, { signal });
    } finally {
      dispatcher.thaw();
    }
    tape.fault(kind, "dispatcher goes on (SIGCONT)");
  });
}

async function stopServer({ world, tape, signal }: Stage, { kind, supplier: id, lastsMs }: Incident): Promise<void> {
  const server = world.suppliers.find((one) => one.id === id)?.supplier.server;
  if (server === undefined) {
    return;
  }
  await server.setAccepting(false);
  server.dropConnections();
  tape.fault(kind, `${partnerName(id)}'s server is down for ${lastsMs} ms`);
  try {
    await wait(lastsMs, undefined, { signal });
  } finally {
    await server.setAccepting(true);
  }
}

async function halveConnections({ proxies, tape, signal }: Stage, { kind, lastsMs, late }: Incident): Promise<void> {
  for (const [id, proxy] of proxies) {
    proxy.freeze();
    const then = late ? "what was sent arrives late" : "what was sent never arrives";
    tape.fault(kind, `${partnerName(id)}'s connections are half open for ${lastsMs} ms; ${then}`);
  }
  try {
    await wait(lastsMs, undefined, { signal });
  } finally {
    proxies.forEach((proxy) => proxy.thaw(late ? "late" : "never"));
  }
}

async function fillDisk({ disk, locks, tape, signal }: Stage, { kind, lastsMs }: Incident): Promise<void> {
  const { problem } = disk;
  if (problem !== undefined) {
    tape.notRun(kind, problem);
    return;
  }
  await locks.disk(async () => {
    const filler = disk.fill();
    tape.fault(kind, `the database's disk is full for ${lastsMs} ms`);
    try {
      for (const deadline = Date.now() + lastsMs; Date.now() < deadline;) {
        await wait(REFILL_EVERY_MS, undefined, { signal });
        filler.again();
      }
    } finally {
      filler.empty();
    }
  });
}
