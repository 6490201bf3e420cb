// Writing the journal from the state: an intent as part of the protocol, before the rename; a sending as soon as it is
// committed, and by the sweep whatever a crash kept from being written (evidence and persons send, too).
import type { Database } from "../database/schema.ts";
import { statement, updateRows } from "../database/statements.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { AttemptsTable, MessagesTable } from "../database/tables/deliveries.ts";
import { isNotice } from "../domain/delivery/message.ts";
import { NotJournaled } from "../domain/delivery/failure.ts";
import type { Journal, JournalEntry } from "./journal.ts";

export interface Journaling {
  /** Before anything is uploaded: throws NotJournaled where nothing could be written the last time, and still cannot be. */
  ready(): Promise<void>;
  /** A line for each message in the file. Throws NotJournaled when they cannot be written, whole and for certain: nothing may be renamed. */
  intent(file: readonly MessagesTable[], attempt: AttemptsTable): Promise<void>;
  /**
   * It was not renamed, for certain: the server refused that, or its intent could not be written. False: this could not be
   * written either; then the uploaded file must stay, or a restored database would find both names gone, and infer that the
   * supplier has taken it.
   */
  withdrawn(file: readonly MessagesTable[], attempt: AttemptsTable): Promise<boolean>;
  /** A line for each of these that is sent. What fails is told of, and left to `catchUp`. */
  sent(messages: readonly string[]): Promise<void>;
  /**
   * Writes every sending that does not stand in the journal yet, and notes in the database which do; a line that a crash kept from being
   * noted is written again. What fails is told of, and left to the next call.
   */
  catchUp(): Promise<void>;
}

const unwritten = (db: Database) =>
  db
    .selectFrom("messages")
    .leftJoin("documents", (join) =>
      join
        .onRef("documents.purchase_order_id", "=", "messages.purchase_order_id")
        .onRef("documents.version", "=", "messages.version"),
    )
    .selectAll("messages")
    .select("documents.hash")
    .where("messages.journaled", "=", 0)
    .where("messages.sent_at", "is not", null);

const unwrittenOf = statement((db, message: string) => unwritten(db).where("messages.id", "=", message));

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

  const entryOf = (kind: "intent" | "withdrawn", message: MessagesTable, attempt: AttemptsTable): JournalEntry => ({
    kind,
    at: now(),
    ...about(message),
    attempt: attempt.id,
    path: attempt.final_path,
    hash: attempt.hash,
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

  /** Lines of sendings that the database does not know to be written, with their times: marked by the sweep, all at once. */
  const written = new Map<string, number>();

  const write = async (rows: readonly (MessagesTable & { readonly hash: string | null })[]): Promise<void> => {
    const missing = rows.flatMap(({ sent_at: at, ...row }) =>
      at === null || written.get(row.id) === at ? [] : [{ ...row, sent_at: at }],
    );
    const lines = missing.map((row) => ({
      kind: "sent" as const,
      at: row.sent_at,
      ...about(row),
      attempt: null,
      path: null,
      hash: row.hash ?? "",
    }));
    if ((await append(lines)) === undefined) {
      missing.forEach((row) => written.set(row.id, row.sent_at));
    }
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
      const failure = await append(file.map((message) => entryOf("intent", message, attempt)));
      if (failure !== undefined) {
        throw new NotJournaled(failure.message, { cause: failure });
      }
    },

    async withdrawn(file, attempt) {
      return (await append(file.map((message) => entryOf("withdrawn", message, attempt)))) === undefined;
    },

    async sent(ids) {
      const rows = [];
      for (const id of ids) {
        rows.push(...(await unwrittenOf.all(database.db, id)));
      }
      await write(rows);
    },

    async catchUp() {
      await write(await unwritten(database.db).limit(1_000).execute());
      const marks = [...written];
      if (marks.length > 0) {
        await database.transaction(async (trx) => {
          for (const [id, sentAt] of marks) {
            await updateRows(trx, "messages", { journaled: 1 }, { id, sent_at: sentAt });
          }
        });
        marks.forEach(([id, sentAt]) => written.get(id) === sentAt && written.delete(id));
      }
    },
  };
}

/** What a line tells of its message, in the order in which it stands there. */
const about = (message: MessagesTable) => ({
  purchaseOrder: message.purchase_order_id,
  message: message.id,
  order: message.order_id,
  supplier: message.supplier,
  number: message.number ?? "",
  version: message.version,
  copy: message.copy,
  ...(isNotice(message.kind)
    ? { says: null, notice: { of: message.purchase_order_id, says: message.says } }
    : { says: message.says, notice: null }),
});
