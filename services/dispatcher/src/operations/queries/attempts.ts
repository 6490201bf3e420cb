// The tries at sending what is said of one purchase order: those of its messages, and of files that they were in with others.
import type { Database } from "../../database/schema.ts";
import type { AttemptsTable, CompanionsTable } from "../../database/tables/deliveries.ts";
import type { MessageKind } from "../../domain/delivery/message.ts";

export interface AttemptDetail extends AttemptsTable {
  readonly kind: MessageKind;
  /** Of a supplier that takes several in one file: the purchase orders in it, in order; null: the file is the document. */
  readonly contents: readonly { readonly id: string; readonly number: string | null }[] | null;
  /** The file that tells the supplier to read; null: it needs none. */
  readonly marker: { readonly path: string; readonly placedAt: number | null } | null;
  /** The PDF that had to be there before the purchase order; null: none. */
  readonly deliveryNote: { readonly path: string; readonly placedAt: number | null } | null;
}

const messagesOf = (db: Database, purchaseOrder: string) =>
  db.selectFrom("messages").select("messages.id").where("messages.purchase_order_id", "=", purchaseOrder);

export async function listAttempts(db: Database, purchaseOrder: string): Promise<readonly AttemptDetail[]> {
  const attempts = await db
    .selectFrom("attempts")
    .innerJoin("messages", "messages.id", "attempts.message_id")
    .selectAll("attempts")
    .select("messages.kind")
    .where((eb) =>
      eb.or([
        eb("attempts.message_id", "in", messagesOf(db, purchaseOrder)),
        eb(
          "attempts.id",
          "in",
          eb.selectFrom("file_contents").select("attempt_id").where("message_id", "in", messagesOf(db, purchaseOrder)),
        ),
      ]),
    )
    .orderBy("attempts.started_at")
    .orderBy("attempts.number")
    .execute();
  const ids = attempts.map((attempt) => attempt.id);
  const contents =
    ids.length === 0
      ? []
      : await db
          .selectFrom("file_contents")
          .innerJoin("messages as message", "message.id", "file_contents.message_id")
          .select(["file_contents.attempt_id", "message.purchase_order_id as id", "message.number"])
          .where("file_contents.attempt_id", "in", ids)
          .orderBy("file_contents.position")
          .execute();
  const companions =
    ids.length === 0
      ? []
      : await db
          .selectFrom("companions")
          .select(["attempt_id", "kind", "final_path as path", "placed_at as placedAt"])
          .where("attempt_id", "in", ids)
          .execute();
  const companion = (attempt: string, kind: CompanionsTable["kind"]): AttemptDetail["marker"] => {
    const found = companions.find((one) => one.attempt_id === attempt && one.kind === kind);
    return found === undefined ? null : { path: found.path, placedAt: found.placedAt };
  };
  const byAttempt = Map.groupBy(contents, (one) => one.attempt_id);
  return attempts.map((attempt) => ({
    ...attempt,
    contents: byAttempt.get(attempt.id)?.map(({ id, number }) => ({ id, number })) ?? null,
    marker: companion(attempt.id, "marker"),
    deliveryNote: companion(attempt.id, "delivery-note"),
  }));
}

/** The exact bytes of a file with several purchase orders, as an attempt uploaded it, and the name that it had to get. */
export async function readUploadedFile(
  db: Database,
  of: { readonly purchaseOrder: string; readonly attempt: string },
): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
  const row = await db
    .selectFrom("files")
    .innerJoin("attempts", "attempts.id", "files.attempt_id")
    .innerJoin("file_contents", "file_contents.attempt_id", "files.attempt_id")
    .select(["files.bytes", "attempts.final_path"])
    .where("files.attempt_id", "=", of.attempt)
    .where("file_contents.message_id", "in", messagesOf(db, of.purchaseOrder))
    .executeTakeFirst();
  return row && { name: row.final_path.slice(row.final_path.lastIndexOf("/") + 1), bytes: row.bytes };
}
