// Taking a purchase order for one attempt: everything that must hold is checked in the transaction that takes it.
import { changeState, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, CompanionsTable } from "../database/tables/deliveries.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { latestWait } from "../domain/schedule/schedule.ts";
import { abandon, carriedBy, putBack, type Batch } from "./carried.ts";
import { keepsBack, takeProbe } from "./breaker.ts";
import { CLAIM_LEASE_MS, latestDue } from "./due.ts";
import { carry, fill } from "./filling.ts";
import { join, reserveNames } from "./final-names.ts";
import { placesLeft } from "./pace.ts";
import type { Turns } from "./ports.ts";

/** Where a supplier takes purchase orders, and how it answers. */
export interface Destination {
  readonly supplier: string;
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly name: string;
  /** direct: under its final name, since the server refuses renames. Such an attempt has one path, twice. */
  readonly commit: "rename" | "direct";
  /** Most attempts that begin in a minute; null: no limit. */
  readonly perMinute: number | null;
  /** The PDF beside each purchase order, which is there before it; null: none. */
  readonly deliveryNote: string | null;
  /** The file that tells the supplier to read; null: it needs none. */
  readonly marker: string | null;
  /** `folder`: another one, where it is uploaded; null: it is uploaded where it belongs. */
  readonly temporary: { readonly folder: string | null; readonly prefix: string; readonly suffix: string };
}

export interface Claim {
  readonly attempt: AttemptsTable;
  /** `committing`: taken over after its intent was written; look before acting. */
  readonly mode: "start" | "committing";
  readonly purchaseOrder: PurchaseOrdersTable;
  /** In the same file: carried.ts. */
  readonly others: readonly PurchaseOrdersTable[];
  /** False: one that is in the file came to the supplier some other way since, and must not come once more. */
  readonly complete: boolean;
  readonly bytes: Uint8Array;
  readonly marker: CompanionsTable | null;
  /** Null also for an attempt that was taken over: it was in its place before the intent. */
  readonly deliveryNote: CompanionsTable | null;
}

export type ClaimResult =
  | { readonly kind: "claimed"; readonly claim: Claim }
  | { readonly kind: "nothing-to-do"; readonly reason: string };

/** Times further ahead than anything we write come from a clock that was wrong: due, or it would wait for years. */
const isDue = (nextAttemptAt: number, now: number): boolean => nextAttemptAt <= now || nextAttemptAt > latestDue(now);

const hasTurn = (po: PurchaseOrdersTable, turns: Turns, now: number): boolean =>
  po.waits_since === null || po.waits_since <= turns.servedUntil(po.supplier, now) || po.waits_since > latestWait(now);

