import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { rebuild, redefine } from "./rebuild.ts";

/**
 * What a supplier is asked to ship and what is delivered about it were one row; so were notices, and what a person tells a supplier.
 * A message has the id of the row that it was: what points at it, the journal too, goes on pointing at it.
 */
export const messages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await makeMessages(db);
    await makeTasks(db);
    await moveDocuments(db);
    await sql`update inbound_files set purchase_order_id =
      (select notice_of from purchase_orders po where po.id = inbound_files.purchase_order_id)
      where purchase_order_id in (select id from purchase_orders where notice_of is not null)`.execute(db);
    await rebuildMovements(db);
    for (const table of ["attempts", "file_contents", "final_names"]) {
      await sql`alter table ${sql.id(table)} rename column purchase_order_id to message_id`.execute(db);
      await redefine(db, table, (definition) => definition.replace(/references "purchase_orders"/i, 'references "messages"'));
    }
    await rebuildPurchaseOrders(db);
    await db.schema.alterTable("lost_sendings").renameColumn("noticed", "says").execute();
    await db.schema.alterTable("lost_sendings").addColumn("hash", "text").execute();
  },
};

async function makeMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("messages")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
    .addColumn("order_id", "text", (c) => c.notNull())
    .addColumn("supplier", "text", (c) => c.notNull())
    .addColumn("number", "text")
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("copy", "integer", (c) => c.notNull())
    .addColumn("says", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("reason", "text")
    .addColumn("state_since", "bigint", (c) => c.notNull())
    .addColumn("generation", "integer", (c) => c.notNull())
    .addColumn("failures", "integer", (c) => c.notNull())
    .addColumn("failing_since", "bigint")
    .addColumn("crashes", "integer", (c) => c.notNull())
    .addColumn("claimed", "integer", (c) => c.notNull())
    .addColumn("carried_by", "text", (c) => c.references("attempts.id"))
    .addColumn("alone", "integer", (c) => c.notNull())
    .addColumn("next_attempt_at", "bigint", (c) => c.notNull())
    .addColumn("waits_since", "bigint")
    .addColumn("stale", "integer", (c) => c.notNull())
    .addColumn("unwanted", "text")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("sent_at", "bigint")
    .addColumn("inferred", "integer", (c) => c.notNull())
    .addColumn("journaled", "integer", (c) => c.notNull())
    .addColumn("picked_up_at", "bigint")
    .addColumn("answer", "text")
    .addColumn("answered_at", "bigint")
    .addColumn("answer_due_at", "bigint")
    .addColumn("answer_overdue", "integer", (c) => c.notNull())
    .execute();

  // One that was only held, and never tried, has none yet. An answered notice stays sent; one that nobody waits for is withdrawn.
  await sql`insert into messages select
      id,
      coalesce(purpose, case when resend = 'replacement' then 'replacement' else 'order' end),
      coalesce(notice_of, id), order_id, supplier, number, version, copy,
      case when purpose is not null then coalesce(noticed, '') else (
        select json_group_array(json_array(line_id, units)) from (
          select line_id, units from purchase_order_lines line where line.purchase_order_id = po.id order by line_id)) end,
      case
        when state in ('ready', 'sending', 'sent', 'unknown', 'failed') then state
        when state = 'closed' and purpose is null and sent_at is not null then 'sent'
        when state = 'closed' and purpose is not null and acknowledgement in ('accepted', 'rejected') then 'sent'
        else 'withdrawn' end,
      reason, coalesce(state_since, created_at), generation, failures, failing_since, crashes, claimed, carried_by,
      case when alone = 1 or purpose is not null or resend is not null then 1 else 0 end,
      next_attempt_at, waits_since,
      case when purpose is null then plan_again else 0 end,
      case when purpose is null and cancel_wanted_at is not null and state in ('ready', 'sending')
          then coalesce(cancel_reason, 'cancelled')
        when state = 'cancelled' or (state = 'closed' and purpose is null and sent_at is null)
          or (state = 'closed' and purpose is not null and coalesce(acknowledgement, '') not in ('accepted', 'rejected'))
          then coalesce(reason, state) end,
      created_at,
      case when sent_at is null and state = 'closed' and purpose is not null and acknowledgement in ('accepted', 'rejected')
        then acknowledged_at else sent_at end,
      inferred, journaled, picked_up_at, acknowledgement, acknowledged_at,
      case when state = 'sent' then acknowledgement_due_at end,
      case when state = 'sent' then acknowledgement_overdue else 0 end
    from purchase_orders po
    where by_hand = 0 and (
      purpose is not null or sent_at is not null or state in ('ready', 'sending', 'sent', 'unknown', 'failed')
      or exists (select 1 from attempts where attempts.purchase_order_id = po.id)
      or exists (select 1 from file_contents where file_contents.purchase_order_id = po.id)
      or exists (select 1 from final_names where final_names.purchase_order_id = po.id))`.execute(db);

  await db.schema.createIndex("messages_due").on("messages").columns(["supplier", "state", "next_attempt_at"]).execute();
  await db.schema.createIndex("messages_by_state").on("messages").columns(["state", "state_since", "id"]).execute();
  await db.schema.createIndex("messages_by_kind").on("messages").columns(["kind", "state"]).execute();
  await db.schema
    .createIndex("messages_by_purchase_order")
    .on("messages")
    .columns(["purchase_order_id", "version", "copy"])
    .execute();
  await db.schema.createIndex("messages_to_journal").on("messages").columns(["journaled", "sent_at"]).execute();
  await db.schema.createIndex("messages_unanswered").on("messages").columns(["answer_overdue", "answer_due_at"]).execute();
  await db.schema.createIndex("messages_carried_by").on("messages").column("carried_by").execute();
  await db.schema.createIndex("messages_stale").on("messages").columns(["stale", "state"]).execute();
  // Whether anything was ever sent to a supplier, and when the last.
  await db.schema.createIndex("messages_sent_to").on("messages").columns(["supplier", "sent_at"]).execute();
}

