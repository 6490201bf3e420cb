// The dispatcher's sections of handler.yaml: what each key means, its default, and what it becomes in memory.
// config/reference.yaml shows every key; config/handler.schema.json is generated from here (`npm run generate`).
import { shopsSchema } from "@soh/shared/config";
import { dispatchSchema } from "./dispatch.ts";
import { buyerSchema } from "./party.ts";
import { calendarsSchema } from "./schedule.ts";
import { suppliersSchema } from "./suppliers.ts";

/** The sections that the dispatcher reads: all of them. */
export const sections = {
  shops: shopsSchema,
  calendars: calendarsSchema,
  buyer: buyerSchema,
  dispatch: dispatchSchema,
  suppliers: suppliersSchema,
};
