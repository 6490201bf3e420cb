// Holding and releasing by hand: what a person may do to the holds of a purchase order before it is sent.
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { holdNames, isReleasable } from "../domain/plan/hold.ts";
import { activeHolds, addHold, settleState, type ActiveHold } from "./holds.ts";

/** Which holds a person lifts; all that are active, where neither is said. */
export interface HoldChoice {
  readonly names?: readonly string[] | undefined;
  /** Ids of those that the person saw: one that appeared since is not lifted. */
  readonly seen?: readonly number[] | undefined;
}

/** Lifts holds. When none is left it is ready, and has its turn when its supplier's schedule says so. */
export async function releaseByHand(
  trx: DatabaseTransaction,
  input: {
    readonly po: PurchaseOrderRow;
    readonly person: Person;
    readonly choice: HoldChoice;
    readonly at: number;
    /** When one that waits since then has its turn. */
    readonly turn: number;
  },
): Promise<ActionResult> {
  const { po, person, choice, at, turn } = input;
  const label = po.number ?? po.id;
  const refuse = (message: string): ActionResult => ({ ok: false, message });
  if (po.state !== "held") {
    return refuse(`${label} is ${po.state}, not held: there is nothing to release`);
  }
  const active = await activeHolds(trx, po.id);
  const absent = choice.names?.find((name) => !active.some((hold) => hold.name === name));
  if (absent !== undefined) {
    return refuse(`${label} has no hold "${absent}": it is held by ${listed(active)}`);
  }
  const named = active.filter((hold) => choice.names?.includes(hold.name) ?? true);
  const lifted = named.filter((hold) => choice.seen?.includes(hold.id) ?? true);
  const appeared = named.filter((hold) => !lifted.includes(hold));
  const left = active.filter((hold) => !lifted.includes(hold));
  if (lifted.length === 0) {
    return refuse(`${label} is not released: ${since(appeared)}. Look again`);
  }
  const fixed = lifted.find((hold) => !holdNames.some((name) => name === hold.name && isReleasable(name)));
  if (fixed !== undefined) {
    return refuse(`${label} cannot be released: ${fixed.name}: ${fixed.reason}`);
  }
  if (po.version === 0 && left.length === 0) {
    return refuse(`${label} cannot be written yet, so it cannot be released: ${active.map((hold) => hold.reason).join("; ")}`);
  }
  await trx
    .updateTable("holds")
    .set({ ended_at: at, ended_by: person.actor, note: person.note })
    .where(
      "id",
      "in",
      lifted.map((hold) => hold.id),
    )
    .execute();
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: "purchase_order.released",
    actor: person.actor,
    detail: {
      note: person.note,
      holds: lifted.map((hold) => hold.name),
      ...(left.length === 0 ? {} : { left: left.map((hold) => hold.name) }),
    },
  });
  await settleState(trx, { po, active: left, now: at, actor: person.actor });
  if (left.length > 0) {
    const told = appeared.length === 0 ? "" : `. ${since(appeared)}: look again`;
    return {
      ok: true,
      message: `${label}: lifted ${lifted.map((hold) => hold.name).join(", ")}; it is still held by ${listed(left)}${told}`,
      ready: [],
    };
  }
  const when = turn > at ? ` at ${new Date(turn).toISOString()}, its supplier's next sending time` : "";
  return { ok: true, message: `${label} is released and will be sent${when}`, ready: [po.id] };
}

/** Holds one that is held or ready until a person releases it. */
export async function holdByHand(
  trx: DatabaseTransaction,
  input: { readonly po: PurchaseOrderRow; readonly person: Person; readonly at: number },
): Promise<ActionResult> {
  const { po, person, at } = input;
  const label = labelOf(po);
  if (po.state !== "held" && po.state !== "ready") {
    const why = po.state === "sending" ? "is being sent at this moment" : `is ${po.state}`;
    return { ok: false, message: `${label} ${why}: it is too late to hold it` };
  }
  await addHold(trx, { name: "by-hand", reason: `${person.actor}: ${person.note}`, purchaseOrder: po.id, now: at });
  await settleState(trx, { po, active: await activeHolds(trx, po.id), now: at, actor: person.actor });
  return { ok: true, message: `${label} is held until it is released`, ready: [] };
}

const listed = (holds: readonly ActiveHold[]): string => holds.map((hold) => `${hold.name} (${hold.reason})`).join(", ");

const since = (holds: readonly ActiveHold[]): string =>
  `${listed(holds)} ${holds.length === 1 ? "has" : "have"} appeared since you looked`;
