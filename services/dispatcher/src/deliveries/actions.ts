// What a person may do to a message that is being or was sent.
import { updateRows } from "../database/statements.ts";
import { recordOfMessage, changeMessage } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { messageOf } from "../database/purchase-order-rows.ts";
import { labelOf, named } from "../domain/answers/notice.ts";
import { mayChange } from "../domain/delivery/message.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { inDryRun, objectionTo, ofMessage } from "../domain/purchase-order/remedy.ts";
import type { RecordSent } from "./sent.ts";

type Act = (message: { readonly id: string }, person: Person) => Promise<ActionResult>;

export interface DeliveryActions {
  /**
   * Tries one that waits or failed now, whatever its retries and its supplier's schedule say. Never one whose outcome is unknown:
   * that is to send it again.
   */
  readonly retry: Act;
  /** A person knows that the supplier has it. */
  readonly markSent: Act;
}

export function createDeliveryActions(options: {
  readonly database: OpenDatabase;
  /** False for a supplier in dry run. */
  readonly sends: (supplier: string) => boolean;
  readonly now: () => number;
  readonly recordSent: RecordSent;
}): DeliveryActions {
  const { database, now } = options;
  return {
    retry: ({ id }, person) =>
      database.transaction(async (trx) => {
        const message = await messageOf(trx, id);
        const label = labelOf(named(message));
        const refusal =
          objectionTo("retry", ofMessage(message)) ?? (options.sends(message.supplier) ? undefined : inDryRun(message.supplier));
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const at = now();
        const afresh = { next_attempt_at: at, waits_since: null, failures: 0, failing_since: null };
        if (message.state === "failed") {
          const set = { ...afresh, generation: message.generation + 1 };
          const change = { message, to: "ready", cause: "person", actor: person.actor, at, reason: null, set } as const;
          await changeMessage(trx, { ...change, detail: { note: person.note } });
          return { ok: true, message: `${label} will be tried again`, ready: [id] };
        }
        await updateRows(trx, "messages", afresh, { id });
        // A person says that it is worth trying: also behind an open breaker.
        await trx
          .updateTable("suppliers")
          .set({ probe_at: at })
          .where("id", "=", message.supplier)
          .where("probe_at", ">", at)
          .execute();
        await recordOfMessage(trx, message, { at, name: "retried", actor: person.actor, detail: { note: person.note } });
        return { ok: true, message: `${label} will be tried now`, ready: [id] };
      }),

    markSent: ({ id }, person) =>
      database.transaction(async (trx) => {
        const message = await messageOf(trx, id);
        const label = labelOf(named(message));
        if (!mayChange(message.state, "sent", "person") || (message.state === "withdrawn" && message.unwanted !== null)) {
          return { ok: false, message: `${label} is ${ofMessage(message).state}: it cannot be marked as sent` };
        }
        await options.recordSent(trx, {
          message,
          at: now(),
          cause: "person",
          actor: person.actor,
          inferred: false,
          reason: `marked as sent by ${person.actor}`,
          detail: { note: person.note },
        });
        return { ok: true, message: `${label} is marked as sent`, ready: [] };
      }),
  };
}
