// What the tests of notices share: a supplier that is told of changes by documents, and an order of three and two pieces.
import type { PurchaseOrderView } from "../../database/purchase-order-rows.ts";
import { afterEach, beforeEach } from "vitest";
import type { HandlerConfig } from "../../config/load.ts";
import { isNotice, type NoticePurpose } from "../../domain/delivery/message.ts";
import type { Remedy } from "../../domain/purchase-order/remedy.ts";
import { orderBody, type LineInput } from "../../test/payload.ts";
import { withCancel } from "../../test/with-cancel.ts";
import { acknowledgement, createWorld, type Process, type World } from "../../test/world.ts";

export let world: World;
export let config: HandlerConfig;
/** Each test of the file gets a world of its own. */
export function useWorld(): void {
  beforeEach(async () => {
    world = await createWorld();
    config = world.configure({}, withCancel);
  });
  afterEach(() => world.stop());
}

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

/** What was said of the purchase order after it was sent, or is to be said by a person. */
interface SeenNotice {
  readonly id: string;
  readonly purpose: NoticePurpose;
  readonly version: number;
  /** Of a message; of a task: to tell, told, or dropped. */
  readonly state: string;
  readonly answer: string | null;
  readonly reason: string | null;
}
interface Seen {
  readonly order: PurchaseOrderView;
  readonly notices: readonly SeenNotice[];
}
export const look = async (process: Process): Promise<Seen> => {
  const [order] = await process.purchaseOrders();
  if (order === undefined) {
    throw new Error("there is no purchase order");
  }
  const { db } = process.database;
  const messages = await db.selectFrom("messages").selectAll().orderBy("version").orderBy("copy").execute();
  const tasks = await db.selectFrom("tasks").selectAll().execute();
  const notices = [
    ...messages.flatMap(({ kind, ...message }) => (isNotice(kind) ? [{ ...message, purpose: kind }] : [])),
    ...tasks.map(({ settled_how: how, task, ...row }) => ({
      ...row,
      state: how === null ? "to tell" : how === "dropped" || how === "discarded" ? how : "told",
      answer: how === "accepted" || how === "rejected" ? how : null,
      reason: row.reason ?? task,
    })),
  ];
  return { order, notices: notices.toSorted((x, y) => x.version - y.version) };
};
const answerText = ({ answer: said }: SeenNotice): string =>
  said === null ? "" : `, ${said === "rejected" ? "too late" : said}`;
/** The purchase order, and what was said of it. */
export const stateOf = async (process: Process) => {
  const { order, notices } = await look(process);
  return [order.state, ...notices.map((one) => `${one.purpose} v${one.version} ${one.state}${answerText(one)}`)];
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
/** By the id of the purchase order, or of what was said of it. */
export const settle = async (process: Process, id: string, remedy: Remedy) => {
  const { order } = await look(process);
  return await process.features.actions.settle({ kind: id === order.id ? "purchase-order" : "notice", id }, remedy, PERSON);
};
