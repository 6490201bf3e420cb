// The delivery protocol: one purchase order, one attempt. docs/delivery.md holds the argument.
//
//   1 upload under a name of the attempt's own   2 verify   3 look at the final name, write the intent durably
//   4 rename                                     5 commit `sent`
//
// An attempt that finds an earlier one `committing` does not start: it looks, and acts by domain/delivery-table.ts.
import { createHash } from "node:crypto";
import { judgeCommitting, judgeSending, type Look, type Seen, type Verdict } from "../domain/delivery-table.ts";
import { BadDocument, NotJournaled, NotSent, OutcomeUnknown, Refused, StaleSession } from "../domain/failure.ts";
import { isExhausted, retryDelay, type RetrySchedule } from "../domain/retry.ts";
import { wrongSize, type AttemptStore, type Ending } from "./attempts.ts";
import type { Health } from "./breaker.ts";
import type { Claim } from "./claim.ts";
import type { Journaling } from "./journaling.ts";
import type { DeliverySession, Sessions, Step } from "./ports.ts";

export interface DeliverOptions {
  readonly attempts: AttemptStore;
  readonly sessions: Sessions;
  readonly journaling: Journaling;
  readonly suppliers: {
    /** No more attempts until a person resumes it. */
    pause(supplier: string, reason: string): Promise<void>;
    seen(supplier: string, fingerprint: string | null): Promise<void>;
    expectsAcknowledgement(supplier: string): boolean;
    retry(supplier: string): RetrySchedule;
  };
  readonly alert: (alert: {
    readonly kind: string;
    readonly message: string;
    readonly detail: Record<string, string | number | null>;
  }) => void;
  readonly now: () => number;
  readonly random: () => number;
  /** Milliseconds after the intent within which "both files are gone" is believed to mean "taken". */
  readonly inferWithinMs: number;
  /** Called between two steps; a test stops the world there. */
  readonly at?: (step: Step, purchaseOrder: string) => Promise<void>;
}

export type Outcome =
  | { readonly kind: "sent"; readonly inferred: boolean }
  | {
      readonly kind: "nothing-to-do" | "lost-claim" | "cancelled" | "unknown" | "retry" | "paused" | "failed" | "look-again";
      readonly reason: string;
    };

export type Deliver = (job: {
  readonly purchaseOrder: string;
  readonly generation: number;
}) => Promise<Outcome & { readonly attempt?: number; readonly durationMs: number }>;

/** Milliseconds before a lost reply is looked at again, before jitter grows it with every failure. */
const LOOK_AGAIN_MS = 1_000;

