// The person who mends what waits for one: a supplier whose server refused (550) is resumed. Nothing else: a purchase order that
// fails for good while everything breaks is a defect, and counts as lost.
import { setTimeout as wait } from "node:timers/promises";
import { partnerName } from "../world/partners.ts";
import type { DispatcherApi } from "../world/dispatcher.ts";
import type { Tape } from "./tape.ts";

const LOOK_EVERY_MS = 500;

/** Until the signal ends it. */
export async function playPerson(options: {
  readonly dispatcher: Pick<DispatcherApi, "suppliers" | "resume">;
  readonly tape: Tape;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { dispatcher, tape, signal } = options;
  while (!signal.aborted) {
    const suppliers = await dispatcher.suppliers().catch(() => []);
    for (const { id } of suppliers.filter(({ paused }) => paused)) {
      try {
        await dispatcher.resume(id);
        tape.note(`a person resumes ${partnerName(id)}`);
      } catch {
        // The dispatcher is away: the next look tries again.
      }
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
