// How an attempt ends: sent, tried again, looked at again, failed, unknown. Every ending is a compare-and-set on the claim;
// when that is lost, another worker has the purchase order, and this one says so and stops.
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { Verdict } from "../domain/delivery/delivery-table.ts";
import {
  BadDocument,
  NotJournaled,
  NotSent,
  OutcomeUnknown,
  Refused,
  StaleSession,
  TurnLost,
} from "../domain/delivery/failure.ts";
import { isExhausted, retryDelay, type RetrySchedule } from "../domain/delivery/retry.ts";
import type { AttemptStore, Ending } from "./attempts.ts";
import type { Health } from "./breaker.ts";
import type { Claim } from "./claim.ts";
import type { Journaling } from "./journaling.ts";
import type { Step } from "./ports.ts";

export interface EndingsOptions {
  readonly attempts: AttemptStore;
  readonly journaling: Journaling;
  readonly suppliers: {
    /** No more attempts until a person resumes it. */
    pause(supplier: string, reason: string): Promise<void>;
    retry(supplier: string): RetrySchedule;
  };
  readonly now: () => number;
  readonly random: () => number;
  /** Called between two steps; a test stops the world there. */
  readonly at?: (step: Step, message: string) => Promise<void>;
}

export type Outcome =
  | { readonly kind: "sent"; readonly inferred: boolean }
  | {
      readonly kind: "nothing-to-do" | "lost-claim" | "withdrawn" | "unknown" | "retry" | "paused" | "failed" | "look-again";
      readonly reason: string;
    };

/** Milliseconds before a lost reply is looked at again, before jitter grows it with every failure. */
const LOOK_AGAIN_MS = 1_000;

const fileOf = (claim: Claim): readonly MessagesTable[] => [claim.message, ...claim.others];

