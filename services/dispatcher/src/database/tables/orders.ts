// Orders, the purchase orders made of them, and their documents.
import type { Generated, GeneratedAlways } from "kysely";
import type { MessageState } from "../../domain/delivery/message.ts";
import type { orderStates } from "../../domain/order/order.ts";
import type { PurchaseOrderState, Stage } from "../../domain/purchase-order/purchase-order.ts";

export interface TablesOfOrders {
  orders: OrdersTable;
  order_lines: OrderLinesTable;
  purchase_orders: PurchaseOrdersTable;
  purchase_order_lines: PurchaseOrderLinesTable;
  holds: HoldsTable;
  documents: DocumentsTable;
  companion_documents: CompanionDocumentsTable;
  lost_sendings: LostSendingsTable;
}

export interface OrdersTable {
  id: string;
  shop: string;
  name: string;
  order_number: string;
  /** new: not planned yet. */
  state: (typeof orderStates)[number];
  test: number;
  total: string;
  currency: string;
  created_at: number;
  updated_at: number;
  /** Of the webhook that brought the snapshot, as Shopify wrote it: compared as text at equal updated_at. */
  triggered_at: string;
  payload_hash: string;
  cancelled_at: number | null;
  deleted_at: number | null;
  /** The domain's Order as JSON; null for an order known only by its deletion. */
  snapshot: string | null;
  first_seen_at: number;
  /** 1: what it was planned with has changed: the sweep plans it again. */
  plan_again: number;
}

export interface OrderLinesTable {
  order_id: string;
  line_id: string;
  position: number;
  sku: string | null;
  title: string;
  /** The most units that Shopify ever said were ordered. Σ allocations ≤ this, as a constraint. */
  ordered: number;
  allocated: Generated<number>;
  current: number;
  fulfilled: number;
  elsewhere: number;
  returned: number;
  decision: "supplier" | "nobody" | "unmatched" | "facts-missing" | "nothing-to-order";
  reason: string;
  /** Of an unmatched one. */
  cause: "no-rule" | "tie" | "pack" | null;
  too_many: number;
}

/** What a supplier is asked to ship, and what it said to that. */
export interface PurchaseOrdersTable {
  id: string;
  order_id: string;
  supplier: string;
  /** Null while it does not fit the supplier's pattern; then it is held. */
  number: string | null;
  stage: Stage;
  /** The message that asks its supplier for it now; null: there was none yet. */
  message_id: string | null;
  /** Of that message: a trigger keeps it. */
  message_state: GeneratedAlways<MessageState | null>;
  /** stateOf() of the two (domain/purchase-order/purchase-order.ts), by the database, so that an index has it. */
  state: GeneratedAlways<PurchaseOrderState>;
  /** Why it is held, closed or cancelled; else its message knows. */
  reason: string | null;
  /** Since when it is held, closed or cancelled; else its message knows. */
  since: number;
  /** Of its document as it is now; 0 while the order cannot be written in the supplier's format. */
  version: number;
  cancel_wanted_at: number | null;
  cancel_reason: string | null;
  created_at: number;
  released_at: number | null;
  acknowledged_at: number | null;
  acknowledgement: "received" | "accepted" | "rejected" | "changed" | null;
  /** What it is worth at cost; null where a cost is missing. */
  net: string | null;
  net_currency: string | null;
  /** What of its order's changes was last said to its supplier, or told to a person: domain/answers/notice.ts. */
  noticed: string | null;
  /** 1: its order changed: once it is sent, it is looked at whether its supplier must be told. */
  notify: number;
}

export interface PurchaseOrderLinesTable {
  purchase_order_id: string;
  number: number;
  order_id: string;
  line_id: string;
  /** Allocated units: what the supplier is asked to ship. */
  units: number;
  /** The rule that chose the supplier. */
  rule: string;
  sku: string | null;
  title: string;
  /** What the supplier did, in pieces, as `units`. */
  confirmed: number;
  backordered: number;
  shipped: number;
  cancelled: number;
  /** Of them, those that the supplier took back when it was told that they are not wanted: they count as ordered no more. */
  withdrawn: Generated<number>;
  promised_on: string | null;
  /** From the supplier's catalogue; null: the shop's own SKU, by the piece. */
  supplier_sku: string | null;
  unit: string;
  /** Pieces in one unit. */
  pack_size: number;
  /** In the supplier's unit: quantity × pack_size is at least `units`, and more where packs were rounded up. */
  quantity: number;
  /** Of one unit. */
  unit_cost: string | null;
  cost_currency: string | null;
  gtin: string | null;
  mpn: string | null;
  hazard: string | null;
}

export interface HoldsTable {
  id: Generated<number>;
  purchase_order_id: string;
  name: string;
  reason: string;
  since: number;
  ended_at: number | null;
  /** Who ended it: "system" when its reason went away, else a person. */
  ended_by: string | null;
  note: string | null;
}

/** What was written of a purchase order, and of the notices about it, which count versions with it. */
export interface DocumentsTable {
  purchase_order_id: string;
  version: number;
  format: string;
  media_type: string;
  bytes: Uint8Array;
  hash: string;
  size: number;
  created_at: number;
}

export interface CompanionDocumentsTable {
  purchase_order_id: string;
  version: number;
  kind: "delivery-note";
  bytes: Uint8Array;
  hash: string;
  size: number;
}

export interface LostSendingsTable {
  /** The purchase order's id in the database that was lost; of a notice, its message's. */
  id: string;
  order_id: string;
  supplier: string;
  number: string;
  /** sent; or intent: it may have been. */
  kind: "sent" | "intent";
  version: number;
  copy: number;
  path: string | null;
  at: number;
  /** The purchase order that took its place after the restore; unknown until settled. */
  purchase_order_id: string | null;
  /** Of a notice: the purchase order that it was about, by its id in the database that was lost. */
  notice_of: string | null;
  /** What it said: domain/delivery/says.ts, of a notice domain/answers/notice.ts. Null: the journal does not tell. */
  says: string | null;
  /** SHA-256 of the bytes; null: the journal does not tell. */
  hash: string | null;
}