/** Takes the purchase order, or says why there is nothing to do. A claim that is due again is taken over from its worker. */
export async function claim(
  trx: DatabaseTransaction,
  job: { readonly purchaseOrder: string; readonly generation: number },
  options: {
    readonly destination: (supplier: string) => Destination | undefined;
    readonly batch: (supplier: string) => Batch | undefined;
    readonly turns: Turns;
    readonly now: () => number;
    readonly newId: () => string;
  },
): Promise<ClaimResult> {
  const { purchaseOrder, generation } = job;
  const { now, newId } = options;
  const nothing = (reason: string): ClaimResult => ({ kind: "nothing-to-do", reason });
  const po = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", purchaseOrder).executeTakeFirst();
  if (po === undefined || po.generation !== generation) {
    return nothing("a later generation of it exists");
  }
  if (po.state !== "ready" && po.state !== "sending") {
    return nothing(`it is ${po.state}`);
  }
  if (po.carried_by !== null) {
    return nothing("it is in a file with others, and goes with that");
  }
  const destination = options.destination(po.supplier);
  if (destination === undefined) {
    return nothing(`the supplier ${po.supplier} is not configured`);
  }
  const supplier = await trx.selectFrom("suppliers").selectAll().where("id", "=", po.supplier).executeTakeFirst();
  if (supplier !== undefined && supplier.paused_at !== null) {
    return nothing("the supplier is paused");
  }
  const at = now();
  if (!isDue(po.next_attempt_at, at)) {
    return nothing("it is not due yet");
  }
  if (po.state === "ready" && !hasTurn(po, options.turns, at)) {
    return nothing("it waits for its supplier's next sending time");
  }
  const document = await trx
    .selectFrom("documents")
    .selectAll()
    .where("purchase_order_id", "=", po.id)
    .where("version", "=", po.version)
    .executeTakeFirst();
  if (document === undefined || po.number === null) {
    return nothing("it has no document");
  }
  const last = await trx
    .selectFrom("attempts")
    .selectAll()
    .where("purchase_order_id", "=", po.id)
    .orderBy("number", "desc")
    .executeTakeFirst();
  const token = newId();
  const lease = { next_attempt_at: at + CLAIM_LEASE_MS, claimed: 1 };
  const claimed = (attempt: AttemptsTable, rest: Omit<Claim, "attempt" | "purchaseOrder">): ClaimResult => ({
    kind: "claimed",
    claim: { attempt, purchaseOrder: { ...po, ...lease, state: "sending" }, ...rest },
  });

  if (po.state === "sending" && last?.state === "committing") {
    await trx.updateTable("attempts").set({ token }).where("id", "=", last.id).execute();
    await trx.updateTable("purchase_orders").set(lease).where("id", "=", po.id).execute();
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: po.id,
      name: "delivery.taken_over",
      actor: "system",
      detail: { attempt: last.number },
    });
    const file = await trx.selectFrom("files").select("bytes").where("attempt_id", "=", last.id).executeTakeFirst();
    const contents = await trx.selectFrom("file_contents").select("position").where("attempt_id", "=", last.id).execute();
    const others = await carriedBy(trx, last.id);
    const complete = contents.length <= 1 + others.length;
    const marker = await trx
      .selectFrom("companions")
      .selectAll()
      .where("attempt_id", "=", last.id)
      .where("kind", "=", "marker")
      .executeTakeFirst();
    const bytes = file?.bytes ?? document.bytes;
    const rest = { others, complete, bytes, marker: marker ?? null, deliveryNote: null };
    return claimed({ ...last, token }, { mode: "committing", ...rest });
  }
  // From here on it is a new attempt. (One that may have renamed is looked at whatever the breaker says: that cannot wait.)
  if (supplier !== undefined && keepsBack(supplier, at)) {
    return nothing("the supplier's server does not answer: it waits with the others");
  }
  const { perMinute } = destination;
  if (perMinute !== null && (await placesLeft(trx, { supplier: po.supplier, perMinute, at })) === 0) {
    return nothing(`the supplier takes ${perMinute} files a minute: it waits for its place`);
  }
  if (last?.state === "sending") {
    await abandon(trx, last, { at, reason: "taken over by another attempt" });
    await putBack(trx, await carriedBy(trx, last.id), { at, reason: "its file is made anew" });
  }
  const sends = options.turns.sends(po.supplier);
  if (po.plan_again === 1 || !sends) {
    // Its order changed meanwhile, or the supplier is in dry run now. It was not renamed: back to where the sweep plans it
    // again, and then hands it over.
    if (po.state === "sending") {
      const set = { generation: po.generation + 1, next_attempt_at: at, plan_again: 1 };
      await changeState(trx, {
        id: po.id,
        from: "sending",
        to: "ready",
        cause: "system",
        actor: "system",
        at,
        reason: sends ? "its order changed" : "the supplier is in dry run",
        set,
      });
    }
    return nothing(sends ? "its order changed: it is planned again first" : "the supplier is in dry run");
  }
  if (po.cancel_wanted_at !== null) {
    await changeState(trx, {
      id: po.id,
      from: po.state,
      to: "cancelled",
      cause: "system",
      actor: "system",
      at,
      reason: po.cancel_reason,
    });
    return nothing("it is cancelled");
  }
  const batch = options.batch(po.supplier);
  const file = batch === undefined ? undefined : await fill(trx, { lead: po, document, batch, turns: options.turns, at });
  const { size, hash } = file ?? document;
  const note =
    destination.deliveryNote === null
      ? undefined
      : await trx
          .selectFrom("companion_documents")
          .select("bytes")
          .where("purchase_order_id", "=", po.id)
          .where("version", "=", po.version)
          .where("kind", "=", "delivery-note")
          .executeTakeFirst();
  const names = await reserveNames(trx, { po, number: po.number, destination, hasNote: note !== undefined });
  const number = (last?.number ?? 0) + 1;
  const paths = (name: string) => {
    const { folder, prefix, suffix } = destination.temporary;
    const final = join(destination.folder, name);
    return {
      temporary_path:
        destination.commit === "direct" ? final : join(folder ?? destination.folder, `${prefix}${name}.${number}${suffix}`),
      final_path: final,
    };
  };
  const attempt: AttemptsTable = {
    id: newId(),
    purchase_order_id: po.id,
    version: po.version,
    copy: po.copy,
    number,
    token,
    state: "sending",
    host: destination.host,
    port: destination.port,
    fingerprint: supplier?.fingerprint ?? null,
    folder: destination.folder,
    ...paths(names.order),
    size,
    hash,
    rename_kind: null,
    started_at: at,
    intent_at: null,
    ended_at: null,
    failure: null,
    message: null,
  };
  await trx.insertInto("attempts").values(attempt).execute();
  const marker: CompanionsTable | null =
    names.marker === null
      ? null
      : { attempt_id: attempt.id, kind: "marker", ...paths(names.marker), bytes: MARKER, placed_at: null };
  const deliveryNote: CompanionsTable | null =
    names.deliveryNote === null || note === undefined
      ? null
      : {
          attempt_id: attempt.id,
          kind: "delivery-note",
          ...paths(names.deliveryNote),
          bytes: note.bytes,
          placed_at: null,
        };
  for (const companion of [deliveryNote, marker]) {
    if (companion !== null) {
      await trx.insertInto("companions").values(companion).execute();
    }
  }
  const carried = file === undefined ? { others: [], bytes: document.bytes } : await carry(trx, { attempt, file, lead: po, at });
  await takeProbe(trx, { supplier: po.supplier, until: lease.next_attempt_at });
  if (po.state === "ready") {
    await changeState(trx, {
      id: po.id,
      from: "ready",
      to: "sending",
      cause: "system",
      actor: "system",
      at,
      reason: null,
      set: lease,
      detail: { attempt: number },
    });
  } else {
    await trx.updateTable("purchase_orders").set(lease).where("id", "=", po.id).execute();
  }
  return claimed(attempt, { mode: "start", complete: true, marker, deliveryNote, ...carried });
}

/** A file of no bytes cannot be uploaded everywhere: over TLS the data connection would end before it began. */
const MARKER = Buffer.from("\n");
