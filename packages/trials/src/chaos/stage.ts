// What the faults act on.
import type { FaultProxy } from "@soh/simulators/fault-proxy";
import type { World } from "../world/world.ts";
import type { Ledger } from "../world/ledger.ts";
import type { DatabaseFiles } from "./database.ts";
import type { Gate } from "./gate.ts";
import type { Lock } from "./lock.ts";
import type { Target } from "./plan.ts";
import type { Queues } from "./queues.ts";
import type { SmallDisk } from "./small-disk.ts";
import type { SupplierFaults } from "./supplier-faults.ts";
import type { Tape } from "./tape.ts";
import type { Webhooks } from "./webhooks.ts";

export interface Stage {
  readonly world: World;
  /** By supplier. */
  readonly faults: ReadonlyMap<string, SupplierFaults>;
  /** In front of the suppliers that have one. */
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  readonly disk: SmallDisk;
  readonly database: DatabaseFiles;
  readonly gate: Gate;
  readonly queues: Queues;
  readonly ledger: Ledger;
  readonly webhooks: Webhooks;
  readonly locks: Readonly<Record<Target | "disk", Lock>>;
  readonly tape: Tape;
  /** Milliseconds since the sending began. */
  readonly elapsed: () => number;
  /** The end of the faults: Ctrl-C, or a process that broke. */
  readonly signal: AbortSignal;
}
