// What the commands need of the rooms that only the composition may know (./tools.ts): planning and writing, on a
// configuration alone.
import type { HandlerConfig } from "../config/load.ts";
import type { SuppliedLine } from "../domain/answers/acknowledgement.ts";
import type { CatalogueEntry } from "../domain/catalogue/catalogue.ts";
import type { Content, PlannedLine } from "../domain/purchase-order/content.ts";
import type { SupplierItem } from "../domain/catalogue/catalogue.ts";
import type { ReadMessage } from "../domain/answers/message.ts";
import type { Order } from "../domain/order/order.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";

export type ComposeOffline = (
  config: HandlerConfig,
  /** By supplier; what the dispatcher has in its database. */
  catalogues?: ReadonlyMap<string, readonly CatalogueEntry[]>,
) => Offline | Promise<Offline>;

export interface Offline {
  /** An order as Shopify's webhooks and Admin REST API send it, bare or as {"order": …}. Never throws on its content. */
  readOrder(text: string): { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly reason: string };
  /** What the dispatcher would make of the order if it came new. */
  tryOrder(order: Order, how: Pick<Content, "version" | "purpose" | "issuedAt">): Trial;
  /** Composes and renders a purchase order, or several in one file: what is uploaded. */
  write(first: WriteInput, ...others: readonly WriteInput[]): TrialDocument;
  /** Throws Error for an unknown supplier: a bug. */
  format(supplier: string): SuppliersFormat;
  /**
   * Tries the supplier's server, as the dispatcher would use it. A login that was refused is not tried again for another supplier
   * at the same server. Throws Error for an unknown supplier.
   */
  check(supplier: string): Promise<SupplierCheck>;
}

export interface WriteInput extends Pick<Content, "number" | "version" | "purpose" | "issuedAt"> {
  readonly order: Order;
  readonly supplier: string;
  readonly lines: readonly PlannedLine[];
  readonly items?: ReadonlyMap<string, SupplierItem>;
  readonly currency?: string | null;
}

export interface Trial {
  /** What is shown although the dispatcher would do otherwise. */
  readonly notes: readonly string[];
  readonly lines: readonly TrialLine[];
  readonly purchaseOrders: readonly TrialPurchaseOrder[];
}

/** What one supplier, or nobody, gets of a line. */
export interface TrialLine {
  readonly sku: string | null;
  readonly title: string;
  readonly units: number;
  readonly decision: string;
  readonly supplier: string | null;
  readonly reason: string;
}

export interface TrialPurchaseOrder {
  readonly supplier: string;
  /** Null: none fits the supplier's pattern. */
  readonly number: string | null;
  readonly lines: readonly { readonly lineId: string; readonly units: number; readonly rule: string }[];
  /** The same lines as the supplier counts them: what its answer is applied to. */
  readonly supplied: readonly SuppliedLine[];
  readonly holds: readonly { readonly name: string; readonly reason: string }[];
  readonly document: TrialDocument;
}

export type TrialDocument =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      readonly fileName: string;
      /** What of the order's text could not be written as it is. */
      readonly notes: readonly string[];
    }
  /** `held`: a change of the order can mend it. Else it would fail. */
  | { readonly ok: false; readonly held: boolean; readonly reason: string };

export interface SuppliersFormat {
  readonly name: string;
  /** What it can say of a purchase order that was sent before. */
  readonly says: { readonly replacement: boolean; readonly change: boolean; readonly cancellation: boolean };
  readonly needsPrice: boolean;
  /** Its XML Schema, where the format is ours. */
  readonly definition: SuppliersFile | null;
  /** What the supplier's engineer needs to know of it, in Markdown; null where nothing is written of it here. */
  readonly explanation: string | null;
  /** Answers to the purchase order SE1001-1. */
  readonly examples: readonly SuppliersFile[];
  /** What a supplier's file says, or why it is not understood. Never throws on what a supplier wrote. */
  reads(bytes: Uint8Array): ReadMessage;
}

interface SuppliersFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
