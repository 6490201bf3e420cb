// Keeping the newest snapshot of an order, whatever order the webhooks come in. A newer `updated_at` wins; at equal time
// the later Triggered-At, then the greater payload hash, so that every permutation ends in the same state.
// Cancellation and deletion are tombstones: an earlier event that arrives later does not resurrect.
import { findRow, insertRow, updateRows } from "../database/statements.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { recordEvent } from "../database/audit.ts";
import type { Order } from "../domain/order/order.ts";

export interface Origin {
  /** As Shopify wrote it, with nanoseconds; undefined where the header was missing. */
  readonly triggeredAt: string | undefined;
  /** SHA-256 of the exact payload. */
  readonly payloadHash: string;
  readonly topic: string;
  readonly webhookId: string;
}

export type Stored = "new" | "newer" | "same" | "older" | "deleted";

export async function storeSnapshot(
  trx: DatabaseTransaction,
  input: { readonly order: Order; readonly origin: Origin; readonly now: number },
): Promise<Stored> {
  const { order, origin, now } = input;
  const known = await findRow(trx, "orders", { id: order.id });
  const triggeredAt = sortable(origin.triggeredAt);
  const row = {
    name: order.name,
    order_number: order.orderNumber,
    test: order.test ? 1 : 0,
    total: order.total.amount,
    currency: order.total.currency,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    triggered_at: triggeredAt,
    payload_hash: origin.payloadHash,
    cancelled_at: known?.cancelled_at ?? order.cancelledAt,
    snapshot: JSON.stringify(order),
  };
  if (known === undefined) {
    await insertRow(trx, "orders", {
      ...row,
      id: order.id,
      shop: order.shop,
      state: "new",
      deleted_at: null,
      first_seen_at: now,
      plan_again: 0,
    });
    await note(trx, input, "order.received");
    return "new";
  }
  const age = compare(
    [order.updatedAt, triggeredAt, origin.payloadHash],
    [known.updated_at, known.triggered_at, known.payload_hash],
  );
  if (known.snapshot !== null && age === 0) {
    return "same";
  }
  if (known.snapshot === null || age > 0) {
    await updateRows(trx, "orders", row, { id: order.id });
    await note(trx, input, known.deleted_at === null ? "order.updated" : "order.updated_after_deletion");
    return known.deleted_at === null ? "newer" : "deleted";
  }
  if (order.cancelledAt !== null && known.cancelled_at === null) {
    await updateRows(trx, "orders", { cancelled_at: order.cancelledAt }, { id: order.id });
    await note(trx, input, "order.updated");
    return "newer";
  }
  return "older";
}

/** Marks an order as deleted, also one that was never seen. False: it was already. */
export async function storeDeletion(
  trx: DatabaseTransaction,
  input: { readonly id: string; readonly shop: string; readonly origin: Origin; readonly now: number },
): Promise<boolean> {
  const { id, shop, origin, now } = input;
  const known = await trx.selectFrom("orders").select(["deleted_at"]).where("id", "=", id).executeTakeFirst();
  if (known !== undefined && known.deleted_at !== null) {
    return false;
  }
  if (known === undefined) {
    await insertRow(trx, "orders", {
      id,
      shop,
      name: id.slice(shop.length + 1),
      order_number: "",
      state: "deleted",
      test: 0,
      total: "0",
      currency: "",
      created_at: now,
      updated_at: 0,
      triggered_at: "",
      payload_hash: "",
      cancelled_at: null,
      deleted_at: now,
      snapshot: null,
      first_seen_at: now,
      plan_again: 0,
    });
  } else {
    await updateRows(trx, "orders", { deleted_at: now }, { id });
  }
  await recordEvent(trx, {
    at: now,
    subject: "order",
    subjectId: id,
    name: "order.deleted",
    actor: "shopify",
    detail: { topic: origin.topic, webhook_id: origin.webhookId },
  });
  return true;
}

async function note(
  trx: DatabaseTransaction,
  input: { readonly order: Order; readonly origin: Origin; readonly now: number },
  name: string,
): Promise<void> {
  const { order, origin, now } = input;
  await recordEvent(trx, {
    at: now,
    subject: "order",
    subjectId: order.id,
    name,
    actor: "shopify",
    detail: {
      topic: origin.topic,
      webhook_id: origin.webhookId,
      updated_at: order.updatedAt,
      financial_status: order.financialStatus,
      cancelled: order.cancelledAt !== null,
      payload_hash: origin.payloadHash,
    },
  });
}

type Age = readonly [updatedAt: number, triggeredAt: string, hash: string];

function compare(a: Age, b: Age): number {
  for (const [index, own] of a.entries()) {
    const other = b[index] ?? own;
    if (own !== other) {
      return own > other ? 1 : -1;
    }
  }
  return 0;
}

/** RFC 3339 in UTC with any number of decimals → text that sorts by time. */
function sortable(triggeredAt: string | undefined): string {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?Z$/.exec(triggeredAt ?? "");
  return match === null ? "" : `${match[1]}.${(match[2] ?? "").padEnd(9, "0")}`;
}
