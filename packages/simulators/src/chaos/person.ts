// The person who mends what paused a supplier: a server that refuses (550) is not asked again until somebody says so.
import { setTimeout as wait } from "node:timers/promises";
import { partnerName } from "../world/partners.ts";
import type { DispatcherApi } from "../world/dispatcher.ts";
import type { Tape } from "./tape.ts";

const LOOK_EVERY_MS = 500;

/** Until the signal ends it. */
export async function resumePausedSuppliers(options: {
  readonly dispatcher: Pick<DispatcherApi, "suppliers" | "resume">;
  readonly tape: Tape;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { dispatcher, tape, signal } = options;
  while (!signal.aborted) {
    // While the dispatcher is away nobody can be resumed.
    const suppliers = await dispatcher.suppliers().catch(() => []);
    for (const { id } of suppliers.filter(({ paused }) => paused)) {
      await dispatcher.resume(id).then(
        () => tape.note(`a person resumes ${partnerName(id)}`),
        () => {},
      );
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
