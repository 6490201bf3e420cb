// What every route that changes something shares: who acts, and what an action's outcome is to the one who asked.
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { needsNote, type ActionName } from "../../contract/actions.ts";
import type { actionBody } from "../../contract/inputs.ts";
import type { Database } from "../../database/schema.ts";
import type { ActionResult, Person } from "../../domain/person.ts";
import type { Actions } from "../actions.ts";
import { readNotice } from "../../attention/attention.ts";
import { actorOf } from "../auth.ts";
import { HttpError } from "../http-error.ts";
import type { Subject } from "./find.ts";

export interface ActionRoutesOptions {
  readonly db: Database;
  readonly suppliers: readonly string[];
  readonly actions: Actions;
  readonly handOver: (messages: readonly string[]) => Promise<void>;
}

/**
 * Throws HttpError 400 for an actor that stands for somebody else in the audit trail, and where the person answers for it and does
 * not say why. `action`: undefined for what needs no reason.
 */
export function personOf(
  request: FastifyRequest,
  body: z.output<typeof actionBody>,
  of: { readonly suppliers: readonly string[]; readonly action?: ActionName },
): Person {
  const { note, actor = actorOf(request) } = body;
  if (of.suppliers.includes(actor)) {
    throw new HttpError(400, `actor: "${actor}" is a supplier; in the audit trail that stands for the supplier's own files`);
  }
  if (note === "" && of.action !== undefined && needsNote(of.action)) {
    throw new HttpError(400, `note: say why: ${of.action} is kept with its reason`);
  }
  return { note, actor };
}

/** An action throws when the purchase order changed under it: that is the person's news, not our bug. */
export async function unlessChanged(db: Database, subject: Subject, run: () => Promise<ActionResult>): Promise<ActionResult> {
  try {
    return await run();
  } catch (error) {
    if (subject.state !== null) {
      const now =
        subject.kind === "notice"
          ? await readNotice(db, subject.id)
          : await db.selectFrom("purchase_orders").select("state").where("id", "=", subject.id).executeTakeFirst();
      if (now !== undefined && now.state !== subject.state) {
        return { ok: false, message: `${subject.label} was ${subject.state} and became ${now.state} in this moment: look again` };
      }
    }
    throw error;
  }
}

/** Hands over what became ready. Throws HttpError 409 with the sentence of a refusal. */
export async function conclude<About extends object>(
  result: ActionResult,
  about: About,
  handOver: (messages: readonly string[]) => Promise<void>,
): Promise<{ message: string; ready: readonly string[] } & About> {
  if (!result.ok) {
    throw new HttpError(409, result.message);
  }
  await handOver(result.ready);
  return { message: result.message, ...about, ready: result.ready };
}
