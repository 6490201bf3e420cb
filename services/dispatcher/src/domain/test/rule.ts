import type { Condition, Rule } from "../rules/rule.ts";

export const rule = (...conditions: readonly Condition[]): Rule => ({ conditions, priority: 0 });
