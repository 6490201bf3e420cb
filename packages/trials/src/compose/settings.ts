// .env.example as the list of all settings, and a filled .env made from it.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

export interface Settings {
  /** The names that must be filled in. */
  readonly required: readonly string[];
  /** The names that are commented out. */
  readonly optional: readonly string[];
}

export function readSettings(file: string): Settings {
  const lines = readFileSync(file, "utf8").split("\n");
  const names = (pattern: RegExp): string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return { required: names(/^([A-Z][A-Z0-9_]*)=$/), optional: names(/^#([A-Z][A-Z0-9_]*)=/) };
}

/** The names that a compose file stops without. */
export function demanded(composeFile: string): readonly string[] {
  const text = readFileSync(composeFile, "utf8");
  return [...new Set([...text.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name]) => name ?? ""))];
}

/** Values in single quotes, as .env.example says: what is between them is taken as it is. */
export const envFileText = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");

export const newSecret = (): string => randomBytes(24).toString("hex");

/** This process's environment without any of the settings, so that none reaches compose but through the file. */
export function withoutSettings({ required, optional }: Settings): NodeJS.ProcessEnv {
  const names = new Set([
    ...required,
    ...optional,
    "COMPOSE_FILE",
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_ENV_FILES",
    "COMPOSE_PROFILES",
  ]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name)));
}
