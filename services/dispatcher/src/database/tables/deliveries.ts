// Attempts at getting a purchase order to its supplier, and what was uploaded.
import type { RenameKind } from "../../domain/delivery/delivery-table.ts";

export interface TablesOfDeliveries {
  attempts: AttemptsTable;
  files: FilesTable;
  file_contents: FileContentsTable;
  companions: CompanionsTable;
  final_names: FinalNamesTable;
}

export interface AttemptsTable {
  id: string;
  /** Of a file with several: the one that it is named after, and whose claim it is. */
  purchase_order_id: string;
  version: number;
  copy: number;
  /** Counts the purchase order's attempts from 1; part of the temporary name. */
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
  /** From 1, the attempt's own purchase order. */
  position: number;
  purchase_order_id: string;
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
  purchase_order_id: string;
  version: number;
  copy: number;
}
