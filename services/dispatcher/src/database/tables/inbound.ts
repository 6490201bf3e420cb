// Suppliers' files.

export interface TablesOfInbound {
  inbound_files: InboundFilesTable;
  kept_files: KeptFilesTable;
}

export interface InboundFilesTable {
  id: string;
  supplier: string;
  kind: "acknowledgement";
  name: string;
  hash: string;
  size: number;
  bytes: Uint8Array;
  state: "applied" | "quarantined";
  reason: string | null;
  purchase_order_id: string | null;
  received_at: number;
  settled_at: number | null;
  /** A person. */
  settled_by: string | null;
  settled_how: "retried" | "discarded" | null;
}

export interface KeptFilesTable {
  supplier: string;
  path: string;
  size: number;
  /** As the server tells; null where it does not. */
  modified_at: number | null;
  hash: string;
  /** When its folder listed it last, to the day. */
  listed_at: number;
}
