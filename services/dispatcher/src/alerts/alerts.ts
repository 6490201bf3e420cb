// What people must know, kept as state: a row is open while its condition lasts, or until a person has seen the event. This room
// opens, ends and tells; what is worth telling, and its sentence, belong to the rooms that cause it (kind.ts).
//
//   a condition   holds ──▶ open ──holds no more──▶ ended           (a person may say "seen": it stays open, and is listed apart)
//   an event      raised in the transaction of what happened ──▶ open ──seen by a person──▶ ended
//
// A line is logged when one opens, once: a restart tells nothing twice. Values that change while it is open (a count) are kept.
import { findRow, insertRow, updateRows } from "../database/statements.ts";
import type { OpenDatabase } from "../database/open.ts";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AlertsTable } from "../database/tables/alerts.ts";
import type { ActionResult, Person, ReadersLanguage } from "../domain/person.ts";
import type { Alert, AlertKind, Condition } from "./kind.ts";

export { alertKind, moment, type Alert, type AlertKind, type Condition } from "./kind.ts";

/** One as it is logged. */
export interface ToldAlert {
  readonly kind: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** One that is listed. Times are epoch milliseconds. */
export interface ListedAlert {
  readonly id: number;
  readonly kind: string;
  readonly sort: AlertKind["sort"];
  readonly severity: AlertKind["severity"];
  /** Of its kind among all, as they are declared: the lower, the earlier it is shown. */
  readonly rank: number;
  /** Of its kind. */
  readonly title: string;
  readonly subject: string;
  readonly what: string;
  readonly remedy: string;
  /** A path of the console. */
  readonly page: string;
  /** Where all of its kind are; null: nowhere. */
  readonly all: string | null;
  readonly openedAt: number;
  readonly toldAt: number | null;
  readonly seenAt: number | null;
  readonly seenBy: string | null;
  readonly endedAt: number | null;
}

export interface Alerts {
  /** Opens it in the transaction of what caused it, unless one of its kind and subject is open. */
  raise(trx: DatabaseTransaction, alert: Alert): Promise<void>;
  /** Opens it by itself: of what leaves no trace in the database. Where it cannot be stored, it is told all the same. */
  tell(alert: Alert): Promise<void>;
  /** It is so no more, of each of these subjects. */
  end(kind: AlertKind, subjects: readonly string[]): Promise<void>;
  /** Compares what holds with what is open, and tells what was not told. */
  sweep(): Promise<void>;
  list(how: {
    readonly language: ReadersLanguage;
    readonly state: "open" | "ended";
    /** The most, the newest first; undefined: all. */
    readonly limit?: number;
  }): Promise<readonly ListedAlert[]>;
  readonly actions: {
    /** A person has seen it: an event ends, a condition stays open until it is so no more. */
    seen(id: number, person: Person): Promise<ActionResult>;
  };
}

export interface AlertsOptions {
  readonly database: OpenDatabase;
  /** Every kind there is. */
  readonly kinds: readonly AlertKind[];
  readonly log: (alert: ToldAlert) => void;
  /** One is so no more, or was seen. */
  readonly onEnd?: ((ended: { readonly kind: string; readonly subject: string }) => void) | undefined;
  readonly now: () => number;
}

/** `watch`: what the rooms look at, which are made after this one. */
export function createAlerts(options: AlertsOptions): Alerts & { watch(conditions: readonly Condition[]): void } {
  const { database, log, now } = options;
  const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
  const ranks = options.kinds.map(({ kind }) => kind);
  const quiet = options.kinds.filter((kind) => kind.quiet === true).map(({ kind }) => kind);
  const conditions: Condition[] = [];
  let telling: Promise<void> = Promise.resolve();

  async function open(trx: DatabaseTransaction, alert: Alert): Promise<void> {
    const { kind } = alert.of;
    const subject = alert.of.subject(alert.values);
    const detail = JSON.stringify(alert.values);
    const standing = await trx
      .selectFrom("alerts")
      .select(["id", "detail"])
      .where("kind", "=", kind)
      .where("subject", "=", subject)
      .where("ended_at", "is", null)
      .executeTakeFirst();
    if (standing === undefined) {
      const fresh = { told_at: null, seen_at: null, seen_by: null, ended_at: null };
      await insertRow(trx, "alerts", { kind, subject, detail, opened_at: now(), ...fresh });
      database.afterCommit(tellOpened);
    } else if (standing.detail !== detail) {
      await updateRows(trx, "alerts", { detail }, { id: standing.id });
    }
  }

  async function close(trx: DatabaseTransaction, ended: readonly Pick<AlertsTable, "kind" | "subject">[]): Promise<void> {
    for (const { kind, subject } of ended) {
      await updateRows(trx, "alerts", { ended_at: now() }, { kind, subject, ended_at: null });
    }
    const { onEnd } = options;
    if (onEnd !== undefined && ended.length > 0) {
      database.afterCommit(() => Promise.resolve(ended.forEach(onEnd)));
    }
  }

  /** Marked before it is logged: a line that a crash swallows is in the list, and one that came twice would be told twice. */
  const tellOpened = (): Promise<void> => {
    const told = telling.then(tellNow);
    telling = told.catch(() => {}); // The next sweep tells it; whoever asked for it now hears of the failure.
    return told;
  };

  async function tellNow(): Promise<void> {
    const waiting = await database.db
      .selectFrom("alerts")
      .selectAll()
      .where("told_at", "is", null)
      .where("ended_at", "is", null)
      .where("kind", "not in", ["", ...quiet])
      .orderBy("id")
      .execute();
    for (const row of waiting) {
      const marked = await database.db
        .updateTable("alerts")
        .set({ told_at: now() })
        .where("id", "=", row.id)
        .where("told_at", "is", null)
        .executeTakeFirst();
      if (marked.numUpdatedRows === 1n) {
        log(toldOf(row));
      }
    }
  }

  function toldOf(row: Pick<AlertsTable, "kind" | "subject" | "detail">): ToldAlert {
    const { what, remedy } = sentenceOf(row, "en");
    return { kind: row.kind, message: remedy === "" ? what : `${what} ${remedy}`, detail: valuesOf(row) };
  }

  function sentenceOf(row: Pick<AlertsTable, "kind" | "subject" | "detail">, language: ReadersLanguage) {
    const kind = kinds.get(row.kind);
    try {
      return kind?.say[language](valuesOf(row)) ?? { what: `${row.kind}: ${row.subject}.`, remedy: "" };
    } catch {
      return { what: `${row.kind}: ${row.subject}.`, remedy: "" }; // Written by another version: its values were others.
    }
  }

  function pageOf(row: Pick<AlertsTable, "kind" | "detail">): string {
    try {
      return kinds.get(row.kind)?.page(valuesOf(row)) ?? "/";
    } catch {
      return "/";
    }
  }

  async function compare(): Promise<void> {
    const holding = await Promise.all(conditions.map((one) => one.holds(database.db)));
    const now = holding.flat().map((alert) => ({ alert, kind: alert.of.kind, subject: alert.of.subject(alert.values) }));
    const watched = new Set(conditions.flatMap((one) => one.kinds.map(({ kind }) => kind)));
    const standing = await database.db
      .selectFrom("alerts")
      .select(["kind", "subject", "detail"])
      .where("ended_at", "is", null)
      .execute();
    const before = new Map(standing.map((row) => [keyOf(row), row.detail]));
    const still = new Set(now.map(keyOf));
    const begun = now.filter((one) => before.get(keyOf(one)) !== JSON.stringify(one.alert.values));
    // A kind that is declared no more has nobody who could end it.
    const over = standing.filter((row) => (watched.has(row.kind) && !still.has(keyOf(row))) || !kinds.has(row.kind));
    if (begun.length + over.length > 0) {
      await database.transaction(async (trx) => {
        for (const { alert } of begun.slice(0, MOST_AT_ONCE)) {
          await open(trx, alert);
        }
        await close(trx, over.slice(0, MOST_AT_ONCE));
      });
    }
  }

  return {
    watch: (more) => void conditions.push(...more),
    raise: open,

    async tell(alert) {
      try {
        await database.transaction((trx) => open(trx, alert));
      } catch {
        const row = { kind: alert.of.kind, subject: alert.of.subject(alert.values), detail: JSON.stringify(alert.values) };
        log(toldOf(row));
      }
    },

    async end(kind, subjects) {
      const standing = await database.db
        .selectFrom("alerts")
        .select(["kind", "subject"])
        .where("kind", "=", kind.kind)
        .where("subject", "in", subjects.length === 0 ? [""] : [...subjects])
        .where("ended_at", "is", null)
        .execute();
      if (standing.length > 0) {
        await database.transaction((trx) => close(trx, standing));
      }
    },

    async sweep() {
      await compare();
      await tellOpened();
    },

    async list({ language, state, limit }) {
      let query = database.db
        .selectFrom("alerts")
        .selectAll()
        .where("ended_at", state === "open" ? "is" : "is not", null)
        .orderBy("id", "desc");
      query = limit === undefined ? query : query.limit(limit);
      const rows = await query.execute();
      return rows.map((row) => {
        const kind = kinds.get(row.kind);
        return {
          id: row.id,
          kind: row.kind,
          sort: kind?.sort ?? "event",
          severity: kind?.severity ?? "know",
          rank: kind === undefined ? kinds.size : ranks.indexOf(row.kind),
          title: kind?.title[language] ?? row.kind,
          subject: row.subject,
          ...sentenceOf(row, language),
          page: pageOf(row),
          all: kind?.all ?? null,
          openedAt: row.opened_at,
          toldAt: row.told_at,
          seenAt: row.seen_at,
          seenBy: row.seen_by,
          endedAt: row.ended_at,
        };
      });
    },

    actions: {
      seen: (id, { actor, note }) =>
        database.transaction(async (trx): Promise<ActionResult> => {
          const row = await findRow(trx, "alerts", { id });
          if (row === undefined) {
            return { ok: false, message: `there is no alert ${id}` };
          }
          if (row.ended_at !== null || row.seen_at !== null) {
            return { ok: false, message: row.seen_by === null ? `alert ${id} is over` : `${row.seen_by} has seen alert ${id}` };
          }
          const at = now();
          await updateRows(trx, "alerts", { seen_at: at, seen_by: actor }, { id });
          const ends = kinds.get(row.kind)?.sort !== "condition";
          if (ends) {
            await close(trx, [row]);
          }
          const detail = { kind: row.kind, subject: row.subject, note };
          await recordEvent(trx, { at, subject: "alert", subjectId: String(id), name: "alert.seen", actor, detail });
          const more = ends ? "" : "; it stays open until it is so no more";
          return { ok: true, message: `alert ${id} is seen${more}`, ready: [] };
        }),
    },
  };
}

/** Alerts that one comparison opens or ends: the rest is for the next. */
const MOST_AT_ONCE = 500;

const keyOf = (one: { readonly kind: string; readonly subject: string }): string => JSON.stringify([one.kind, one.subject]);

function valuesOf(row: Pick<AlertsTable, "detail">): Readonly<Record<string, string | number | boolean | null>> {
  return JSON.parse(row.detail);
}
