// Of a dead letter: what happened to it, and its bytes.
import type { DeadLetterKey } from "../../attention/attention.ts";
import type { Database } from "../../database/schema.ts";
import type { EventsTable } from "../../database/tables/process.ts";
import { documentName } from "../download.ts";
import { readDocument } from "./purchase-orders.ts";

/** What its events are about. */
export const subjectOfEvents = (kind: DeadLetterKey["kind"]): EventsTable["subject"] =>
  kind === "webhook" ? "dead-letter" : kind === "notice" ? "purchase-order" : kind;

interface DeadLetterBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
}

/** Of a purchase order and a notice: the document of its version. */
export async function readDeadLetterBytes(db: Database, { kind, id }: DeadLetterKey): Promise<DeadLetterBytes | undefined> {
  switch (kind) {
    case "purchase-order": {
      const po = await db.selectFrom("purchase_orders").select(["number", "version"]).where("id", "=", id).executeTakeFirst();
      const document = po && (await readDocument(db, { purchaseOrder: id, version: po.version }));
      return (
        document && {
          name: documentName({ number: po.number, id, version: document.version, mediaType: document.media_type }),
          bytes: document.bytes,
          mediaType: document.media_type,
        }
      );
    }
    case "notice": {
      const message = await db.selectFrom("messages").selectAll().where("id", "=", id).executeTakeFirst();
      const { purchase_order_id: purchaseOrder, version, number } = message ?? {};
      const document = purchaseOrder === undefined ? undefined : await readDocument(db, { purchaseOrder, version });
      return (
        document && {
          name: documentName({ number: number ?? null, id, version: document.version, mediaType: document.media_type }),
          bytes: document.bytes,
          mediaType: document.media_type,
        }
      );
    }
    case "webhook": {
      const row = await db.selectFrom("dead_letters").select("bytes").where("id", "=", id).executeTakeFirst();
      return row && { name: `dead-letter-${id}.json`, bytes: row.bytes };
    }
    case "file": {
      const row = await db
        .selectFrom("inbound_files")
        .select(["supplier", "name", "bytes"])
        .where("id", "=", id)
        .executeTakeFirst();
      return row && { name: `${row.supplier}-${row.name.slice(row.name.lastIndexOf("/") + 1)}`, bytes: row.bytes };
    }
  }
}
