// What was set aside until a person decides.

import type { NoticePurpose } from "../../domain/delivery/message.ts";

export interface TablesOfAttention {
  dead_letters: DeadLettersTable;
  tasks: TasksTable;
}

/** What a person is to tell a supplier about a purchase order that it has, because no document can. */
export interface TasksTable {
  id: string;
  purchase_order_id: string;
  purpose: NoticePurpose;
  /** Its place among what was said of the purchase order. */
  version: number;
  /** What is still wanted: domain/answers/notice.ts. */
  says: string;
  /** What to tell whom, and why no document does. */
  task: string;
  opened_at: number;
  settled_at: number | null;
  /** A person, or system. */
  settled_by: string | null;
  /** dropped: it need not be told any more. */
  settled_how: "accepted" | "rejected" | "discarded" | "dropped" | null;
  reason: string | null;
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
