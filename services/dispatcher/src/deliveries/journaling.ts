// Writing the journal from the state: an intent as part of the protocol, before the rename; a sending as soon as it is
// committed, and by the sweep whatever a crash kept from being written (evidence and persons send, too).
import type { OpenDatabase } from "../database/open.ts";
import type { AttemptsTable } from "../database/tables/deliveries.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { NotJournaled } from "../domain/delivery/failure.ts";
import type { Journal, JournalEntry } from "./journal.ts";

export interface Journaling {
  /** Before anything is uploaded: throws NotJournaled where nothing could be written the last time, and still cannot be. */
  ready(): Promise<void>;
  /** A line for each purchase order in the file. Throws NotJournaled when they cannot be written, whole and for certain: nothing may be renamed. */
  intent(file: readonly PurchaseOrdersTable[], attempt: AttemptsTable): Promise<void>;
  /**
   * It was not renamed, for certain: the server refused that, or its intent could not be written. False: this could not be
   * written either; then the uploaded file must stay, or a restored database would find both names gone, and infer that the
   * supplier has taken it.
   */
  withdrawn(file: readonly PurchaseOrdersTable[], attempt: AttemptsTable): Promise<boolean>;
  /** Writes every sending that does not stand in the journal yet. What fails is told of, and left to the next call. */
  catchUp(): Promise<void>;
}

export function createJournaling(options: {
  readonly database: OpenDatabase;
  readonly journal: Journal;
  readonly now: () => number;
  /** It cannot be written, after it could. */
  readonly onFailure: (error: Error) => Promise<void>;
  /** It can be written, after it could not, or for the first time. */
  readonly onSuccess: () => Promise<void>;
}): Journaling {
  const { database, journal, now } = options;

  const entryOf = (kind: "intent" | "withdrawn", po: PurchaseOrdersTable, attempt: AttemptsTable): JournalEntry => ({
    kind,
    at: now(),
    purchaseOrder: po.id,
    order: po.order_id,
    supplier: po.supplier,
    number: po.number ?? "",
    version: po.version,
    copy: po.copy,
    attempt: attempt.id,
    path: attempt.final_path,
    hash: attempt.hash,
    notice: noticeOf(po),
  });

  /** Told of at each change. */
  let failing: boolean | undefined;

  const append = async (entries: readonly JournalEntry[]): Promise<Error | undefined> => {
    if (entries.length === 0) {
      return undefined;
    }
    try {
      await journal.append(entries);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (failing !== true) {
        failing = true;
        await options.onFailure(failure);
      }
      return failure;
    }
    if (failing !== false) {
      // What is written is written: where people cannot be told that now, they are with the next line.
      failing = await options.onSuccess().then(
        () => false,
        () => undefined,
      );
    }
    return undefined;
  };

  return {
    async ready() {
      if (failing !== true) {
        return;
      }
      try {
        // A line end, after one that may be cut off. Only a line of ours ends the alert.
        await journal.append([]);
      } catch (error) {
        throw new NotJournaled(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },

    async intent(file, attempt) {
      const failure = await append(file.map((po) => entryOf("intent", po, attempt)));
      if (failure !== undefined) {
        throw new NotJournaled(failure.message, { cause: failure });
      }
    },

    async withdrawn(file, attempt) {
      return (await append(file.map((po) => entryOf("withdrawn", po, attempt)))) === undefined;
    },

    async catchUp() {
      const rows = await database.db
        .selectFrom("purchase_orders as po")
        .leftJoin("documents", (join) =>
          join.onRef("documents.purchase_order_id", "=", "po.id").onRef("documents.version", "=", "po.version"),
        )
        .select(["po.id", "po.order_id", "po.supplier", "po.number", "po.version", "po.copy", "po.sent_at", "documents.hash"])
        .select(["po.notice_of", "po.noticed"])
        .where("po.journaled", "=", 0)
        .where("po.sent_at", "is not", null)
        .limit(1_000)
        .execute();
      const failure = await append(
        rows.map((row) => ({
          kind: "sent" as const,
          at: row.sent_at ?? now(),
          purchaseOrder: row.id,
          order: row.order_id,
          supplier: row.supplier,
          number: row.number ?? "",
          version: row.version,
          copy: row.copy,
          attempt: null,
          path: null,
          hash: row.hash ?? "",
          notice: noticeOf(row),
        })),
      );
      if (failure !== undefined) {
        return;
      }
      for (const row of rows) {
        // Not if it was sent again meanwhile, which sets journaled back.
        await database.db
          .updateTable("purchase_orders")
          .set({ journaled: 1 })
          .where("id", "=", row.id)
          .where("sent_at", "=", row.sent_at)
          .where("copy", "=", row.copy)
          .execute();
      }
    },
  };
}

const noticeOf = ({ notice_of: of, noticed }: Pick<PurchaseOrdersTable, "notice_of" | "noticed">): JournalEntry["notice"] =>
  of === null ? null : { of, says: noticed ?? "" };
