// A purchase order is planned again whenever its order changes, and everything waits while its template is filled. One that fails
// slowly would hold up all the others each time, for the same result: after the second time it is not filled again for the same
// content. The second time, because the first may have been this machine's slowness.
import { createHash } from "node:crypto";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import type { Scope } from "./scope.ts";

/** Milliseconds: less does not matter. */
const SLOW_MS = 200;
/** Of different contents. The oldest is forgotten first. */
const MOST_REMEMBERED = 500;
/** They differ each time, and change nothing of how a template fares. */
const PASSING = ["issued_at", "version"];

export type Fill = (scope: Scope) => string;

/** The same function, which throws what it threw before where it failed slowly twice. Forgets when the process ends. */
export function withoutSlowFailures(fill: Fill, now: () => number = () => performance.now()): Fill {
  const failures = new Map<string, { readonly error: BadDocument; readonly times: number }>();
  return (scope) => {
    const key = createHash("sha256")
      .update(JSON.stringify(scope, (name, value: unknown) => (PASSING.includes(name) ? undefined : value)))
      .digest("base64");
    const known = failures.get(key);
    if (known !== undefined && known.times > 1) {
      throw known.error;
    }
    const startedAt = now();
    try {
      return fill(scope);
    } catch (error) {
      if (error instanceof BadDocument && now() - startedAt >= SLOW_MS) {
        failures.set(key, { error, times: (known?.times ?? 0) + 1 });
        for (const oldest of [...failures.keys()].slice(0, Math.max(0, failures.size - MOST_REMEMBERED))) {
          failures.delete(oldest);
        }
      }
      throw error;
    }
  };
}
