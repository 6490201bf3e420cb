// What could not be applied and waits for a person: webhooks (dead letters) and suppliers' files (quarantine). Lists read
// no bytes; a download reads one row.
import type { Database, DeadLettersTable, InboundFilesTable } from "../../database/schema.ts";
import { page, type Paged, type Position } from "./paging.ts";

type Settling = "settled_at" | "settled_by" | "settled_how";
export type DeadLetter = Omit<DeadLettersTable, "bytes" | "triggered_at" | Settling> & { readonly size: number };
export type QuarantinedFile = Omit<InboundFilesTable, "bytes" | Settling> & { readonly purchase_order_number: string | null };

interface PageOf {
  readonly after?: Position | undefined;
  readonly limit: number;
}

export async function listDeadLetters(db: Database, { after, limit }: PageOf): Promise<Paged<DeadLetter>> {
  let query = db
    .selectFrom("dead_letters")
    .select(["id", "kind", "shop", "topic", "webhook_id", "reason", "hash", "received_at"])
    .select((eb) => eb.fn<number>("length", ["bytes"]).as("size"))
    .where("settled_at", "is", null);
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple("received_at", "id"), "<", eb.tuple(after.at, after.id)));
  }
  const rows = await query
    .orderBy("received_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return page(rows, limit, (row) => ({ at: row.received_at, id: row.id }));
}

export async function readDeadLetter(db: Database, id: string): Promise<DeadLettersTable | undefined> {
  return await db.selectFrom("dead_letters").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function listQuarantine(db: Database, { after, limit }: PageOf): Promise<Paged<QuarantinedFile>> {
  let query = db
    .selectFrom("inbound_files")
    .leftJoin("purchase_orders", "purchase_orders.id", "inbound_files.purchase_order_id")
    .select([
      "inbound_files.id",
      "inbound_files.supplier",
      "inbound_files.kind",
      "inbound_files.name",
      "inbound_files.hash",
      "inbound_files.size",
      "inbound_files.state",
      "inbound_files.reason",
      "inbound_files.purchase_order_id",
      "inbound_files.received_at",
      "purchase_orders.number as purchase_order_number",
    ])
    .where("inbound_files.state", "=", "quarantined")
    .where("inbound_files.settled_at", "is", null);
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple("inbound_files.received_at", "inbound_files.id"), "<", eb.tuple(after.at, after.id)),
    );
  }
  const rows = await query
    .orderBy("inbound_files.received_at", "desc")
    .orderBy("inbound_files.id", "desc")
    .limit(limit + 1)
    .execute();
  return page(rows, limit, (row) => ({ at: row.received_at, id: row.id }));
}

export async function readInboundFile(db: Database, id: string): Promise<InboundFilesTable | undefined> {
  return await db.selectFrom("inbound_files").selectAll().where("id", "=", id).executeTakeFirst();
}
