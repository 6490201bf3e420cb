import type { Condition, Rule } from "../supplier.ts";

export const rule = (...conditions: readonly Condition[]): Rule => ({ conditions, priority: 0 });
