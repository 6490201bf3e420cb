// Which suppliers share connections: those that log in to the same server in the same way as the same user have one pool, with
// the smallest of their limits. Whoever it is, a host is not connected to more often than its smallest rate allows.
import { accessOf, type TransportSettings } from "../config/transport-settings.ts";
import { createConnectionRate } from "./connection-rate.ts";
import { createSessionPool, type SessionPool } from "./session-pool.ts";
import type { SupplierSession } from "./transport.ts";

export interface SessionPools {
  /** Throws what connecting and `work` throw. `afterWaiting`: session-pool.ts. */
  use<T>(supplier: string, work: (session: SupplierSession) => Promise<T>, afterWaiting?: () => Promise<void>): Promise<T>;
  /** How many can work for this supplier at once. */
  connections(supplier: string): number;
  /** Finishes what uses a session and closes them all. */
  close(): Promise<void>;
}

export function createSessionPools(options: {
  readonly suppliers: readonly { readonly id: string; readonly transport: TransportSettings }[];
  readonly connect: (transport: TransportSettings) => Promise<SupplierSession>;
}): SessionPools {
  const transports = options.suppliers.map((one) => one.transport);
  const rates = new Map(
    [...Map.groupBy(transports, hostOf)].flatMap(([host, sharing]) => {
      const limits = sharing.flatMap((one) => one.connectionsPerMinute ?? []);
      return limits.length === 0 ? [] : [[host, createConnectionRate(Math.min(...limits))] as const];
    }),
  );
  const pools = new Map(
    [...Map.groupBy(transports, accessOf)].map(([access, sharing]): [string, { pool: SessionPool; connections: number }] => {
      const [first] = sharing;
      if (first === undefined) {
        throw new Error("a group of suppliers has no member");
      }
      const connections = Math.min(...sharing.map((one) => one.connections));
      const transport = { ...first, connections, timeoutMs: Math.max(...sharing.map((one) => one.timeoutMs)) };
      const rate = rates.get(hostOf(first));
      const connect = (): Promise<SupplierSession> => options.connect(transport);
      return [access, { pool: createSessionPool({ connect, connections, ...(rate && { rate }) }), connections }];
    }),
  );
  const poolOf = new Map(options.suppliers.map(({ id, transport }) => [id, pools.get(accessOf(transport))]));
  const known = (supplier: string): { readonly pool: SessionPool; readonly connections: number } => {
    const found = poolOf.get(supplier);
    if (found === undefined) {
      throw new Error(`the supplier ${supplier} is not in the configuration`);
    }
    return found;
  };

  return {
    use: (supplier, work, afterWaiting) => known(supplier).pool.use(work, afterWaiting),
    connections: (supplier) => known(supplier).connections,
    close: async () => void (await Promise.all([...pools.values()].map(({ pool }) => pool.close()))),
  };
}

const hostOf = ({ host }: TransportSettings): string => host.toLowerCase();