/** What a person tells a supplier is no document, and waits for nobody's server. */
async function makeTasks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("tasks")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
    .addColumn("purpose", "text", (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("says", "text", (c) => c.notNull())
    .addColumn("task", "text", (c) => c.notNull())
    .addColumn("opened_at", "bigint", (c) => c.notNull())
    .addColumn("settled_at", "bigint")
    .addColumn("settled_by", "text")
    .addColumn("settled_how", "text")
    .addColumn("reason", "text")
    .execute();
  const ofEvent = (value: "actor" | "reason", names: readonly string[]) => sql`(
    select ${value === "actor" ? sql`actor` : sql`json_extract(detail, '$.reason')`} from events
    where subject = 'purchase-order' and subject_id = po.id and name in (${sql.join(names.map((name) => `purchase_order.${name}`))})
    order by events.id desc limit 1)`;
  await sql`insert into tasks select
      id, notice_of, purpose, version, coalesce(noticed, ''),
      coalesce(case when state = 'failed' then reason end, ${ofEvent("reason", ["failed"])}, reason, ''),
      created_at,
      case when state in ('closed', 'cancelled') then coalesce(acknowledged_at, state_since, created_at) end,
      case when state in ('closed', 'cancelled') then coalesce(${ofEvent("actor", ["closed", "cancelled"])}, 'system') end,
      case when state = 'cancelled' then 'dropped'
        when state = 'closed' then case when acknowledgement in ('accepted', 'rejected') then acknowledgement else 'discarded' end end,
      case when state = 'cancelled' then reason end
    from purchase_orders po where by_hand = 1`.execute(db);
  await db.schema.createIndex("tasks_open").on("tasks").columns(["settled_at", "opened_at", "id"]).execute();
  await db.schema.createIndex("tasks_by_purchase_order").on("tasks").column("purchase_order_id").execute();
}

/** Versions of a purchase order and of the notices about it count together: their documents stand together, too. */
async function moveDocuments(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string; about: string; version: number }>`
    select po.id, po.notice_of as about, documents.version from documents
    join purchase_orders po on po.id = documents.purchase_order_id
    where po.notice_of is not null order by po.created_at`.execute(db);
  for (const { id, about, version } of rows) {
    const { rows: taken } = await sql<{ last: number; clashes: number }>`
      select max(version) as last, sum(version = ${version}) as clashes from documents where purchase_order_id = ${about}`.execute(
      db,
    );
    // A restored database may have written the same version of both. Both stay: the notice's gets the next.
    const clashes = (taken[0]?.clashes ?? 0) > 0;
    const free = clashes ? (taken[0]?.last ?? 0) + 1 : version;
    await sql`update documents set purchase_order_id = ${about}, version = ${free}
      where purchase_order_id = ${id} and version = ${version}`.execute(db);
    if (clashes) {
      await sql`update messages set version = ${free} where id = ${id}`.execute(db);
    }
  }
}