export function createEndings(options: EndingsOptions) {
  const { attempts, journaling, now } = options;
  const reach = options.at ?? (() => Promise.resolve());

  return { conclude, sent, giveUp, fail, refused, notJournaled, unknown, lookAgain, recover };

  async function conclude(claim: Claim, verdict: Verdict): Promise<Outcome> {
    switch (verdict.do) {
      case "mark-sent": {
        const note = verdict.inferred
          ? "inferred: both names are gone, so the supplier has most likely taken the file"
          : (verdict.alert ?? "found at the supplier after an interruption");
        return await sent(claim, { inferred: verdict.inferred, note, found: verdict.alert });
      }
      case "unknown":
        return await unknown(claim, { reason: verdict.reason, health: "answers" });
      case "start-over":
      case "rename":
      case "place-marker":
      case "store":
        return await giveUp(claim, {
          failure: "NotSent",
          message: "nothing is at the supplier yet",
          health: "answers",
        });
    }
  }

  /** `found`: how, in a way that a person should know of. */
  async function sent(
    claim: Claim,
    how: { readonly inferred: boolean; readonly note: string | null; readonly found?: string | null },
  ): Promise<Outcome> {
    if (!(await attempts.markSent(claim.attempt, how))) {
      return { kind: "lost-claim", reason: "another worker took it over, and will find the file" };
    }
    await reach("sent", claim.message.id);
    await journaling.sent(fileOf(claim).map((msg) => msg.id));
    return { kind: "sent", inferred: how.inferred };
  }

  async function giveUp(
    claim: Claim,
    input: {
      /** After a definite refusal of the rename. */
      readonly from?: "committing" | undefined;
      readonly failure: string;
      readonly message: string;
      readonly health: Health;
    },
  ): Promise<Outcome> {
    const { from, failure, health } = input;
    const { supplier, failures } = claim.message;
    const delayMs = retryDelay(options.suppliers.retry(supplier), failures + 1, options.random);
    const over = exhausted(claim.message);
    if (over !== undefined) {
      const message = `${over}; the last: ${input.message}`;
      const which = fileOf(claim).filter((msg) => exhausted(msg) !== undefined);
      return await fail(claim, { from, failure, message, health, which: which.map((msg) => msg.id), delayMs });
    }
    const { message } = input;
    return await finish(
      claim,
      { kind: "retry", from, failure, message, delayMs, countsAsFailure: true, health },
      { kind: "retry", reason: message },
    );
  }

  /** Why it is not tried again, with this failure: the supplier's schedule is over. */
  function exhausted(msg: MessagesTable): string | undefined {
    const since = msg.failing_since ?? now();
    const failures = msg.failures + 1;
    return isExhausted(options.suppliers.retry(msg.supplier), { failures, sinceMs: now() - since })
      ? `it did not get through in ${failures} attempts since ${new Date(since).toISOString()}`
      : undefined;
  }

  /** Ends them for good: a person must act. Others go on. */
  async function fail(claim: Claim, input: Omit<Ending & { readonly kind: "failed" }, "kind">): Promise<Outcome> {
    return await finish(claim, { kind: "failed", ...input }, { kind: "failed", reason: input.message });
  }

  /** Nothing can tell whether the supplier has it: a person, or the supplier's answer, settles it. */
  async function unknown(claim: Claim, input: { readonly reason: string; readonly health: Health }): Promise<Outcome> {
    const { attempt } = claim;
    if (!(await attempts.markUnknown(attempt, input))) {
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    return { kind: "unknown", reason: input.reason };
  }

  /** Login, permission or certificate: nothing more is sent to the supplier until a person mends it. */
  async function refused(
    claim: Claim,
    input: { readonly from?: "committing" | undefined; readonly message: string },
  ): Promise<Outcome> {
    const { from, message } = input;
    await options.suppliers.pause(claim.message.supplier, message);
    const rest = { failure: "Refused", message, delayMs: 0, countsAsFailure: false, health: "nothing" } as const;
    return await finish(claim, { kind: "retry", from, ...rest }, { kind: "paused", reason: message });
  }

  /** Our own disk: nobody's failure, and tried again. `from`: committing, in the session that wrote that intent and has not renamed. */
  async function notJournaled(claim: Claim, error: NotJournaled, from?: "committing"): Promise<Outcome> {
    const { message } = error;
    const delayMs = waitOf(claim);
    const rest = { failure: "NotJournaled", message, delayMs, countsAsFailure: false, health: "nothing" } as const;
    return await finish(claim, { kind: "retry", from, ...rest }, { kind: "retry", reason: message });
  }

  function waitOf({ message: { supplier, failures } }: Claim): number {
    return LOOK_AGAIN_MS + retryDelay(options.suppliers.retry(supplier), failures, options.random);
  }

  async function finish(claim: Claim, ending: Ending, outcome: Outcome): Promise<Outcome> {
    return (await attempts.end(claim.attempt, ending)) ? outcome : { kind: "lost-claim", reason: "another worker took it over" };
  }

  async function lookAgain(
    claim: Claim,
    input: { readonly message: string; readonly health: Health; readonly countsAsFailure?: boolean },
  ): Promise<Outcome> {
    const { message, health, countsAsFailure = true } = input;
    const over = countsAsFailure ? exhausted(claim.message) : undefined;
    if (over !== undefined && claim.mode === "committing") {
      return await unknown(claim, {
        reason: `whether it was renamed could not be settled: ${over}; the last: ${message}`,
        health,
      });
    }
    return (await attempts.lookLater(claim.attempt, { message, delayMs: waitOf(claim), countsAsFailure, health }))
      ? { kind: "look-again", reason: message }
      : { kind: "lost-claim", reason: "another worker took it over" };
  }

  /** An attempt that threw. Before its rename it simply ends; from the intent on, only a look can tell. */
  async function recover(claim: Claim, error: unknown): Promise<Outcome> {
    const { message: msg } = claim;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Refused) {
      const outcome = await refused(claim, { message });
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health: "nothing" }) : outcome;
    }
    if (error instanceof BadDocument) {
      const failure = "BadDocument";
      return claim.others.length === 0
        ? await fail(claim, { failure, message, health: "answers", which: [msg.id], delayMs: 0 })
        : await finish(claim, { kind: "each-alone", failure, message, health: "answers" }, { kind: "retry", reason: message });
    }
    if (error instanceof StaleSession) {
      const health = error instanceof TurnLost ? "not-asked" : "nothing";
      const outcome = await finish(
        claim,
        { kind: "retry", failure: error.name, message, delayMs: 0, countsAsFailure: false, health },
        { kind: "retry", reason: message },
      );
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health: "nothing" }) : outcome;
    }
    if (error instanceof NotSent) {
      const failure = "failure" in error && typeof error.failure === "string" ? error.failure : "NotSent";
      const health = failure === "NotSent" ? "fails" : "answers";
      const outcome = await giveUp(claim, { failure, message, health });
      return outcome.kind === "lost-claim" ? await lookAgain(claim, { message, health }) : outcome;
    }
    if (error instanceof NotJournaled) {
      // Before its upload; else in a takeover, of which only a look can tell.
      const outcome = await notJournaled(claim, error);
      return outcome.kind === "lost-claim"
        ? await lookAgain(claim, { message, health: "nothing", countsAsFailure: false })
        : outcome;
    }
    if (error instanceof OutcomeUnknown) {
      return await lookAgain(claim, { message, health: "nothing" });
    }
    throw error;
  }
}
