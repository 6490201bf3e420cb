// Receiving one file: its bytes are kept, the same bytes are applied once where its kind says so, and what cannot be applied
// whole is set aside whole. A file that may end the process is counted before it is read, and one that did so three times is
// set aside.
import { createHash } from "node:crypto";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { InboundFilesTable } from "../database/tables/inbound.ts";
import { MOST_CRASHES, type UnendedWork } from "../database/unended.ts";
import type { AnswerTo } from "../domain/answers/notice.ts";
import type { FileKind, FileOutcome, ReceivedFile } from "./file-kind.ts";

export type Received = FileOutcome | { readonly kind: "duplicate" };

export interface Receiving {
  /** `to`: what a person says that it answers. */
  receive(kind: FileKind, file: ReceivedFile, to?: AnswerTo): Promise<Received>;
  /** As `receive`, of a file that may end the process. */
  receiveGuarded(kind: FileKind, file: ReceivedFile): Promise<Received>;
  setAside(kind: FileKind, file: ReceivedFile, reason: string): Promise<void>;
}

export function createReceiving(options: {
  readonly database: OpenDatabase;
  readonly unended: UnendedWork;
  readonly now: () => number;
  readonly newId: () => string;
}): Receiving {
  const { database, unended, now } = options;

  const receive: Receiving["receive"] = (kind, file, to) =>
    database.transaction(async (trx): Promise<Received> => {
      if (kind.repeats === "once" && (await wasApplied(trx, file))) {
        return { kind: "duplicate" };
      }
      const outcome = await kind.apply(trx, file, to);
      switch (outcome.kind) {
        case "applied":
          await keep(trx, kind, file, { state: "applied", reason: null, purchaseOrder: outcome.purchaseOrder });
          return outcome;
        case "set-aside":
          await keep(trx, kind, file, { state: "quarantined", reason: outcome.reason, purchaseOrder: outcome.purchaseOrder });
          return outcome;
        case "not-readable-yet":
          return outcome;
      }
    });

  const setAside: Receiving["setAside"] = (kind, file, reason) =>
    database.transaction((trx) => keep(trx, kind, file, { state: "quarantined", reason, purchaseOrder: null }));

  return {
    receive,
    setAside,

    async receiveGuarded(kind, file) {
      const key = `file ${file.supplier} ${hashOf(file.bytes)}`;
      const crashes = await unended.start(key);
      try {
        if (crashes >= MOST_CRASHES) {
          const reason = `reading it ended the process ${crashes} times: it is not read again until a person does`;
          await setAside(kind, file, reason);
          await unended.end(key);
          return { kind: "set-aside", reason, purchaseOrder: null };
        }
        const received = await receive(kind, file);
        await unended.end(key);
        return received;
      } catch (error) {
        await unended.takeBack(key);
        throw error;
      }
    },
  };

  async function keep(
    trx: DatabaseTransaction,
    kind: FileKind,
    file: ReceivedFile,
    result: { readonly state: InboundFilesTable["state"]; readonly reason: string | null; readonly purchaseOrder: string | null },
  ): Promise<void> {
    const at = now();
    const hash = hashOf(file.bytes);
    const known = await trx
      .selectFrom("inbound_files")
      .select(["id", "state", "received_at", "settled_at"])
      .where("supplier", "=", file.supplier)
      .where("hash", "=", hash)
      .executeTakeFirst();
    const id = known?.id ?? options.newId();
    const stillWaits = known?.state === "quarantined" && known.settled_at === null && result.state === "quarantined";
    const received = stillWaits ? known.received_at : at;
    await trx
      .insertInto("inbound_files")
      .values({
        id,
        supplier: file.supplier,
        kind: kind.kind,
        name: file.path,
        hash,
        size: file.bytes.byteLength,
        bytes: file.bytes,
        state: result.state,
        reason: result.reason,
        purchase_order_id: result.purchaseOrder,
        received_at: received,
        settled_at: null,
        settled_by: null,
        settled_how: null,
      })
      .onConflict((conflict) =>
        conflict.columns(["supplier", "hash"]).doUpdateSet({
          name: file.path,
          state: result.state,
          reason: result.reason,
          purchase_order_id: result.purchaseOrder,
          received_at: received,
          settled_at: null,
          settled_by: null,
          settled_how: null,
        }),
      )
      .execute();
    await recordEvent(trx, {
      at,
      subject: "file",
      subjectId: id,
      name: `file.${result.state}`,
      actor: file.supplier,
      detail: { path: file.path, reason: result.reason },
    });
  }
}

const wasApplied = async (trx: DatabaseTransaction, file: ReceivedFile): Promise<boolean> =>
  (await trx
    .selectFrom("inbound_files")
    .select("id")
    .where("supplier", "=", file.supplier)
    .where("hash", "=", hashOf(file.bytes))
    .where("state", "=", "applied")
    .executeTakeFirst()) !== undefined;

/** SHA-256 of a file's bytes, by which it is known. */
export const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
