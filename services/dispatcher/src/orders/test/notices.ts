// What the tests of notices share: a supplier that is told of changes by documents, and an order of three and two pieces.
import { afterEach, beforeEach } from "vitest";
import type { HandlerConfig } from "../../config/load.ts";
import type { PurchaseOrdersTable } from "../../database/tables/orders.ts";
import type { Remedy } from "../../domain/purchase-order/remedy.ts";
import { orderBody, type LineInput } from "../../test/payload.ts";
import { withCancel } from "../../test/with-cancel.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../../test/world.ts";

export let world: World;
export let config: HandlerConfig;
beforeEach(async () => {
  world = await createWorld();
  config = world.configure({}, withCancel);
});
afterEach(() => world.stop());

export const HOUR = 3_600_000;
export const PERSON = { actor: "anna", note: "by telephone" };

export const three: LineInput[] = [
  { sku: "AGR-1", quantity: 3 },
  { sku: "AGR-2", quantity: 2 },
];
export const sentOrder = async (process: Process, lines = three): Promise<void> => {
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
};
export const cancelOrder = async (process: Process): Promise<void> => {
  world.clock.advance(60_000);
  const cancelledAt = new Date(world.clock.now()).toISOString();
  await process.webhook("orders/cancelled", orderBody({ lines: three, cancelledAt, updatedAt: cancelledAt }));
};
/** The customer wants so many of each line now. */
export const reduceTo = async (process: Process, ...current: readonly number[]): Promise<void> => {
  world.clock.advance(60_000);
  const lines = three.map((line, index) => ({ ...line, current: current[index] ?? 0 }));
  await process.webhook("orders/updated", orderBody({ lines, updatedAt: new Date(world.clock.now()).toISOString() }));
};
export const answer = async (process: Process, version: number | null, status: string, extra = ""): Promise<void> => {
  const said = version === null ? "" : `<DocumentVersion>${version}</DocumentVersion>`;
  const text = acknowledgement("SE1001-1", status, extra).replace("<Status>", `${said}<Status>`);
  world.agriest.answer(`AR_${world.clock.now()}_${version}_${status}.xml`, text);
  await process.features.look("agriest");
  world.clock.advance(120_000);
  await process.features.look("agriest");
};

interface Seen {
  readonly order: PurchaseOrdersTable;
  readonly notices: readonly PurchaseOrdersTable[];
}
export const look = async (process: Process): Promise<Seen> => {
  const rows = await process.purchaseOrders();
  const order = rows.find((row) => row.notice_of === null);
  if (order === undefined) {
    throw new Error("there is no purchase order");
  }
  return { order, notices: rows.filter((row) => row.notice_of !== null).toSorted((a, b) => a.version - b.version) };
};
export const stateOf = async (process: Process) => {
  const { order, notices } = await look(process);
  return [order.state, ...notices.map((one) => `${one.purpose} v${one.version} ${one.state}`)];
};
export const lines = (process: Process) =>
  process.database.db
    .selectFrom("purchase_order_lines")
    .select(["number", "units", "cancelled", "withdrawn", "confirmed"])
    .orderBy("number")
    .execute();
export const ledger = async (process: Process) => {
  const rows = await process.database.db.selectFrom("stock_movements").select(["sku", "kind", "units"]).orderBy("id").execute();
  return rows.map(({ sku, kind, units }) => `${kind} ${sku} ${units}`);
};
export const told = () => world.alerts.map((alert) => alert.kind);
export const message = (kind: string): string => world.alerts.find((alert) => alert.kind === kind)?.message ?? "";
export const settle = (process: Process, id: string, remedy: Remedy) =>
  process.features.actions.settle(purchaseOrder({ id }), remedy, PERSON);
