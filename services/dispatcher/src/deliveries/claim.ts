// Taking a message for one attempt: everything that must hold is checked in the transaction that takes it.
import { findRow, insertRow, statement, updateRows } from "../database/statements.ts";
import { changeMessage, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, CompanionsTable, MessagesTable } from "../database/tables/deliveries.ts";
import { latestWait } from "../domain/schedule/schedule.ts";
import { abandon, carriedBy, putBack, type Batch } from "./carried.ts";
import { keepsBack, takeProbe } from "./breaker.ts";
import { CLAIM_LEASE_MS, latestDue } from "./due.ts";
import { carry, fill } from "./filling.ts";
import { join, reserveNames } from "./final-names.ts";
import { placesLeft } from "./pace.ts";
import type { Turns } from "./ports.ts";
import type { GiveUp } from "./sent.ts";

/** Where a supplier takes messages, and how it answers. */
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
  readonly message: MessagesTable;
  /** Behind an open breaker, the one that is let through to try. */
  readonly probe: boolean;
  /** In the same file: carried.ts. */
  readonly others: readonly MessagesTable[];
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

const hasTurn = (msg: MessagesTable, turns: Turns, now: number): boolean =>
  msg.waits_since === null || msg.waits_since <= turns.servedUntil(msg.supplier, now) || msg.waits_since > latestWait(now);

const lastAttempt = statement((db, message: string) =>
  db.selectFrom("attempts").selectAll().where("message_id", "=", message).orderBy("number", "desc").limit(1),
);

