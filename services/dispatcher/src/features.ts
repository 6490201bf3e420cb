// The table of contents of the product: its rooms, on top of a database and the suppliers' servers, and what each needs of the
// others. Without queues, timers or ports: what the service does, for app.ts to call when, and for tests to call by hand.
import { randomUUID } from "node:crypto";
import { alertsOfAcknowledgements, createAcknowledgements } from "./acknowledgements/acknowledgements.ts";
import { createAlerts, type Alerts, type AlertsOptions } from "./alerts/alerts.ts";
import { alertsOfAttention, attentionConditions, createAttention, createTasks } from "./attention/attention.ts";
import { createCatalogue } from "./catalogue/catalogue.ts";
import type { HandlerConfig } from "./config/load.ts";
import type { TransportSettings } from "./config/transport-settings.ts";
import type { OpenDatabase } from "./database/open.ts";
import { createUnendedWork } from "./database/unended.ts";
import {
  alertsOfDeliveries,
  createDeliveries,
  type Deliveries,
  type DeliverOptions,
  type DueDelivery,
  type OpenJournal,
} from "./deliveries/deliveries.ts";
import { alertsOfInbound, createInbound, type FileNews, type Inbound } from "./inbound/inbound.ts";
import type { Actions } from "./operations/actions.ts";
import { alertsOfOrders, createOrders, type Orders } from "./orders/orders.ts";
import { createStock } from "./stock/stock.ts";
import { alertsOfSuppliers, createSuppliers } from "./suppliers/suppliers.ts";
import type { SupplierSession } from "./transports/transports.ts";

export interface FeaturesOptions {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  readonly journal: OpenJournal;
  /** Opens a session. Throws NotSent and Refused. */
  readonly connect: (transport: TransportSettings) => Promise<SupplierSession>;
  /** Once for each alert, when it opens. */
  readonly alert: AlertsOptions["log"];
  readonly onAlertEnd?: AlertsOptions["onEnd"];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** What became of a supplier's file. */
  readonly onFile?: (news: FileNews) => void;
  /** Between two steps of a delivery; tests stop the world there. */
  readonly at?: DeliverOptions["at"];
}

export interface Features {
  readonly intake: Orders["intake"];
  readonly deliver: Deliveries["deliver"];
  readonly look: Inbound["look"];
  readonly actions: Actions;
  /** What is open, and looking after it. */
  readonly alerts: Pick<Alerts, "list" | "sweep">;
  /** How many deliveries to a supplier can be under way at once. */
  readonly connections: (supplier: string) => number;
  /** What must happen now, read from the state; returns the deliveries that are due, of each supplier at most `limit`. */
  sweep(limit: number): Promise<readonly DueDelivery[]>;
  /** The one message, if it is due now. */
  due(message: string): Promise<DueDelivery | undefined>;
  /** Once at start: what an earlier process left, and what a changed configuration changes. */
  recover(): Promise<{
    readonly deliveries: number;
    readonly resumed_suppliers: readonly string[];
    readonly became_ready: number;
  }>;
  /** Finishes what uses a session and closes them all. */
  close(): Promise<void>;
}

/** Every kind of alert there is, in the order in which they are shown. */
export const alertKinds = [
  ...alertsOfSuppliers,
  ...alertsOfDeliveries,
  ...alertsOfOrders,
  ...alertsOfAttention,
  ...alertsOfAcknowledgements,
  ...alertsOfInbound,
];

export function composeFeatures(options: FeaturesOptions): Features {
  const { config, database, journal, connect, now, random } = options;
  const newId = randomUUID;
  const alerts = createAlerts({ database, kinds: alertKinds, log: options.alert, onEnd: options.onAlertEnd, now });
  const common = { database, alerts, now, newId };
  const unended = createUnendedWork({ database, now });

  const suppliers = createSuppliers({ ...common, config, connect });
  const { ledger } = createStock();
  const catalogue = createCatalogue({ ...common, timezone: (id) => suppliers.find(id)?.catalogue.timezone ?? "UTC" });
  const tasks = createTasks({ database, now });
  const orders = createOrders({ ...common, config, suppliers, catalogue, ledger, tasks, unended });
  const deliveries = createDeliveries({
    ...common,
    suppliers,
    journal,
    owner: orders.owner,
    random,
    at: options.at,
  });
  const { messageOf } = orders;
  const acknowledgements = createAcknowledgements({ ...common, suppliers, ledger, deliveries, messageOf, tasks });
  const inbound = createInbound({
    ...common,
    suppliers,
    kinds: [acknowledgements.files],
    deliveries,
    unended,
    onFile: options.onFile,
  });
  const attention = createAttention({
    database,
    isSupplier: (id) => suppliers.find(id) !== undefined,
    orders: orders.actions,
    messageOf,
    deliveries: deliveries.actions,
    tasks,
    acknowledgements: acknowledgements.actions,
    letters: orders.letters,
    files: inbound.actions,
  });

  alerts.watch([suppliers, orders, deliveries, inbound].flatMap((room) => room.conditions).concat(attentionConditions));

  return {
    intake: orders.intake,
    deliver: deliveries.deliver,
    look: inbound.look,
    connections: suppliers.connections,
    alerts,
    actions: {
      ...orders.actions,
      ...suppliers.actions,
      settle: attention.settle,
      applyFile: inbound.actions.apply,
      seen: alerts.actions.seen,
      catalogue: catalogue.imports,
    },

    async sweep(limit) {
      await deliveries.catchUp();
      await orders.sweep();
      return await deliveries.sweep(limit);
    },
    due: deliveries.due,

    async recover() {
      const resumed = await suppliers.recover();
      const due = await deliveries.recover();
      return { deliveries: due, resumed_suppliers: resumed, became_ready: await orders.recover() };
    },

    async close() {
      await suppliers.closeSessions();
      suppliers.close();
    },
  };
}
