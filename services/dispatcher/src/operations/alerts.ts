// The open alerts as this room shows them: by kind, what needs a person first.
import type { ListedAlert } from "../alerts/alerts.ts";
import type { ReadersLanguage } from "../domain/person.ts";

/** What this room needs of the room of alerts. */
export interface AlertList {
  list(how: {
    readonly language: ReadersLanguage;
    readonly state: "open" | "ended";
    readonly limit?: number;
  }): Promise<readonly ListedAlert[]>;
}

export interface AlertGroup {
  readonly kind: string;
  readonly title: string;
  readonly severity: ListedAlert["severity"];
  /** Where all of the kind are; null: nowhere. */
  readonly all: string | null;
  /** The newest first. */
  readonly alerts: readonly ListedAlert[];
}

export function byKind(alerts: readonly ListedAlert[]): readonly AlertGroup[] {
  const groups = [...Map.groupBy(alerts, ({ kind }) => kind)].flatMap(([kind, [first, ...rest]]) =>
    first === undefined ? [] : [{ kind, title: first.title, severity: first.severity, all: first.all, alerts: [first, ...rest] }],
  );
  const rankOf = ({ severity, alerts: [first] }: AlertGroup) => (severity === "act" ? 0 : 1_000) + (first?.rank ?? 0);
  return groups.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** How many are open of each kind, and how many of them nobody has seen. */
export const countAlerts = (alerts: readonly ListedAlert[]) =>
  byKind(alerts).map(({ kind, title, severity, alerts: all }) => ({
    kind,
    title,
    severity,
    open: all.length,
    unseen: all.filter((one) => one.seenAt === null).length,
  }));
