// Many dead letters in one request, each by itself: those that can be settled are, the others say why not. What is left,
// because they are too many or take too long, is said, and is asked for again.
import type { Logger } from "@soh/shared/logger";
import { showPosition } from "../../contract/cursor.ts";
import { MOST_AT_ONCE } from "../../contract/inputs.ts";
import type { Database } from "../../database/schema.ts";
import type { ActionResult } from "../../domain/person.ts";
import { HttpError } from "../http-error.ts";
import { countDeadLetters, listDeadLetters, positionOf, type DeadLetterFilter } from "../../attention/attention.ts";
import { oneSubject, type Subject } from "./find.ts";

/** Milliseconds: well before the server, or a proxy in front of it, gives the request up. */
const WITHIN_MS = 8_000;
const READ_AT_ONCE = 100;

export type Which = { readonly ids: readonly string[] } | { readonly all: DeadLetterFilter };

export interface SettledMany {
  readonly done: number;
  readonly refused: number;
  /** In the order of the ids; else the newest first. */
  readonly results: { readonly id: string; readonly label: string; readonly ok: boolean; readonly message: string }[];
  /** Not tried: the last of the ids, or what `next` goes on with. */
  readonly left: number;
  /** For `all.after`. */
  readonly next: string | null;
}

export async function settleMany(input: {
  readonly db: Database;
  readonly logger: Logger;
  readonly which: Which;
  readonly settle: (subject: Subject) => Promise<ActionResult>;
  readonly handOver: (purchaseOrders: readonly string[]) => Promise<void>;
}): Promise<SettledMany> {
  const { db, which } = input;
  const until = performance.now() + WITHIN_MS;
  const results: SettledMany["results"][number][] = [];
  const ready: string[] = [];
  const isEnough = () => results.length >= MOST_AT_ONCE || (results.length > 0 && performance.now() > until);

  const { left, next } = "ids" in which ? await named(which.ids) : await matching(which.all);
  await input.handOver(ready);
  const done = results.filter((one) => one.ok).length;
  return { done, refused: results.length - done, results, left, next };

  async function named(ids: readonly string[]): Promise<Pick<SettledMany, "left" | "next">> {
    for (const id of ids) {
      if (isEnough()) {
        break;
      }
      const subject = await oneSubject(db, id).catch(refusalOf);
      if ("refusal" in subject) {
        results.push({ id, label: id, ok: false, message: subject.refusal });
      } else {
        await settle(id, subject);
      }
    }
    return { left: ids.length - results.length, next: null };
  }

  /** By position: what is refused, or fails once more, is not met again. */
  async function matching(filter: DeadLetterFilter): Promise<Pick<SettledMany, "left" | "next">> {
    let { after } = filter;
    for (;;) {
      const { rows, next } = await listDeadLetters(db, { ...filter, after, limit: READ_AT_ONCE });
      for (const row of rows) {
        if (isEnough()) {
          break;
        }
        const state = row.state === "set-aside" ? null : row.state === "to-tell" ? "open" : row.state;
        await settle(row.id, { kind: row.kind, id: row.id, label: row.label, state, purchaseOrder: row.purchaseOrder });
        after = positionOf(row);
      }
      if (next === undefined || isEnough()) {
        break;
      }
    }
    const left = await countDeadLetters(db, { ...filter, after });
    return { left, next: left === 0 || after === undefined ? null : showPosition(after) };
  }

  async function settle(id: string, subject: Subject): Promise<void> {
    const result = await input.settle(subject).catch((error: unknown): ActionResult => {
      input.logger.error({ event: "operations.settling_failed", kind: subject.kind, id: subject.id, err: error });
      return { ok: false, message: `${subject.label}: something went wrong here; the dispatcher's log says what` };
    });
    results.push({ id, label: subject.label, ok: result.ok, message: result.message });
    ready.push(...(result.ok ? result.ready : []));
  }
}

function refusalOf(error: unknown): { readonly refusal: string } {
  if (error instanceof HttpError) {
    return { refusal: error.message };
  }
  throw error;
}
