// What really happened, as it is told while it happens and as it is counted at the end.

export interface Tape {
  /** A fault took effect. */
  fault(kind: string, what: string): void;
  /** A fault took effect that is too frequent to be told of. */
  count(kind: string): void;
  note(what: string): void;
  /** Why a kind could not take effect; forgotten when it does after all. */
  notRun(kind: string, reason: string): void;
  counts(): Readonly<Record<string, number>>;
  reasons(): Readonly<Record<string, string>>;
}

export function createTape(options: { readonly elapsed: () => number; readonly say: (text: string) => void }): Tape {
  const counts = new Map<string, number>();
  const reasons = new Map<string, string>();
  const say = (text: string): void => options.say(`${seconds(options.elapsed())}  ${text}`);
  const count = (kind: string): void => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    reasons.delete(kind);
  };
  return {
    fault(kind, what) {
      count(kind);
      say(what);
    },
    count,
    note: say,
    notRun(kind, reason) {
      if (!counts.has(kind)) {
        reasons.set(kind, reason);
      }
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
    reasons: () => Object.fromEntries(reasons),
  };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(6)} s`;
