import { openConfig, Secret, shopsSchema, type Shops } from "@soh/shared/config";
import { readEnvironment, type Lookup } from "@soh/shared/environment";
import { logLevels, type LogLevel } from "@soh/shared/logger";
import { z } from "zod";

/** Everything ingest is told from outside. It can be logged whole: what must not be seen is a Secret. */
export interface IngestConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** The largest body that is taken in. Shopify documents no limit. */
  readonly maxBodyBytes: number;
  /**
   * The most bytes of bodies held at once, being read or not yet confirmed. They take five to eight times that in memory:
   * as bytes, as text, as JSON and in the socket's buffer.
   */
  readonly maxInFlightBytes: number;
  /** A Secret because it may hold a password. */
  readonly redisUrl: Secret;
  readonly shops: Shops;
}

const MB = 1024 * 1024;

const settings = z
  .object({
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\/\S+$/, "expected redis://host:port or rediss://host:port")
      .default("redis://127.0.0.1:6379"),
    SOH_CONFIG: z.string().default("./config/handler.yaml"),
    INGEST_PORT: z.coerce.number("expected a port, 0 to 65535").int().min(0).max(65_535).default(3000),
    HOST: z.string().default("127.0.0.1"),
    LOG_LEVEL: z.enum(logLevels, `expected one of ${logLevels.join(", ")}`).default("info"),
    INGEST_MAX_BODY_BYTES: z.coerce
      .number("expected a number of bytes")
      .int()
      .min(1)
      .default(5 * MB),
    INGEST_MAX_IN_FLIGHT_BYTES: z.coerce
      .number("expected a number of bytes")
      .int()
      .min(1)
      .default(32 * MB),
  })
  .refine((found) => found.INGEST_MAX_IN_FLIGHT_BYTES >= 2 * found.INGEST_MAX_BODY_BYTES, {
    path: ["INGEST_MAX_IN_FLIGHT_BYTES"],
    message: "expected at least twice INGEST_MAX_BODY_BYTES, or large webhooks would be refused for ever",
  });

/** Throws EnvironmentError or ConfigError, naming every setting that is missing or wrong. */
export function readIngestConfig(lookup: Lookup): IngestConfig {
  const found = readEnvironment(settings, lookup);
  // Only this section: ingest starts without any supplier's secret.
  const { shops } = openConfig(found.SOH_CONFIG, lookup).read({ shops: shopsSchema });
  return {
    host: found.HOST,
    port: found.INGEST_PORT,
    logLevel: found.LOG_LEVEL,
    maxBodyBytes: found.INGEST_MAX_BODY_BYTES,
    maxInFlightBytes: found.INGEST_MAX_IN_FLIGHT_BYTES,
    redisUrl: new Secret(found.REDIS_URL),
    shops,
  };
}
