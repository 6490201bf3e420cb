// What was set aside until a person decides.

export interface TablesOfAttention {
  dead_letters: DeadLettersTable;
}

export interface DeadLettersTable {
  id: string;
  kind: "webhook";
  shop: string;
  topic: string;
  webhook_id: string;
  reason: string;
  bytes: Uint8Array;
  hash: string;
  received_at: number;
  /** X-Shopify-Triggered-At, as Shopify wrote it. */
  triggered_at: string | null;
  settled_at: number | null;
  /** A person. */
  settled_by: string | null;
  settled_how: "retried" | "discarded" | null;
}
