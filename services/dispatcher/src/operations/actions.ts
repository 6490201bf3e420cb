// What this room needs of the features that change something. Composed in app.ts.
import type { PurchaseOrdersTable } from "../database/schema.ts";
import type { ActionResult, Person } from "../domain/person.ts";

/** What a person may do. */
export interface Actions {
  release(po: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  adopt(orderId: string, person: Person): Promise<ActionResult>;
  retry(po: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Only for one whose outcome is unknown. */
  sendAgain(po: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  markSent(po: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** True when it was paused. */
  resume(supplier: string, person: Person): Promise<boolean>;
}
