// What a person may do about a webhook that was set aside: have it taken in again, or discard it.
import { findRow, updateRows } from "../database/statements.ts";
import { webhookEnvelopeSchema } from "@soh/shared/webhook";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { DeadLettersTable } from "../database/tables/attention.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { remediesOfWebhook } from "../domain/purchase-order/remedy.ts";
import type { Intake } from "./intake.ts";

export interface Letters {
  /** Takes it in as if it came now: what Shopify sent since is newer and stays. Deduplication does not apply. */
  retry(id: string, person: Person): Promise<ActionResult>;
  discard(id: string, person: Person): Promise<ActionResult>;
}

export function createLetters(options: {
  readonly database: OpenDatabase;
  readonly intake: Intake;
  readonly now: () => number;
}): Letters {
  const { database, now } = options;

  const settle = (id: string, how: "retried" | "discarded", person: Person): Promise<boolean> =>
    database.transaction(async (trx) => {
      const letter = await read(trx, id);
      if (letter === undefined || letter.settled_at !== null) {
        return false;
      }
      const at = now();
      await updateRows(trx, "dead_letters", { settled_at: at, settled_by: person.actor, settled_how: how }, { id });
      await recordEvent(trx, {
        at,
        subject: "dead-letter",
        subjectId: id,
        name: `dead_letter.${how}`,
        actor: person.actor,
        detail: { note: person.note },
      });
      return true;
    });

  return {
    async retry(id, person) {
      const letter = await database.transaction((trx) => read(trx, id));
      const refusal = objection(letter, id);
      if (letter === undefined || refusal !== undefined) {
        return { ok: false, message: refusal ?? "" };
      }
      if (!remediesOfWebhook(letter.topic).includes("retry")) {
        return { ok: false, message: `${letter.topic} is a question to a person: answer it, then discard it with a note` };
      }
      const envelope = webhookEnvelopeSchema.safeParse({
        version: 1,
        shop: letter.shop,
        topic: letter.topic,
        webhookId: letter.webhook_id,
        receivedAt: letter.received_at,
        ...(letter.triggered_at === null ? {} : { triggeredAt: letter.triggered_at }),
        body: { encoding: "base64", data: Buffer.from(letter.bytes).toString("base64") },
      });
      if (!envelope.success) {
        return { ok: false, message: `the topic ${letter.topic} is not taken in` };
      }
      const result = await options.intake(envelope.data);
      if (result.outcome === "dead-letter") {
        return { ok: false, message: `it still cannot be read: ${result.reason}` };
      }
      await settle(id, "retried", person); // Should this fail, it stands there once more, and taking it in again changes nothing.
      const order = result.orderId === null ? "" : `, order ${result.orderId}`;
      return { ok: true, message: `${letter.topic} is taken in${order}`, ready: result.ready };
    },

    async discard(id, person) {
      const letter = await database.transaction((trx) => read(trx, id));
      const refusal = objection(letter, id);
      if (letter === undefined || refusal !== undefined || !(await settle(id, "discarded", person))) {
        return { ok: false, message: refusal ?? "somebody settled it in this moment" };
      }
      return { ok: true, message: `${letter.topic} of ${letter.shop} is discarded`, ready: [] };
    },
  };
}

const read = (trx: DatabaseTransaction, id: string): Promise<DeadLettersTable | undefined> =>
  findRow(trx, "dead_letters", { id });

function objection(letter: DeadLettersTable | undefined, id: string): string | undefined {
  if (letter === undefined) {
    return `there is no dead letter ${id}`;
  }
  return letter.settled_at === null ? undefined : `it was ${letter.settled_how} by ${letter.settled_by} already`;
}
