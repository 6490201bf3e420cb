import { readEnvironment, type Lookup } from "@soh/shared/environment";
import { logLevels } from "@soh/shared/logger";
import { Secret } from "@soh/shared/config";
import { z } from "zod";

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, "expected a port number")
    .transform(Number)
    .pipe(z.number().max(65_535))
    .default(fallback);

const secretText = z
  .string()
  .min(12, "expected at least 12 characters")
  .transform((value) => new Secret(value));

const schema = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, "expected redis://host:port")
    .default("redis://127.0.0.1:6379"),
  DATABASE_URL: z.string().default("sqlite:./data/handler.db"),
  SOH_JOURNAL: z.string().default("./data/dispatch.journal"),
  SOH_CONFIG: z.string().default("./config/handler.yaml"),
  OPERATIONS_PORT: port(3001),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  OPERATIONS_PASSWORD: secretText,
  SOH_API_TOKEN: secretText,
});

export interface DispatcherEnvironment {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** The journal's file, on a durable volume of its own kind: not in the database's backups. */
  readonly journalFile: string;
  readonly configFile: string;
  readonly port: number;
  readonly host: string;
  readonly logLevel: (typeof logLevels)[number];
  /** Of the console's one user, `operator`. */
  readonly password: Secret;
  readonly apiToken: Secret;
}

/** Throws EnvironmentError naming every variable that is missing or wrong. */
export function readDispatcherEnvironment(lookup: Lookup): DispatcherEnvironment {
  const env = readEnvironment(schema, lookup);
  return {
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
    journalFile: env.SOH_JOURNAL,
    configFile: env.SOH_CONFIG,
    port: env.OPERATIONS_PORT,
    host: env.HOST,
    logLevel: env.LOG_LEVEL,
    password: env.OPERATIONS_PASSWORD,
    apiToken: env.SOH_API_TOKEN,
  };
}
