import { pino, type DestinationStream } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a line may say of a thing: nothing that could hold a body, an address or a secret in a place that nobody looks at. */
export type LogValue = string | number | boolean | null | undefined | readonly (string | number)[];

/** Names of what is never said, whatever the value. */
type Unsaid =
  | "password"
  | "secret"
  | "token"
  | "authorization"
  | "body"
  | "payload"
  | "email"
  | "phone"
  | "address1"
  | "address2"
  | "shipping_address"
  | "billing_address"
  | "customer";

/** `err`: what was thrown. Anything but a plain value under a name that may be said is refused by the compiler. */
type Sayable<Fields> = {
  readonly [Name in keyof Fields]: Name extends "err"
    ? unknown
    : Name extends Unsaid
      ? never
      : Fields[Name] extends LogValue
        ? Fields[Name]
        : never;
};

type Say = <Fields extends { readonly event: string }>(fields: Fields & Sayable<Fields>, message?: string) => void;

export interface Logger extends Readonly<Record<Exclude<LogLevel, "silent">, Say>> {
  /** Calls back when everything is written. */
  flush(done: () => void): void;
}

/**
 * One JSON line per thing that happened, named by `event` (`webhook.accepted`, `delivery.attempted`). Bodies, addresses and secrets
 * never reach it: its type takes plain values only, and of an error it writes what it is and says, not what a library hung on it.
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
      serializers: { err: said },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  );
}

/** How deep causes of causes are told. */
const MOST_CAUSES = 5;

/** ioredis hangs the command on its errors, and so a webhook's body; other libraries the request. */
function said(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) {
    return typeof error === "string" ? error : `a thrown ${typeof error}`;
  }
  const code = "code" in error && (typeof error.code === "string" || typeof error.code === "number") ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined || depth === MOST_CAUSES ? {} : { cause: said(error.cause, depth + 1) }),
  };
}
