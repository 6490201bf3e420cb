import { z } from "zod";
import { sections } from "./schema/schema.ts";

/** The JSON Schema of handler.yaml as a person writes it: before placeholders and defaults. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(z.strictObject(sections), { io: "input", target: "draft-07" });
  return `${JSON.stringify({ title: "Shopify Order Handler configuration", ...schema }, null, 2)}\n`;
}
