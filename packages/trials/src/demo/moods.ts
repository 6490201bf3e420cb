// How the simulated suppliers answer: after a moment, and mostly with yes.
import { createRandom } from "@soh/simulators/orders/random";
import type { Decision, OrderDocument, SupplierScript } from "@soh/simulators/supplier";

const REACTION_MS = [50, 800] as const;
const ODDS = { rejects: 0.04, changes: 0.08 };

const REFUSALS = ["no longer made", "delivery address is out of our area", "credit limit reached"] as const;

/** obliging: everything is accepted. moody: now and then something is refused or comes later. */
export function supplierScript(options: {
  readonly mood: "obliging" | "moody";
  readonly seed: string;
  /** When it answers, before the answer is written. */
  readonly onDecision: (order: OrderDocument, decision: Decision) => void;
}): SupplierScript {
  const { mood, onDecision } = options;
  const random = createRandom(options.seed);
  const choose = (order: OrderDocument): Decision => {
    const dice = random.fraction();
    if (mood === "obliging" || dice > ODDS.rejects + ODDS.changes) {
      return { status: "accepted" };
    }
    return dice < ODDS.rejects ? { status: "rejected", reason: random.pick(REFUSALS) } : laterInPart(order);
  };
  const decide = (order: OrderDocument): Decision => {
    const decision = choose(order);
    onDecision(order, decision);
    return decision;
  };
  return { reactionMs: () => random.between(...REACTION_MS), decide };
}

function laterInPart({ lines }: OrderDocument): Decision {
  const [first, ...others] = lines;
  if (first === undefined) {
    return { status: "accepted" };
  }
  const promisedDate = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  return {
    status: "changed",
    reason: `${first.sku} comes on ${promisedDate}`,
    lines: [
      { number: first.number, confirmed: 0, backordered: first.quantity, promisedDate },
      ...others.map(({ number, quantity }) => ({ number, confirmed: quantity })),
    ],
  };
}
