// Orders, the purchase orders made of them, and their documents.
import type { Generated } from "kysely";
import type { orderStates } from "../../domain/order/order.ts";

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

export interface PurchaseOrdersTable {
  id: string;
  order_id: string;
  supplier: string;
  /** Null while it does not fit the supplier's pattern; then it is held. */
  number: string | null;
  state: "held" | "ready" | "sending" | "sent" | "closed" | "unknown" | "failed" | "cancelled";
  reason: string | null;
  state_since: number | null;
  generation: number;
  /** Of the document to send; 0 while the order cannot be written in the supplier's format. */
  version: number;
  copy: number;
  /** Failed attempts in a row. */
  failures: number;
  /** When the first of them failed. */
  failing_since: number | null;
  /** How often in a row the process ended while it was being sent. */
  crashes: number;
  /** 1: a worker took it in this process's life; 0: it waits, for a look or for its turn, and no crash can be its doing. */
  claimed: number;
  /** A person has it sent once more, the same bytes or a replacement: it does not follow its order any more. */
  resend: "same-again" | "replacement" | null;
  /** The attempt of another purchase order whose file this one is in at this moment. */
  carried_by: string | null;
  /** 1: with others in one file it did not get through, so it goes in a file of its own. */
  alone: number;
  next_attempt_at: number;
  /** Since when it waits for its supplier's next sending time; null: it goes whatever the schedule says. */
  waits_since: number | null;
  /** 1: its order changed while it was being sent: should it come back unsent, it is planned again before it goes. */
  plan_again: number;
  cancel_wanted_at: number | null;
  cancel_reason: string | null;
  created_at: number;
  released_at: number | null;
  sent_at: number | null;
  inferred: number;
  /** 1: its sending stands in the journal. */
  journaled: number;
  /** When its file was seen to be gone from the supplier's folder, where that is looked at. */
  picked_up_at: number | null;
  acknowledged_at: number | null;
  acknowledgement: "received" | "accepted" | "rejected" | "changed" | null;
  acknowledgement_due_at: number | null;
  acknowledgement_overdue: number;
  /** What it is worth at cost; null where a cost is missing. */
  net: string | null;
  net_currency: string | null;
  /** Of a notice: the purchase order that it is about. Null: a real purchase order. */
  notice_of: string | null;
  /** Of a notice. */
  purpose: "cancellation" | "change" | null;
  /** 1: of a notice that no document can tell: it has none, and a person tells the supplier. */
  by_hand: number;
  /** Of a notice: what it says. Else what of its order's changes was last said to its supplier, or told to a person. */
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
  /** The purchase order's id in the database that was lost. */
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
  /** Of a notice: the purchase order that it was about, by its id in the database that was lost; and what it said. */
  notice_of: string | null;
  noticed: string | null;
}
