import { readFileSync } from "node:fs";
import type { z } from "zod";

/** A setting that is missing or wrong. The text says which, where it was expected, and what to do. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/** Looks one variable up. Undefined when it is unset or empty. Throws EnvironmentError when `NAME_FILE` cannot be read. */
export type Lookup = (name: string) => string | undefined;

/**
 * A secret may come from `NAME`, or from the file that `NAME_FILE` names (Docker and systemd hand secrets
 * over as files). One trailing newline of such a file is not part of the secret. `NAME` wins.
 */
export function environmentLookup(env: NodeJS.ProcessEnv = process.env): Lookup {
  return (name) => {
    const direct = env[name];
    if (direct !== undefined && direct !== "") {
      return direct;
    }
    const file = env[`${name}_FILE`];
    if (file === undefined || file === "") {
      return undefined;
    }
    try {
      return readFileSync(file, "utf8").replace(/\r?\n$/, "") || undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EnvironmentError(`${name}_FILE names "${file}", which cannot be read: ${reason}`, { cause: error });
    }
  };
}

/** Reads all variables of `schema` at once. Throws EnvironmentError naming every one that is missing or wrong. */
export function readEnvironment<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  lookup: Lookup,
): z.output<z.ZodObject<Shape>> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = lookup(name);
    if (value !== undefined) {
      found[name] = value;
    }
  }
  const result = schema.safeParse(found);
  if (result.success) {
    return result.data;
  }
  const lines = result.error.issues.map((issue) => {
    const name = issue.path.map(String).join(".");
    return found[name] === undefined && issue.code !== "custom"
      ? `${name} is not set (see .env.example)`
      : `${name}: ${issue.message}`;
  });
  throw new EnvironmentError(lines.join("\n"));
}
