// Intake that survives its input. A webhook whose processing ended the process is taken in again alone, nothing beside it,
// so that what ends the process then is certain; after three times it is set aside as a dead letter. An ordinary webhook
// costs nothing: only one that was started before, and did not end, is counted.
import { createHash } from "node:crypto";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import { MOST_CRASHES, type UnendedWork } from "../database/unended.ts";
import type { Intake, IntakeResult } from "./intake.ts";

export type GuardedIntake = (
  envelope: WebhookEnvelope,
  /** The queue has started it before, and never heard of its end. */
  job?: { readonly startedBefore: boolean },
) => Promise<IntakeResult>;

export function createGuardedIntake(options: {
  readonly intake: Intake;
  readonly setAside: (envelope: WebhookEnvelope, reason: string) => Promise<IntakeResult>;
  readonly unended: UnendedWork;
}): GuardedIntake {
  const { intake, unended } = options;
  const gate = createGate();

  return async (envelope, { startedBefore } = { startedBefore: false }) => {
    if (!startedBefore) {
      return await gate.beside(() => intake(envelope));
    }
    return await gate.alone(async () => {
      const key = keyOf(envelope);
      const crashes = await unended.startAgain(key);
      try {
        const result =
          crashes < MOST_CRASHES
            ? await intake(envelope)
            : await options.setAside(
                envelope,
                `taking it in ended the process ${crashes} times: it is not tried again until a person does`,
              );
        await unended.end(key);
        return result;
      } catch (error) {
        await unended.takeBack(key);
        throw error;
      }
    });
  };
}

const keyOf = ({ shop, topic, webhookId, body }: WebhookEnvelope): string =>
  `webhook ${createHash("sha256")
    .update(JSON.stringify([shop, topic, webhookId, body.data]))
    .digest("hex")}`;

interface Gate {
  /** Runs beside others, but not beside one that runs alone. */
  beside<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

function createGate(): Gate {
  const running = new Set<Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    async beside(work) {
      await last;
      const one = work();
      running.add(one);
      try {
        return await one;
      } finally {
        running.delete(one);
      }
    },
    async alone(work) {
      const before = last;
      const mine = (async () => {
        await before;
        await Promise.allSettled(running);
        return await work();
      })();
      last = mine.catch(() => undefined);
      return await mine;
    },
  };
}
