import type { Logger } from "@soh/shared/logger";

/** Something that a person must know of. Ids and reasons only: alerts leave the house. */
export interface Alert {
  /** Stable, for filters: `supplier.paused`. */
  readonly kind: string;
  /** One sentence that names the order, supplier or file and says what to do. */
  readonly message: string;
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

export interface Alerts {
  raise(alert: Alert): void;
}

/** Alerts as log lines with `event: "alert"`, at level error. */
export const logAlerts = (logger: Logger): Alerts => ({
  raise: (alert) => logger.error({ event: "alert", alert: alert.kind, ...alert.detail }, alert.message),
});
