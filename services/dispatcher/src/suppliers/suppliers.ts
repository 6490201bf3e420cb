// The suppliers: who they are by the configuration (book.ts, which needs no database), connections to them, kept while there is
// work, and what is known of them at run time (state.ts): whether one is paused, and the certificate it showed last.
//
//   sends ──refused: login, permission, certificate──▶ paused ──a person, or a start with a changed access──▶ sends
import type { Condition } from "../alerts/alerts.ts";
import type { HandlerConfig } from "../config/load.ts";
import { accessOf, type TransportSettings } from "../config/transport-settings.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Person } from "../domain/person.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";
import { createSessionPools, type SupplierSession } from "../transports/transports.ts";
import { supplierConditions } from "./alerts.ts";
import { openSuppliers, type SupplierBook } from "./book.ts";
import { createSupplierChecks } from "./checks.ts";
import { createSupplierState } from "./state.ts";

/** What this room tells people of. */
export { supplierAlerts as alertsOfSuppliers } from "./alerts.ts";
export { openSuppliers, type SupplierBook } from "./book.ts";

export interface Suppliers extends SupplierBook {
  /** Runs `work` with a session to the supplier. Throws what connecting (NotSent, Refused) and `work` throw. */
  use<T>(supplier: string, work: (session: SupplierSession) => Promise<T>): Promise<T>;
  /** How many can work for a supplier at once. */
  connections(supplier: string): number;
  /** Nothing is sent to it and nothing read from it until a person resumes it. */
  pause(supplier: string, reason: string): Promise<void>;
  isPaused(supplier: string): Promise<boolean>;
  /** The certificate or host key that it showed; null where its transport has none. */
  noteFingerprint(supplier: string, fingerprint: string | null): Promise<void>;

  readonly actions: {
    /** True when it was paused. */
    resume(supplier: string, person: Person): Promise<boolean>;
    /** Tries its server with files that are no purchase orders. Undefined: it is being tried already. */
    check(supplier: string, person: Person): Promise<SupplierCheck | undefined>;
  };
  /** Once at start, before anything is sent. Returns those whose pause ended because their access changed. */
  recover(): Promise<readonly string[]>;
  readonly conditions: readonly Condition[];
  /** Finishes what uses a session and closes them all. */
  closeSessions(): Promise<void>;
}

export function createSuppliers(options: {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  /** Opens a session. Throws NotSent and Refused. */
  readonly connect: (transport: TransportSettings) => Promise<SupplierSession>;
  readonly now: () => number;
}): Suppliers {
  const { config, database, now } = options;
  const book = openSuppliers(config);
  const sessions = createSessionPools({ suppliers: config.suppliers, connect: options.connect });
  const state = createSupplierState({ database, now });

  return {
    ...book,
    use: sessions.use,
    connections: sessions.connections,
    pause: (id, reason) => state.pause(id, { reason, access: accessOf(book.get(id).transport) }),
    isPaused: state.isPaused,
    noteFingerprint: state.noteFingerprint,

    actions: { resume: state.resume, check: createSupplierChecks({ config, database, use: sessions.use, now }) },

    recover: () => state.start(config.suppliers.map((one) => ({ id: one.id, access: accessOf(one.transport) }))),
    conditions: supplierConditions(config.suppliers),

    closeSessions: sessions.close,
  };
}
