// Waiting until every connected replica has a write: what was confirmed must survive the failover to any of them.
//
// WAIT and WAITAOF speak of the writes of their own connection, and block it. So they run on the connection that adds the
// jobs, one at a time for all jobs confirmed meanwhile; and a reply that came over a later connection says nothing.
/** How long Redis may wait for its replicas. Shorter than the silence after which the connection is given up. */
const WAIT_MS = 1_800;
/** How long the number of replicas is believed. A new replica is not waited for until then. */
const COUNT_TTL_MS = 3_000;

/** What is needed of the connection. */
export interface ReplicaConnection {
  readonly redis: {
    info(): Promise<string>;
    call(command: string, ...args: number[]): Promise<unknown>;
  };
  epoch(): number;
}

interface Replicas {
  readonly online: number;
  /** Redis 7.2: a replica answers when it is on its disk, not when it is in its memory. */
  readonly command: "WAITAOF" | "WAIT";
}

export interface ReplicaWait {
  /** Call it when Redis has answered the write. Undefined when every replica has it, else what is wrong. Throws when Redis is away. */
  confirm(): Promise<string | undefined>;
}

export function createReplicaWait(connection: ReplicaConnection): ReplicaWait {
  const { redis } = connection;
  let known: { readonly replicas: Promise<Replicas>; readonly epoch: number; readonly readAt: number } | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<string | undefined> | undefined;

  function lookUp(): Promise<Replicas> {
    const epoch = connection.epoch();
    if (known?.epoch !== epoch || performance.now() - known.readAt > COUNT_TTL_MS) {
      const replicas = redis.info().then(parseReplication);
      replicas.catch(() => (known = undefined));
      known = { replicas, epoch, readAt: performance.now() };
    }
    return known.replicas;
  }

  async function wait({ online, command }: Replicas): Promise<string | undefined> {
    // WAITAOF's first number is this server's own disk: appendfsync always has seen to that (readiness says where not).
    const reply = await (command === "WAITAOF" ? redis.call(command, 0, online, WAIT_MS) : redis.call(command, online, WAIT_MS));
    const confirmed = Number(Array.isArray(reply) ? reply[1] : reply);
    if (confirmed >= online) {
      return undefined;
    }
    known = undefined; // One may be gone: count again before the next webhook waits for it.
    return `${confirmed} of ${online} replicas confirmed (${command})`;
  }

  /** One that runs already may have been sent before our write: join the one after it. */
  function joinNext(replicas: Replicas): Promise<string | undefined> {
    next ??= running.then(() => {
      next = undefined;
      const outcome = wait(replicas);
      running = outcome.catch(() => undefined);
      return outcome;
    });
    return next;
  }

  return {
    async confirm() {
      const epoch = connection.epoch();
      const replicas = await lookUp();
      const behind = replicas.online === 0 ? undefined : await joinNext(replicas);
      return connection.epoch() === epoch ? behind : "the connection was lost before the replicas confirmed";
    },
  };
}

function parseReplication(info: string): Replicas {
  const [major = 0, minor = 0] = (/^redis_version:(\d+)\.(\d+)/m.exec(info) ?? []).slice(1).map(Number);
  return {
    online: info.match(/^slave\d+:.*\bstate=online\b/gm)?.length ?? 0,
    command: major > 7 || (major === 7 && minor >= 2) ? "WAITAOF" : "WAIT",
  };
}
