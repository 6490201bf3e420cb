import { pino, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * One JSON line per thing that happened, named by `event` (`webhook.accepted`, `delivery.attempted`). Bodies, addresses
 * and secrets are never passed to it; the redaction below is the second net, for the day that somebody does.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: "[redacted]",
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  );
}

const REDACTED = [
  "password",
  "secret",
  "token",
  "authorization",
  "body",
  "payload",
  "email",
  "phone",
  "address1",
  "address2",
  "shipping_address",
  "billing_address",
  "customer",
];