async function rebuildMovements(db: Kysely<unknown>): Promise<void> {
  await sql`alter table stock_movements add column by text not null default ''`.execute(db);
  await sql`update stock_movements set by = purchase_order_id where kind = 'withdrawn'`.execute(db);
  await redefine(db, "stock_movements", (definition) =>
    definition.replace(/("purchase_order_id", "line_number", "kind")/, '$1, "by"'),
  );
  await sql`update stock_movements set purchase_order_id =
    (select notice_of from purchase_orders po where po.id = stock_movements.purchase_order_id)
    where purchase_order_id in (select id from purchase_orders where notice_of is not null)`.execute(db);
}

async function rebuildPurchaseOrders(db: Kysely<unknown>): Promise<void> {
  await sql`alter table purchase_orders add column stage text not null default 'open'`.execute(db);
  await sql`update purchase_orders set stage = state where state in ('closed', 'cancelled')`.execute(db);
  await sql`alter table purchase_orders add column message_id text`.execute(db);
  await sql`update purchase_orders set message_id = id where id in (select id from messages)`.execute(db);
  await sql`alter table purchase_orders add column message_state text`.execute(db);
  await sql`update purchase_orders set message_state = (select state from messages where messages.id = message_id)`.execute(db);
  await sql`alter table purchase_orders add column since bigint`.execute(db);
  await sql`update purchase_orders set since = coalesce(state_since, created_at)`.execute(db);
  await sql`pragma defer_foreign_keys = on`.execute(db);
  await sql`delete from purchase_orders where notice_of is not null`.execute(db);
  await rebuild(db, {
    table: "purchase_orders",
    columns:
      "id order_id supplier number stage message_id message_state reason since version cancel_wanted_at cancel_reason created_at released_at acknowledged_at acknowledgement net net_currency noticed notify".split(
        " ",
      ),
    create: () =>
      db.schema
        .createTable("purchase_orders")
        .addColumn("id", "text", (c) => c.primaryKey())
        .addColumn("order_id", "text", (c) => c.notNull().references("orders.id"))
        .addColumn("supplier", "text", (c) => c.notNull())
        .addColumn("number", "text")
        .addColumn("stage", "text", (c) => c.notNull())
        .addColumn("message_id", "text", (c) => c.references("messages.id"))
        .addColumn("message_state", "text")
        .addColumn("state", "text", (c) =>
          c.generatedAlwaysAs(sql`case
            when stage <> 'open' then stage
            when message_state is null or message_state = 'withdrawn' then 'held'
            else message_state end`),
        )
        .addColumn("reason", "text")
        .addColumn("since", "bigint", (c) => c.notNull())
        .addColumn("version", "integer", (c) => c.notNull())
        .addColumn("cancel_wanted_at", "bigint")
        .addColumn("cancel_reason", "text")
        .addColumn("created_at", "bigint", (c) => c.notNull())
        .addColumn("released_at", "bigint")
        .addColumn("acknowledged_at", "bigint")
        .addColumn("acknowledgement", "text")
        .addColumn("net", "text")
        .addColumn("net_currency", "text")
        .addColumn("noticed", "text")
        .addColumn("notify", "integer", (c) => c.notNull())
        .execute(),
  });
  const index = (name: string) => db.schema.createIndex(name).on("purchase_orders");
  await index("one_number_per_supplier").unique().columns(["supplier", "number"]).execute();
  await index("purchase_orders_by_order").columns(["order_id"]).execute();
  await index("purchase_orders_by_age").columns(["created_at", "id"]).execute();
  await index("purchase_orders_by_state").columns(["state", "created_at", "id"]).execute();
  await index("purchase_orders_by_supplier").columns(["supplier", "state"]).execute();
  await index("purchase_orders_to_notify").columns(["state"]).where(sql.ref("notify"), "=", sql.lit(1)).execute();

  // How its message stands, beside it: so its state is a column, which an index has.
  await sql`create trigger message_state_changed after update of state on messages begin
    update purchase_orders set message_state = new.state where id = new.purchase_order_id and message_id = new.id;
  end`.execute(db);
  await sql`create trigger message_chosen after update of message_id on purchase_orders begin
    update purchase_orders set message_state = (select state from messages where id = new.message_id) where id = new.id;
  end`.execute(db);
}
