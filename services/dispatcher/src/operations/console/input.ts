// What the console's addresses may say. Forms send empty fields, and people edit addresses: what is not understood is no filter.
import { z } from "zod";
import { deadLetterKinds, deadLetterStates } from "../../domain/purchase-order/dead-letter.ts";
import { holdNames } from "../../domain/plan/hold.ts";
import { purchaseOrderStates } from "../../domain/purchase-order/purchase-order.ts";
import { orderStates } from "../../domain/order/order.ts";
import { readPosition } from "../../contract/cursor.ts";

const after = z.string().transform(readPosition).optional().catch(undefined);
const flag = z
  .literal("true")
  .transform(() => true)
  .optional()
  .catch(undefined);

export const ordersQuery = z.object({
  state: z.enum(orderStates).optional().catch(undefined),
  search: z.string().trim().min(1).max(100).optional().catch(undefined),
  unmatched: flag,
  facts_missing: flag,
  after,
});

export const purchaseOrdersQuery = z.object({
  state: z.enum(purchaseOrderStates).optional().catch(undefined),
  hold: z.enum(holdNames).optional().catch(undefined),
  supplier: z.string().min(1).max(100).optional().catch(undefined),
  overdue: flag,
  after,
});

export const deadLettersQuery = z.object({
  kind: z.enum(deadLetterKinds).optional().catch(undefined),
  supplier: z.string().min(1).max(100).optional().catch(undefined),
  state: z.enum(deadLetterStates).optional().catch(undefined),
  after,
});

export const documentParams = z.object({ id: z.string().min(1), version: z.coerce.number().int().min(1) });
