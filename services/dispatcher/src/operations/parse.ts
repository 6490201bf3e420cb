import type { z } from "zod";
import { HttpError } from "./http-error.ts";

/** Throws HttpError 400 naming the field. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.map(String).join(".")}: ${issue.message}`,
  );
  throw new HttpError(400, problems.join("; "));
}