/** Takes the message, or says why there is nothing to do. A claim that is due again is taken over from its worker. */
export async function claim(
  trx: DatabaseTransaction,
  job: { readonly message: string; readonly generation: number },
  options: {
    readonly destination: (supplier: string) => Destination | undefined;
    readonly batch: (supplier: string) => Batch | undefined;
    readonly turns: Turns;
    readonly giveUp: GiveUp;
    readonly now: () => number;
    readonly newId: () => string;
  },
): Promise<ClaimResult> {
  const { message, generation } = job;
  const { now, newId } = options;
  const nothing = (reason: string): ClaimResult => ({ kind: "nothing-to-do", reason });
  const msg = await findRow(trx, "messages", { id: message });
  if (msg === undefined || msg.generation !== generation) {
    return nothing("a later generation of it exists");
  }
  if (msg.state !== "ready" && msg.state !== "sending") {
    return nothing(`it is ${msg.state}`);
  }
  if (msg.carried_by !== null) {
    return nothing("it is in a file with others, and goes with that");
  }
  const destination = options.destination(msg.supplier);
  if (destination === undefined) {
    return nothing(`the supplier ${msg.supplier} is not configured`);
  }
  const supplier = await findRow(trx, "suppliers", { id: msg.supplier });
  if (supplier !== undefined && supplier.paused_at !== null) {
    return nothing("the supplier is paused");
  }
  const at = now();
  if (!isDue(msg.next_attempt_at, at)) {
    return nothing("it is not due yet");
  }
  if (msg.state === "ready" && !hasTurn(msg, options.turns, at)) {
    return nothing("it waits for its supplier's next sending time");
  }
  const document = await findRow(trx, "documents", { purchase_order_id: msg.purchase_order_id, version: msg.version });
  if (document === undefined || msg.number === null) {
    return nothing("it has no document");
  }
  const last = await lastAttempt.first(trx, msg.id);
  const token = newId();
  const lease = { next_attempt_at: at + CLAIM_LEASE_MS, claimed: 1 };
  const probe = supplier !== undefined && supplier.probe_at !== null;
  const claimed = (attempt: AttemptsTable, rest: Omit<Claim, "attempt" | "message" | "probe">): ClaimResult => ({
    kind: "claimed",
    claim: { attempt, message: { ...msg, ...lease, state: "sending" }, probe, ...rest },
  });

  if (msg.state === "sending" && last?.state === "committing") {
    await updateRows(trx, "attempts", { token }, { id: last.id });
    await updateRows(trx, "messages", lease, { id: msg.id });
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: msg.purchase_order_id,
      name: "delivery.taken_over",
      actor: "system",
      detail: { attempt: last.number },
    });
    const file = await trx.selectFrom("files").select("bytes").where("attempt_id", "=", last.id).executeTakeFirst();
    const contents = await trx.selectFrom("file_contents").select("position").where("attempt_id", "=", last.id).execute();
    const others = await carriedBy(trx, last.id);
    const complete = contents.length <= 1 + others.length;
    const marker = await findRow(trx, "companions", { attempt_id: last.id, kind: "marker" });
    const bytes = file?.bytes ?? document.bytes;
    const rest = { others, complete, bytes, marker: marker ?? null, deliveryNote: null };
    return claimed({ ...last, token }, { mode: "committing", ...rest });
  }
  // From here on it is a new attempt. (One that may have renamed is looked at whatever the breaker says: that cannot wait.)
  if (supplier !== undefined && keepsBack(supplier, at)) {
    return nothing("the supplier's server does not answer: it waits with the others");
  }
  const { perMinute } = destination;
  if (perMinute !== null && (await placesLeft(trx, { supplier: msg.supplier, perMinute, at })) === 0) {
    return nothing(`the supplier takes ${perMinute} files a minute: it waits for its place`);
  }
  if (last?.state === "sending") {
    await abandon(trx, last, { at, reason: "taken over by another attempt" });
    await putBack(trx, await carriedBy(trx, last.id), { at, reason: "its file is made anew" });
  }
  const sends = options.turns.sends(msg.supplier);
  if (msg.stale === 1 || !sends) {
    // Its order changed meanwhile, or the supplier is in dry run now. It was not renamed: back to where the sweep plans it
    // again, and then hands it over.
    if (msg.state === "sending") {
      const set = { generation: msg.generation + 1, next_attempt_at: at, stale: 1 };
      await changeMessage(trx, {
        message: msg,
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
  if (msg.unwanted !== null) {
    await options.giveUp(trx, { message: msg, at, reason: msg.unwanted });
    return nothing("it is not wanted any more");
  }
  const batch = options.batch(msg.supplier);
  const file = batch === undefined ? undefined : await fill(trx, { lead: msg, document, batch, turns: options.turns, at });
  const { size, hash } = file ?? document;
  const note =
    destination.deliveryNote === null
      ? undefined
      : await trx
          .selectFrom("companion_documents")
          .select("bytes")
          .where("purchase_order_id", "=", msg.purchase_order_id)
          .where("version", "=", msg.version)
          .where("kind", "=", "delivery-note")
          .executeTakeFirst();
  const names = await reserveNames(trx, { message: msg, number: msg.number, destination, hasNote: note !== undefined });
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
    message_id: msg.id,
    version: msg.version,
    copy: msg.copy,
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
  await insertRow(trx, "attempts", attempt);
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
      await insertRow(trx, "companions", companion);
    }
  }
  const carried = file === undefined ? { others: [], bytes: document.bytes } : await carry(trx, { attempt, file, lead: msg, at });
  if (probe) {
    await takeProbe(trx, { supplier: msg.supplier, until: lease.next_attempt_at });
  }
  if (msg.state === "ready") {
    await changeMessage(trx, {
      message: msg,
      to: "sending",
      cause: "system",
      actor: "system",
      at,
      reason: null,
      set: lease,
      detail: { attempt: number },
    });
  } else {
    await updateRows(trx, "messages", lease, { id: msg.id });
  }
  return claimed(attempt, { mode: "start", complete: true, marker, deliveryNote, ...carried });
}

/** A file of no bytes cannot be uploaded everywhere: over TLS the data connection would end before it began. */
const MARKER = Buffer.from("\n");
