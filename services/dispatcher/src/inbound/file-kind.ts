// What a file from a supplier can be. The reader of folders (poll.ts) looks, claims, reads, keeps, puts away and sets aside, and
// knows no kind; a kind says what a file of it does, and lives in the room that owns what it changes.
import type { DatabaseTransaction } from "../database/schema.ts";
import type { InboundFilesTable } from "../database/tables/inbound.ts";
import type { AnswerTo } from "../domain/answers/notice.ts";

export interface ReceivedFile {
  readonly supplier: string;
  /** With its folder, as the supplier named it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** It did what it says. */
export interface Applied {
  readonly kind: "applied";
  /** The one that it is about, and its number; null: it is about none, or about many. */
  readonly purchaseOrder: string | null;
  readonly number: string | null;
  /** What it said, in a word, for the log. */
  readonly status: string;
  /** In the supplier's words. */
  readonly reason: string | null;
}

export type FileOutcome =
  | Applied
  /** It is readable, and can not be applied whole: a person must look. `purchaseOrder`: the one that it names, if any. */
  | { readonly kind: "set-aside"; readonly reason: string; readonly purchaseOrder: string | null }
  /** Perhaps it is still being written. */
  | { readonly kind: "not-readable-yet"; readonly reason: string };

export interface FileKind {
  readonly kind: InboundFilesTable["kind"];
  /** Bytes. A larger file is set aside unread: reading it would hold up everything else. */
  readonly largestBytes: number;
  /**
   * once: the same bytes are applied once, however often they come, and also after others came between: not for a list that may
   * return to an old state. always: the same bytes again are news.
   */
  readonly repeats: "once" | "always";
  /** Not asked yet, since each folder has one kind: whether a folder that holds several has one of this here. `head`: its first kilobytes. */
  recognise(head: Uint8Array): boolean;
  /**
   * Applies it in the transaction that keeps its bytes. Writes nothing unless it returns `applied`: set aside whole, or applied
   * whole. `to`: what a person says that it answers, which it does not say itself.
   */
  apply(trx: DatabaseTransaction, file: ReceivedFile, to?: AnswerTo): Promise<FileOutcome>;
}