export function createDeliver(options: DeliverOptions): Deliver {
  const { attempts, sessions, journaling, now } = options;
  const reach = options.at ?? (() => Promise.resolve());

  return async (job) => {
    const start = now();
    const claimed = await attempts.claim(job);
    if (claimed.kind === "nothing-to-do") {
      return { kind: "nothing-to-do", reason: claimed.reason, durationMs: now() - start };
    }
    const { claim } = claimed;
    await reach("claimed", claim.attempt.purchase_order_id);
    const outcome = await run(claim);
    return { ...outcome, attempt: claim.attempt.number, durationMs: now() - start };
  };

  async function run(claim: Claim): Promise<Outcome> {
    const { attempt, purchaseOrder: po } = claim;
    try {
      return await sessions.use(po.supplier, async (session) => {
        await options.suppliers.seen(po.supplier, session.endpoint.fingerprint);
        await session.enter(attempt.folder);
        return claim.mode === "committing" ? await resume(claim, session) : await send(claim, session);
      });
    } catch (error) {
      return await recover(claim, error);
    }
  }

  /** Steps 1 to 5. */
  async function send(claim: Claim, session: DeliverySession): Promise<Outcome> {
    const { attempt, purchaseOrder: po, bytes } = claim;
    const step = (name: Step): Promise<void> => reach(name, po.id);

    let verdict: Verdict;
    try {
      await session.store(attempt.temporary_path, bytes);
      await step("uploaded");
      await verify(claim, session);
      await step("verified");
      verdict = judgeSending(await see(session, attempt.final_path, claim));
      await step("looked");
    } catch (error) {
      await session.remove(attempt.temporary_path);
      throw error;
    }
    if (verdict.do !== "start-over") {
      await session.remove(attempt.temporary_path);
      return await conclude(claim, verdict);
    }
    const intent = await attempts.writeIntent(attempt, session.endpoint.fingerprint);
    if (intent !== "written") {
      await session.remove(attempt.temporary_path);
      if (intent === "cancel-wanted" && (await attempts.end(attempt, { kind: "cancelled" }))) {
        return { kind: "cancelled", reason: "cancelled before its rename" };
      }
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    await journaling.intent(po, attempt);
    await step("intent-written");

    const renamed = await session.rename(attempt.temporary_path, attempt.final_path);
    if (renamed !== "renamed") {
      if ((await session.size(attempt.temporary_path)) === "absent") {
        const message = `the server refused the rename, yet the temporary file is gone: ${renamed.refused}`;
        return await lookAgain(claim, { message, health: "answers" });
      }
      if (!(await attempts.withdrawIntent(attempt))) {
        return { kind: "lost-claim", reason: "another worker took it over" };
      }
      await journaling.withdrawn(po, attempt);
      return await giveUp(claim, {
        session,
        failure: "RenameRefused",
        message: `the server refused the rename: ${renamed.refused}`,
        health: "answers",
      });
    }
    await step("renamed");
    return await sent(claim, { inferred: false, note: null });
  }

  /** Step 2: what the server holds is what we sent. Throws BadDocument when it changes the bytes in the same way twice. */
  async function verify(claim: Claim, session: DeliverySession): Promise<void> {
    const { attempt, bytes } = claim;
    const size = await session.size(attempt.temporary_path);
    if (size === bytes.byteLength) {
      return;
    }
    if (size === "absent") {
      throw new NotSent(`the uploaded file ${attempt.temporary_path} is not there`);
    }
    const back = size === "unsupported" ? await session.read(attempt.temporary_path) : size;
    if (typeof back === "object" && Buffer.compare(back, bytes) === 0) {
      return;
    }
    if (typeof back === "string") {
      throw new NotSent(`the uploaded file ${attempt.temporary_path} can be neither measured nor read back (${back})`);
    }
    const found = typeof back === "number" ? back : back.byteLength;
    const message = `the server holds ${found} bytes of the ${bytes.byteLength} that were sent`;
    if ((await attempts.sameWrongSizes(attempt, found)) > 0) {
      throw new BadDocument(`${message}, twice in the same way: it changes what it is sent`);
    }
    throw Object.assign(new NotSent(message), { failure: wrongSize(found) });
  }

  /** A taken-over attempt that may have renamed already. */
  async function resume(claim: Claim, session: DeliverySession): Promise<Outcome> {
    const { attempt } = claim;
    let verdict = await look(claim, session);
    if (verdict.do === "unknown" && verdict.lookTwice) {
      verdict = await look(claim, session); // The stalled worker may have renamed between the two looks.
    }
    if (verdict.do === "rename") {
      await journaling.intent(claim.purchaseOrder, attempt); // A crash may have come between the database's intent and the journal's.
      const renamed = await session.rename(attempt.temporary_path, attempt.final_path);
      if (renamed === "renamed") {
        await reach("renamed", claim.purchaseOrder.id);
        return await sent(claim, { inferred: false, note: null });
      }
      verdict = await look(claim, session);
      if (verdict.do === "rename") {
        return await lookAgain(claim, { message: `the server refused the rename: ${renamed.refused}`, health: "answers" });
      }
    }
    return await conclude(claim, verdict);
  }

  async function look(claim: Claim, session: DeliverySession): Promise<Verdict & { readonly lookTwice?: boolean }> {
    const { attempt, purchaseOrder: po } = claim;
    const temporary = await session.size(attempt.temporary_path);
    const final = await see(session, attempt.final_path, claim);
    const { host, port, fingerprint } = session.endpoint;
    const seen: Look = {
      temporary: temporary === "absent" ? "absent" : "present",
      final,
      sameEndpoint:
        host === attempt.host && port === attempt.port && (attempt.fingerprint === null || fingerprint === attempt.fingerprint),
      sinceIntentMs: now() - (attempt.intent_at ?? 0),
      acknowledgementExpected: options.suppliers.expectsAcknowledgement(po.supplier),
    };
    return { ...judgeCommitting(seen, options.inferWithinMs), lookTwice: seen.temporary === "present" };
  }

  async function see(session: DeliverySession, path: string, claim: Claim): Promise<Seen> {
    const size = await session.size(path);
    if (size === "absent") {
      return "absent";
    }
    if (size !== "unsupported" && size !== claim.attempt.size) {
      return "other";
    }
    const back = await session.read(path);
    if (back === "absent") {
      return "absent";
    }
    if (back === "unreadable") {
      return size === "unsupported" ? "other" : "same-size";
    }
    return createHash("sha256").update(back).digest("hex") === claim.attempt.hash ? "ours" : "other";
  }

  async function conclude(claim: Claim, verdict: Verdict): Promise<Outcome> {
    const { attempt, purchaseOrder: po } = claim;
    switch (verdict.do) {
      case "mark-sent": {
        if (verdict.alert !== null) {
          alert(claim, "delivery.found", verdict.alert);
        }
        const note = verdict.inferred
          ? "inferred: both names are gone, so the supplier has most likely taken the file"
          : (verdict.alert ?? "found at the supplier after an interruption");
        return await sent(claim, { inferred: verdict.inferred, note });
      }
      case "unknown":
        return await unknown(claim, { reason: verdict.reason, health: "answers" });
      case "start-over":
      case "rename":
        return await giveUp(claim, {
          session: null,
          failure: "NotSent",
          message: "nothing is at the supplier yet",
          health: "answers",
        });
    }
  }

  async function sent(claim: Claim, how: { readonly inferred: boolean; readonly note: string | null }): Promise<Outcome> {
    if (!(await attempts.markSent(claim.attempt, how))) {
      return { kind: "lost-claim", reason: "another worker took it over, and will find the file" };
    }
    await reach("sent", claim.purchaseOrder.id);
    await journaling.catchUp();
    return { kind: "sent", inferred: how.inferred };
  }

  async function giveUp(
    claim: Claim,
    input: {
      readonly session: DeliverySession | null;
      readonly failure: string;
      readonly message: string;
      readonly health: Health;
    },
  ): Promise<Outcome> {
    const { failure, health } = input;
    await input.session?.remove(claim.attempt.temporary_path);
    const over = exhausted(claim);
    if (over !== undefined) {
      const message = `${over}; the last: ${input.message}`;
      return await fail(claim, { failure, message, health });
    }
    const { supplier, failures } = claim.purchaseOrder;
    const delayMs = retryDelay(options.suppliers.retry(supplier), failures + 1, options.random);
    const { message } = input;
    return await finish(
      claim,
      { kind: "retry", failure, message, delayMs, countsAsFailure: true, health },
      { kind: "retry", reason: message },
    );
  }

  /** Why it is not tried again, with this failure: the supplier's schedule is over. */
  function exhausted({ purchaseOrder: po }: Claim): string | undefined {
    const since = po.failing_since ?? now();
    const failures = po.failures + 1;
    return isExhausted(options.suppliers.retry(po.supplier), { failures, sinceMs: now() - since })
      ? `it did not get through in ${failures} attempts since ${new Date(since).toISOString()}`
      : undefined;
  }

  /** Ends it for good: a person must act. Others go on. */
  async function fail(
    claim: Claim,
    input: { readonly failure: string; readonly message: string; readonly health: Health },
  ): Promise<Outcome> {
    const { purchaseOrder: po } = claim;
    const outcome = await finish(claim, { kind: "failed", ...input }, { kind: "failed", reason: input.message });
    if (outcome.kind === "failed") {
      alert(
        claim,
        "delivery.failed",
        `${input.message}. Others go on. Mend the cause, then run \`npm run soh -- retry ${po.number ?? po.id}\``,
      );
    }
    return outcome;
  }

  /** Nothing can tell whether the supplier has it: a person, or the supplier's answer, settles it. */
  async function unknown(claim: Claim, input: { readonly reason: string; readonly health: Health }): Promise<Outcome> {
    const { attempt, purchaseOrder: po } = claim;
    if (!(await attempts.markUnknown(attempt, input))) {
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    const what = `Ask ${po.supplier} whether it has ${attempt.final_path}; if it has, run \`npm run soh -- mark-sent\`, else \`same-again\``;
    alert(claim, "delivery.unknown", `${input.reason}. ${what}`);
    return { kind: "unknown", reason: input.reason };
  }

  async function finish(claim: Claim, ending: Ending, outcome: Outcome): Promise<Outcome> {
    return (await attempts.end(claim.attempt, ending)) ? outcome : { kind: "lost-claim", reason: "another worker took it over" };
  }

  async function lookAgain(
    claim: Claim,
    input: { readonly message: string; readonly health: Health; readonly countsAsFailure?: boolean },
  ): Promise<Outcome> {
    const { message, health, countsAsFailure = true } = input;
    const over = countsAsFailure ? exhausted(claim) : undefined;
    if (over !== undefined && claim.mode === "committing") {
      return await unknown(claim, {
        reason: `whether it was renamed could not be looked at: ${over}; the last: ${message}`,
        health,
      });
    }
    const { supplier, failures } = claim.purchaseOrder;
    const delayMs = LOOK_AGAIN_MS + retryDelay(options.suppliers.retry(supplier), failures, options.random);
    return (await attempts.lookLater(claim.attempt, { message, delayMs, countsAsFailure, health }))
      ? { kind: "look-again", reason: message }
      : { kind: "lost-claim", reason: "another worker took it over" };
  }

  /** An attempt that threw. Before its rename it simply ends; from the intent on, only a look can tell. */
  async function recover(claim: Claim, error: unknown): Promise<Outcome> {
    const { purchaseOrder: po } = claim;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Refused) {
      await options.suppliers.pause(po.supplier, message);
      const health = "nothing";
      const ending: Ending = { kind: "retry", failure: "Refused", message, delayMs: 0, countsAsFailure: false, health };
      const outcome = await finish(claim, ending, { kind: "paused", reason: message });
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health }) : outcome;
    }
    if (error instanceof BadDocument) {
      return await fail(claim, { failure: "BadDocument", message, health: "answers" });
    }
    if (error instanceof StaleSession) {
      const outcome = await finish(
        claim,
        { kind: "retry", failure: "StaleSession", message, delayMs: 0, countsAsFailure: false, health: "nothing" },
        { kind: "retry", reason: message },
      );
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health: "nothing" }) : outcome;
    }
    if (error instanceof NotSent) {
      const failure = "failure" in error && typeof error.failure === "string" ? error.failure : "NotSent";
      const health = failure === "NotSent" ? "fails" : "answers";
      const outcome = await giveUp(claim, { session: null, failure, message, health });
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health }) : outcome;
    }
    if (error instanceof OutcomeUnknown) {
      return await lookAgain(claim, { message, health: "nothing", countsAsFailure: !(error instanceof NotJournaled) });
    }
    throw error;
  }

  function alert(claim: Claim, kind: string, message: string): void {
    const { purchaseOrder: po, attempt } = claim;
    options.alert({
      kind,
      message: `Purchase order ${po.number ?? po.id} to ${po.supplier}: ${message}.`,
      detail: { purchase_order: po.id, supplier: po.supplier, path: attempt.final_path },
    });
  }
}
