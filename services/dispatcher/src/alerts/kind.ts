// What an alert is. Each kind is declared once, beside the feature that causes it; log, console, command line and API speak from
// that declaration, and the table keeps values only.
import type { z } from "zod";
import type { Database } from "../database/schema.ts";
import type { ReadersLanguage } from "../domain/person.ts";

export interface Sentence {
  /** What is so, or has happened: names the order, supplier or file. */
  readonly what: string;
  /** What the reader does now. */
  readonly remedy: string;
}

/** Ids, numbers, reasons: no personal data, because alerts leave the house. */
type Values = Readonly<Record<string, string | number | boolean | null>>;

export interface AlertKind<V extends Values = Values> {
  /** Stable, for filters: `supplier.paused`. */
  readonly kind: string;
  /**
   * condition: it ends by itself when it is not so any more; event: it is open until a person says that it is seen.
   */
  readonly sort: "condition" | "event";
  /** act: a person must do something; know: nothing need be done. */
  readonly severity: "act" | "know";
  /** It is listed, and no line is logged: too ordinary to be told of. */
  readonly quiet?: true;
  /** Of a list of them. */
  readonly title: Readonly<Record<ReadersLanguage, string>>;
  readonly values: z.ZodType<V>;
  /** What it is about: open, there is one of a kind and subject. */
  subject(values: NoInfer<V>): string;
  /** Where it is put right, a path of the console. */
  page(values: NoInfer<V>): string;
  /** Where all of this kind are listed; undefined: nowhere. */
  readonly all?: string;
  readonly say: Readonly<Record<ReadersLanguage, (values: NoInfer<V>) => Sentence>>;
}

/** One to be told. */
export interface Alert {
  readonly of: AlertKind;
  readonly values: Values;
}

/** What holds now of some kinds, read from the state (or from what this process knows). The room of alerts compares it with what is open. */
export interface Condition {
  readonly kinds: readonly AlertKind[];
  holds(db: Database): Promise<readonly Alert[]>;
}

export interface DeclaredAlert<V extends Values> extends AlertKind {
  /** One of this kind. */
  (values: V): Alert;
}

/** A time as sentences say it: 2026-12-01 14:03:22 UTC. */
export const moment = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** Declares a kind: the result makes alerts of it. */
export function alertKind<V extends Values>(declaration: AlertKind<V>): DeclaredAlert<V> {
  // Values come back from the table as JSON: the schema says what they are, and whoever gets them has had them parsed.
  const parsed =
    <T>(use: (values: V) => T) =>
    (values: Values): T =>
      use(declaration.values.parse(values));
  const kind: AlertKind = {
    ...declaration,
    subject: parsed(declaration.subject),
    page: parsed(declaration.page),
    say: { en: parsed(declaration.say.en), fr: parsed(declaration.say.fr) },
  };
  return Object.assign((values: V): Alert => ({ of: kind, values }), kind);
}
