// Visits every state that a model can reach, breadth first, so that the first trace to a wrong state is a shortest one.

export interface Step<S> {
  readonly text: string;
  /** Who does it; null: the world. */
  readonly worker: number | null;
  /** It will happen if nothing else does. Not so: faults, and what others may do or leave. */
  readonly fair: boolean;
  readonly to: S;
}

export interface Wrong {
  readonly kind: "double" | "loss" | "apart" | "cancelled" | "unknown without reason" | "bug" | "stuck";
  readonly what: string;
}

export interface Model<S> {
  readonly initial: S;
  steps(state: S): readonly Step<S>[];
  /** What must never be seen, and why this is it. */
  wrong(state: S): Wrong | undefined;
  /** Where it may rest. Every state must be able to come here by fair steps alone. */
  settled(state: S): boolean;
  /** The same state under one spelling, and whether the two workers changed places in it. */
  canonical(state: S): { readonly state: S; readonly key: string; readonly swapped: boolean };
}

export interface Exploration {
  readonly states: number;
  readonly deepest: number;
  /** The texts of all steps that were taken. */
  readonly seen: ReadonlySet<string>;
  readonly counterexample: (Wrong & { readonly trace: readonly string[] }) | undefined;
}

/**
 * Stops at the first wrong state; with `only`, at the first that is wrong in this way. Throws where there are more than
 * `atMost` states: an exploration that is cut off proves nothing.
 */
export function explore<S>(
  model: Model<S>,
  { atMost, only }: { readonly atMost: number; readonly only?: Wrong["kind"] },
): Exploration {
  const indexes = new Map<string, number>();
  const cameBy: { readonly from: number; readonly text: string; readonly worker: number | null; readonly swapped: boolean }[] =
    [];
  const comesFrom: number[][] = []; // By fair steps.
  const settled: number[] = [];
  const seen = new Set<string>();
  let deepest = 0;

  const trace = (last: number): readonly string[] => {
    const path: (typeof cameBy)[number][] = [];
    for (let at = last; at > 0; at = cameBy[at]!.from) {
      path.unshift(cameBy[at]!);
    }
    let swapped = false;
    return path.map((step, index) => {
      const name = step.worker === null ? "" : `worker ${(step.worker === 1) === swapped ? "A" : "B"}: `;
      swapped = swapped !== step.swapped;
      return `${index + 1}. ${name}${step.text}`;
    });
  };
  const result = (wrong: Wrong, last: number): Exploration => ({
    states: indexes.size,
    deepest,
    seen,
    counterexample: { ...wrong, trace: trace(last) },
  });

  const add = (reached: ReturnType<Model<S>["canonical"]>, by: Omit<(typeof cameBy)[number], "swapped">): number => {
    const index = indexes.size;
    indexes.set(reached.key, index);
    cameBy.push({ ...by, swapped: reached.swapped });
    comesFrom.push([]);
    if (model.settled(reached.state)) {
      settled.push(index);
    }
    return index;
  };

  const first = model.canonical(model.initial);
  let frontier = [{ state: first.state, index: add(first, { from: 0, text: "", worker: null }) }];
  for (; frontier.length > 0; deepest++) {
    const next: typeof frontier = [];
    for (const { state, index } of frontier) {
      for (const { text, worker, fair, to } of model.steps(state)) {
        seen.add(text);
        const reached = model.canonical(to);
        let known = indexes.get(reached.key);
        if (known === undefined) {
          known = add(reached, { from: index, text, worker });
          const wrong = model.wrong(reached.state);
          if (wrong !== undefined && (only ?? wrong.kind) === wrong.kind) {
            return result(wrong, known);
          }
          if (known >= atMost) {
            throw new Error(`more than ${atMost} states`);
          }
          next.push({ state: reached.state, index: known });
        }
        if (fair) {
          comesFrom[known]!.push(index);
        }
      }
    }
    frontier = next;
  }

  const canSettle = new Uint8Array(indexes.size);
  for (let at = settled.pop(); at !== undefined; at = settled.pop()) {
    if (canSettle[at] === 0) {
      canSettle[at] = 1;
      settled.push(...comesFrom[at]!);
    }
  }
  const stuck = canSettle.indexOf(0);
  return stuck === -1 || (only ?? "stuck") !== "stuck"
    ? { states: indexes.size, deepest, seen, counterexample: undefined }
    : result({ kind: "stuck", what: "without another fault it is never sent and never unknown" }, stuck);
}
