// What this room needs of the features that change something. Composed in features.ts.
import type { CatalogueImports } from "../catalogue/catalogue.ts";
import type { DeadLetterKind } from "../domain/purchase-order/dead-letter.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import type { AnswerTo } from "../domain/answers/notice.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";
import type { HoldChoice } from "../orders/orders.ts";
import type { Remedy } from "../domain/purchase-order/remedy.ts";

/** What a person may do. */
export interface Actions {
  release(po: { readonly id: string }, person: Person, choice?: HoldChoice): Promise<ActionResult>;
  hold(po: { readonly id: string }, person: Person): Promise<ActionResult>;
  adopt(orderId: string, person: Person): Promise<ActionResult>;
  /** What waits for a person's decision: a purchase order, a webhook or a supplier's file. */
  settle(subject: { readonly kind: DeadLetterKind; readonly id: string }, remedy: Remedy, person: Person): Promise<ActionResult>;
  /** A supplier's file set aside that does not say whether it answers the purchase order or a notice about it. */
  applyFile(id: string, to: AnswerTo, person: Person): Promise<ActionResult>;
  /** Tries the supplier's server with files that are no purchase orders. Undefined: it is being tried already. */
  check(supplier: string, person: Person): Promise<SupplierCheck | undefined>;
  /** A person has seen an alert, by its id. */
  seen(alert: number, person: Person): Promise<ActionResult>;
  /** True when it was paused. */
  resume(supplier: string, person: Person): Promise<boolean>;
  readonly catalogue: CatalogueImports;
}
