// The fault hook of one supplier's server: it meets each command with what the plan has for it by then.
//
//   ambush (a kill waits for this moment) → hold (everything hangs) → a strike that lasts → the next strike that fits
import type { FaultAction, FaultEvent, FaultHook } from "@soh/simulators/ftps-server";
import { isMoment, type Moment, type StrikeKind } from "./strikes.ts";
import type { PlannedStrike } from "./plan.ts";

export interface SupplierFaults {
  readonly hook: FaultHook;
  /** Calls `strike` within the next command that is at this moment, before it goes on. The returned function calls it off. */
  ambush(moment: Moment, strike: () => void): () => void;
  /** True: every upload hangs until the server releases what hangs. */
  hold(on: boolean): void;
  /** Strikes that have not met a command yet. */
  left(): readonly PlannedStrike[];
  /** No more faults. */
  end(): void;
}

/**
 * Milliseconds between two strikes at the same step. Few attempts come as far as their rename, and what fails there is the
 * hardest: uploads are left in peace for longer.
 */
const PAUSES_MS = { upload: 450, rename: 100 } as const;

export function createSupplierFaults(options: {
  readonly strikes: readonly PlannedStrike[];
  readonly ordersFolder: string;
  /** Milliseconds since the sending began. */
  readonly elapsed: () => number;
  /** Whether a kind has had its turn, at whichever supplier: one that has not goes first. */
  readonly hasHappened: (kind: StrikeKind) => boolean;
  /** A strike met a command. */
  readonly onStrike: (strike: PlannedStrike) => void;
}): SupplierFaults {
  const { ordersFolder, elapsed } = options;
  const left = options.strikes.toSorted((a, b) => a.atMs - b.atMs);
  const ambushes = new Set<{ readonly moment: Moment; readonly strike: () => void }>();
  let lasting: { readonly strike: PlannedStrike; readonly untilMs: number } | undefined;
  const nextAtMs = { upload: 0, rename: 0 };
  let holding = false;
  let ended = false;

  const met = (event: FaultEvent): FaultAction | undefined => {
    const fits = (moment: Moment): boolean => isMoment(moment, event, ordersFolder);
    for (const ambush of ambushes) {
      if (fits(ambush.moment)) {
        ambushes.delete(ambush);
        ambush.strike();
        return undefined;
      }
    }
    if (holding && event.phase === "before" && event.command === "STOR") {
      return { do: "hang" };
    }
    const now = elapsed();
    if (lasting !== undefined && now < lasting.untilMs && fits(lasting.strike.moment)) {
      return lasting.strike.action;
    }
    const step = event.command.startsWith("RN") ? "rename" : "upload";
    const fitting = now < nextAtMs[step] ? [] : left.filter((strike) => strike.atMs <= now && fits(strike.moment));
    const next = fitting.find(({ kind }) => !options.hasHappened(kind)) ?? fitting[0];
    if (next === undefined) {
      return undefined;
    }
    left.splice(left.indexOf(next), 1);
    nextAtMs[step] = now + PAUSES_MS[step];
    lasting = next.lastsMs === 0 ? lasting : { strike: next, untilMs: now + next.lastsMs };
    options.onStrike(next);
    return next.action;
  };

  return {
    hook: (event) => (ended ? undefined : met(event)),
    ambush(moment, strike) {
      const own = { moment, strike };
      ambushes.add(own);
      return () => ambushes.delete(own);
    },
    hold: (on) => void (holding = on),
    left: () => left,
    end: () => void (ended = true),
  };
}
