import { z } from "zod";

/** Keys of a value, at any depth, that its schema does not name: an answer that says more than the contract. */
export function unknownKeys(schema: z.core.$ZodType, value: unknown, path = ""): readonly string[] {
  if (value === null || value === undefined) {
    return [];
  }
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
    return unknownKeys(schema.unwrap(), value, path);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return [...new Set(value.flatMap((one) => unknownKeys(schema.element, one, `${path}[]`)))];
  }
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    return Object.entries(value).flatMap(([key, inner]) => {
      const known = shape[key];
      return known === undefined ? [`${path}.${key}`] : unknownKeys(known, inner, `${path}.${key}`);
    });
  }
  return [];
}
