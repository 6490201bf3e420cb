// Messages, the attempts at getting them to their suppliers, and what was uploaded.
import type { RenameKind } from "../../domain/delivery/delivery-table.ts";
import type { MessageKind, MessageState } from "../../domain/delivery/message.ts";

export interface TablesOfDeliveries {
  messages: MessagesTable;
  attempts: AttemptsTable;
  files: FilesTable;
  file_contents: FileContentsTable;
  companions: CompanionsTable;
  final_names: FinalNamesTable;
}

/** What is to be delivered about a purchase order. Whoever wrote it knows why it exists; this room gets it there. */
export interface MessagesTable {
  /** Of the first about a purchase order: the purchase order's. */
  id: string;
  kind: MessageKind;
  purchase_order_id: string;
  order_id: string;
  supplier: string;
  /** The purchase order's; null: it has none, and nothing can be sent. */
  number: string | null;
  /** Of its document; 0: none could be written. */
  version: number;
  /** Counts from 1 how often these bytes are sent: a further copy has a further name. */
  copy: number;
  /** What it says, without personal data: domain/delivery/says.ts, of a notice domain/answers/notice.ts. */
  says: string;
  state: MessageState;
  reason: string | null;
  state_since: number;
  /** Rises with each return to `ready`: a job of an older one has nothing to do. */
  generation: number;
  /** Failed attempts in a row. */
  failures: number;
  /** When the first of them failed. */
  failing_since: number | null;
  /** How often in a row the process ended while it was being sent. */
  crashes: number;
  /** 1: a worker took it in this process's life; 0: it waits, for a look or for its turn, and no crash can be its doing. */
  claimed: number;
  /** The attempt of another message whose file this one is in at this moment. */
  carried_by: string | null;
  /** 1: it goes in a file of its own. */
  alone: number;
  next_attempt_at: number;
  /** Since when it waits for its supplier's next sending time; null: it goes whatever the schedule says. */
  waits_since: number | null;
  /** 1: who wrote it must look at it again before it goes, should it come back unsent. */
  stale: number;
  /** Why it is not to be sent any more; null: it is, or may be yet. */
  unwanted: string | null;
  created_at: number;
  sent_at: number | null;
  inferred: number;
  /** 1: its sending stands in the journal. */
  journaled: number;
  /** When its file was seen to be gone from the supplier's folder, where that is looked at. */
  picked_up_at: number | null;
  /** What the supplier answered to it; rejected, of a notice: it is too late. */
  answer: "received" | "accepted" | "rejected" | "changed" | null;
  answered_at: number | null;
  answer_due_at: number | null;
  answer_overdue: number;
}

export interface AttemptsTable {
  id: string;
  /** Of a file with several: the one that it is named after, and whose claim it is. */
  message_id: string;
  version: number;
  copy: number;
  /** Counts the message's attempts from 1; part of the temporary name. */
  number: number;
  token: string;
  state: "sending" | "committing" | "sent" | "not-sent" | "abandoned" | "unknown";
  host: string;
  port: number;
  fingerprint: string | null;
  folder: string;
  temporary_path: string;
  final_path: string;
  size: number;
  hash: string;
  /** How its file gets its final name: of the intent. Null: there is none yet, or nobody knows. */
  rename_kind: RenameKind | null;
  started_at: number;
  intent_at: number | null;
  ended_at: number | null;
  failure: string | null;
  message: string | null;
}

export interface FilesTable {
  attempt_id: string;
  /** As they were uploaded. */
  bytes: Uint8Array;
}

export interface FileContentsTable {
  attempt_id: string;
  /** From 1, the attempt's own message. */
  position: number;
  message_id: string;
  version: number;
  copy: number;
}

export interface CompanionsTable {
  attempt_id: string;
  /** delivery-note: placed before the purchase order. marker: placed after it, and tells the supplier to read it. */
  kind: "delivery-note" | "marker";
  temporary_path: string;
  final_path: string;
  bytes: Uint8Array;
  /** When it was known to have its final name; null: it is not known. */
  placed_at: number | null;
}

export interface FinalNamesTable {
  /** host:port, lower case. */
  endpoint: string;
  /** The whole path in lower case: many servers ignore case, most overwrite silently on rename. */
  folded_path: string;
  path: string;
  message_id: string;
  version: number;
  copy: number;
}
