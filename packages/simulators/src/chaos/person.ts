// The person who mends what waits for one: a supplier whose server refused (550) is resumed, and a purchase order that was
// set aside because the process ended too often while it was being sent is tried again; here it was always us who ended it.
import { setTimeout as wait } from "node:timers/promises";
import { partnerName } from "../world/partners.ts";
import type { DispatcherApi } from "../world/dispatcher.ts";
import type { Tape } from "./tape.ts";

const LOOK_EVERY_MS = 500;
/** What else has failed stays so, and counts as lost. */
const ENDED_TOO_OFTEN = /^the process ended \d+ times/;

/** Until the signal ends it. */
export async function playPerson(options: {
  readonly dispatcher: Pick<DispatcherApi, "suppliers" | "resume" | "failed" | "retry">;
  readonly tape: Tape;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { dispatcher, tape, signal } = options;
  const attempt = async (work: () => Promise<void>, what: string): Promise<void> => {
    try {
      await work();
      tape.note(what);
    } catch {
      // The dispatcher is away: the next look tries again.
    }
  };
  while (!signal.aborted) {
    const suppliers = await dispatcher.suppliers().catch(() => []);
    for (const { id } of suppliers.filter(({ paused }) => paused)) {
      await attempt(() => dispatcher.resume(id), `a person resumes ${partnerName(id)}`);
    }
    const failed = await dispatcher.failed().catch(() => []);
    for (const { id, number, reason } of failed.filter((one) => ENDED_TOO_OFTEN.test(one.reason ?? ""))) {
      await attempt(() => dispatcher.retry(id), `a person tries ${number ?? id} again: ${reason}`);
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
