// The delivery protocol: one purchase order, one attempt. docs/delivery.md holds the argument.
//
//   1 upload under a name of the attempt's own   2 verify   3 look at the final name, write the intent durably
//   4 rename                                     5 commit `sent`
//
// A delivery note is uploaded after 2 and renamed before the intent: a crash may leave one without its purchase order, and
// never the other way round.
// Where the supplier reads by a marker, that is uploaded after 2 and renamed after 4: only then is the purchase order sent.
// A server that refuses renames: direct.ts.
// An attempt that finds an earlier one `committing` does not start: it looks, and acts by domain/delivery/delivery-table.ts.
import type { AttemptsTable, CompanionsTable, MessagesTable } from "../database/tables/deliveries.ts";
import { judgeSending, type Verdict } from "../domain/delivery/delivery-table.ts";
import { NotJournaled, OutcomeUnknown, NotSent, TurnLost } from "../domain/delivery/failure.ts";
import type { Claim } from "./claim.ts";
import { createEndings, type EndingsOptions, type Outcome } from "./endings.ts";
import { createDirectDelivery, isDirect } from "./direct.ts";
import { createFolders, folderOf } from "./folders.ts";
import { createLooks } from "./look.ts";
import type { DeliverySession, Sessions, Step } from "./ports.ts";

export interface DeliverOptions extends EndingsOptions {
  readonly sessions: Sessions;
  readonly suppliers: EndingsOptions["suppliers"] & {
    noteFingerprint(supplier: string, fingerprint: string | null): Promise<void>;
    toleratesDuplicates(supplier: string): boolean;
    expectsAnswer(msg: MessagesTable): boolean;
  };
  /** A fault of our own ended this attempt in the middle; the error is thrown. */
  readonly onBroken: (attempt: AttemptsTable) => void;
  /** Milliseconds after the intent within which "both files are gone" is believed to mean "taken". */
  readonly inferWithinMs: number;
}

export type Deliver = (job: {
  readonly message: string;
  readonly generation: number;
}) => Promise<Outcome & { readonly purchaseOrder?: string; readonly attempt?: number; readonly durationMs: number }>;

/** Everything has its name at the supplier: what remains, step 5, needs no session, and the next attempt may have it. */
const PLACED = Symbol("placed");

export function createDeliver(options: DeliverOptions): Deliver {
  const { attempts, sessions, journaling, inferWithinMs, now } = options;
  const reach = options.at ?? (() => Promise.resolve());
  const endings = createEndings(options);
  const { conclude, sent, giveUp, fail, lookAgain, recover } = endings;
  const looks = createLooks({
    sameWrongSizes: attempts.sameWrongSizes,
    expectsAnswer: options.suppliers.expectsAnswer,
    inferWithinMs,
    now,
  });
  const { toleratesDuplicates } = options.suppliers;
  const direct = createDirectDelivery({
    looks,
    endings,
    journaling,
    writeIntent: async (claim, session) => (await writeIntent(claim, session)) ?? (await journalIntent(claim))?.outcome,
    toleratesDuplicates,
    reach,
  });

  const folders = createFolders();

  return async (job) => {
    const start = now();
    const claimed = await attempts.claim(job);
    if (claimed.kind === "nothing-to-do") {
      return { kind: "nothing-to-do", reason: claimed.reason, durationMs: now() - start };
    }
    const { claim } = claimed;
    const outcome = await run(claim).catch((error: unknown) => {
      options.onBroken(claim.attempt);
      throw error;
    });
    return {
      ...outcome,
      purchaseOrder: claim.message.purchase_order_id,
      attempt: claim.attempt.number,
      durationMs: now() - start,
    };
  };

  async function run(claim: Claim): Promise<Outcome> {
    const { message: msg } = claim;
    await reach("claimed", msg.id);
    try {
      if (claim.mode !== "committing") {
        await journaling.ready(); // Else each attempt would leave a file at the supplier's server.
      }
      const work = async (session: DeliverySession): Promise<Outcome | typeof PLACED> => {
        await options.suppliers.noteFingerprint(msg.supplier, session.endpoint.fingerprint);
        await folders.enter(session, claim);
        const way = isDirect(claim) ? direct : { send, resume };
        try {
          return claim.mode === "committing" ? await way.resume(claim, session) : await way.send(claim, session);
        } catch (error) {
          folders.forget(session);
          throw error;
        }
      };
      const ended = await sessions.use(msg.supplier, work, async () => {
        // Claimed while another was sent, and all of that may be otherwise since.
        if (claim.mode === "start" && !(await attempts.hasItsTurn(claim))) {
          throw new TurnLost("while it waited for the one before, its supplier was paused or stopped answering");
        }
      });
      return ended === PLACED ? await sent(claim, { inferred: false, note: null }) : ended;
    } catch (error) {
      return await recover(claim, error);
    }
  }

  /** Steps 1 to 4. */
  async function send(claim: Claim, session: DeliverySession): Promise<Outcome | typeof PLACED> {
    const { attempt, message: msg, bytes, marker, deliveryNote } = claim;
    const step = (name: Step): Promise<void> => reach(name, msg.id);

    let verdict: Verdict;
    try {
      await session.store(attempt.temporary_path, bytes);
      await step("uploaded");
      await looks.verify(claim, session);
      await step("verified");
      if (deliveryNote !== null) {
        await session.store(deliveryNote.temporary_path, deliveryNote.bytes);
        await looks.verifyNote(claim, deliveryNote, session);
        await step("delivery-note-uploaded");
      }
      if (marker !== null) {
        await session.store(marker.temporary_path, marker.bytes);
        await looks.verifyMarker(marker.temporary_path, session);
        await step("marker-uploaded");
      }
      verdict = judgeSending(await looks.order(claim, session), await looks.marker(claim, session));
      await step("looked");
    } catch (error) {
      await removeTemporary(claim, session);
      throw error;
    }
    if (verdict.do !== "start-over") {
      await removeTemporary(claim, session);
      return await conclude(claim, verdict);
    }
    let stopped: Outcome | undefined;
    try {
      stopped = await placeNote(claim, session);
    } catch (error) {
      await removeTemporary(claim, session);
      throw error;
    }
    stopped ??= await writeIntent(claim, session);
    if (stopped !== undefined) {
      await removeTemporary(claim, session);
      if (stopped.kind === "withdrawn" && deliveryNote !== null) {
        await session.remove(deliveryNote.final_path);
      }
      return stopped;
    }
    const takenBack = await journalIntent(claim);
    if (takenBack !== undefined) {
      if (takenBack.withdrawn) {
        await removeTemporary(claim, session);
      }
      return takenBack.outcome;
    }

    const renamed = await rename(claim, attempt, session);
    if (renamed !== "renamed") {
      if ((await session.size(attempt.temporary_path)) === "absent") {
        const message = `the server refused the rename, yet the temporary file is gone: ${renamed.refused}`;
        return await lookAgain(claim, { message, health: "answers" });
      }
      const inTwoSteps = session.renameKind(attempt.temporary_path, attempt.final_path) === "two-steps";
      if (inTwoSteps && (await session.size(attempt.final_path)) !== "absent") {
        const message = `the server refused the rename, yet the final file is there: ${renamed.refused}`;
        return await lookAgain(claim, { message, health: "answers" });
      }
      const message = renameRefused(claim, renamed.refused);
      // In one transaction: an attempt with its intent taken back, but not ended, would look like that of an older database.
      const outcome = await giveUp(claim, { from: "committing", failure: "RenameRefused", message, health: "answers" });
      // Not before: whoever took over may be renaming it.
      if (outcome.kind !== "lost-claim" && (await journaling.withdrawn([msg, ...claim.others], attempt))) {
        await removeTemporary(claim, session);
      }
      return outcome;
    }
    await step("renamed");
    return await placeMarker(claim, session);
  }

  /** The delivery note gets its final name, as the purchase order has none yet. Else how the attempt ended. */
  async function placeNote(claim: Claim, session: DeliverySession): Promise<Outcome | undefined> {
    const { attempt, message: msg, deliveryNote: note } = claim;
    if (note === null) {
      return undefined;
    }
    if (!(await attempts.isHeld(attempt))) {
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    const there = await looks.note(note, session);
    if (there === "other") {
      const message = `another file has the name of its delivery note at the supplier, ${note.final_path}: take that away there`;
      return await fail(claim, { failure: "CompanionTaken", message, health: "answers", which: [msg.id], delayMs: 0 });
    }
    if (there === "absent") {
      const refused = await renameNote(claim, note, session);
      if (refused !== undefined) {
        return await giveUp(claim, { failure: "RenameRefused", message: renameRefused(claim, refused), health: "answers" });
      }
    } else {
      await session.remove(note.temporary_path); // A former attempt has placed it.
    }
    await reach("delivery-note-placed", msg.id);
    return undefined;
  }

  /** The server's no. Throws NotSent where its reply is lost: the purchase order has not its name, and the next attempt looks. */
  async function renameNote(claim: Claim, note: CompanionsTable, session: DeliverySession): Promise<string | undefined> {
    try {
      const renamed = await rename(claim, note, session);
      return renamed === "renamed" ? undefined : renamed.refused;
    } catch (error) {
      throw error instanceof OutcomeUnknown ? new NotSent(error.message, { cause: error }) : error;
    }
  }

  /** Step 3, in the database. Else how the attempt ended. */
  async function writeIntent(claim: Claim, session: DeliverySession): Promise<Outcome | undefined> {
    const { attempt } = claim;
    const intent = await attempts.writeIntent(attempt, {
      fingerprint: session.endpoint.fingerprint,
      renameKind: session.renameKind(attempt.temporary_path, attempt.final_path),
    });
    if (intent !== "written") {
      if (intent === "unwanted" && (await attempts.end(attempt, { kind: "unwanted" }))) {
        return claim.others.length === 0
          ? { kind: "withdrawn", reason: "not wanted any more, before its rename" }
          : { kind: "retry", reason: "one of several in its file is not wanted any more, before the rename" };
      }
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    return undefined;
  }

  /**
   * Step 3, in the journal: what follows may be done. Else nothing was renamed, for certain, so the intent is taken back in the
   * database: a look could not tell, where a rename has two steps. The intent may stand in the journal all the same (a write that
   * failed may have reached the disk). To this database that is no news; to an older one, restored, it is an intent that may have
   * been carried out: unknown. And one that was backed up between the two, with the attempt `committing`, must not find both
   * names gone: `withdrawn`, by which the uploaded file may go.
   */
  async function journalIntent(claim: Claim): Promise<{ readonly outcome: Outcome; readonly withdrawn: boolean } | undefined> {
    const { attempt, message: msg } = claim;
    const file = [msg, ...claim.others];
    try {
      await journaling.intent(file, attempt);
    } catch (error) {
      if (!(error instanceof NotJournaled)) {
        throw error;
      }
      const outcome = await endings.notJournaled(claim, error, "committing");
      // Not before: whoever took over may be renaming it.
      return { outcome, withdrawn: outcome.kind !== "lost-claim" && (await journaling.withdrawn(file, attempt)) };
    }
    await reach("intent-written", msg.id);
    return undefined;
  }

  /** The purchase order has its name: so must its marker, where the supplier reads by one. */
  async function placeMarker(claim: Claim, session: DeliverySession): Promise<Outcome | typeof PLACED> {
    const { marker } = claim;
    if (marker !== null) {
      const renamed = await session.rename(marker.temporary_path, marker.final_path);
      if (renamed !== "renamed") {
        // Refused, or another worker was faster: the next look tells. The supplier does not read without it.
        const message = `the server refused to rename the marker ${marker.temporary_path}: ${renamed.refused}`;
        return await lookAgain(claim, { message, health: "answers" });
      }
      await reach("marker-placed", claim.message.id);
    }
    return PLACED;
  }

  /** A taken-over attempt that may have renamed already. */
  async function resume(claim: Claim, session: DeliverySession): Promise<Outcome | typeof PLACED> {
    const { attempt, marker } = claim;
    let verdict = await looks.judge(claim, session);
    if ((verdict.do === "rename" || verdict.do === "place-marker") && !claim.complete) {
      const reason =
        "its file was not renamed, and another purchase order in it came to the supplier some other way: it must not come twice";
      return await conclude(claim, { do: "unknown", reason });
    }
    if (verdict.do === "rename") {
      await journaling.intent([claim.message, ...claim.others], attempt); // A crash may have come between the database's intent and the journal's.
      const renamed = await rename(claim, attempt, session);
      if (renamed === "renamed") {
        await reach("renamed", claim.message.id);
        return await placeMarker(claim, session);
      }
      verdict = await looks.judge(claim, session);
      if (verdict.do === "rename") {
        return await lookAgain(claim, { message: renameRefused(claim, renamed.refused), health: "answers" });
      }
    }
    if (verdict.do === "place-marker") {
      return await placeMarker(claim, session);
    }
    const outcome = await conclude(claim, verdict);
    if (outcome.kind === "sent" && marker !== null) {
      await session.remove(marker.temporary_path); // The supplier did not wait for it.
    }
    return outcome;
  }
}

async function removeTemporary({ attempt, marker, deliveryNote }: Claim, session: DeliverySession): Promise<void> {
  for (const file of [attempt, deliveryNote, marker]) {
    if (file !== null) {
      await session.remove(file.temporary_path);
    }
  }
}

/** Some servers, asked for what they can never do, say "not now": then nothing but the hint tells a person what to change. */
async function rename(
  claim: Claim,
  file: Pick<AttemptsTable, "temporary_path" | "final_path">,
  session: DeliverySession,
): ReturnType<DeliverySession["rename"]> {
  try {
    return await session.rename(file.temporary_path, file.final_path);
  } catch (error) {
    const answered = error instanceof OutcomeUnknown && !session.closed();
    throw answered ? new OutcomeUnknown(`${error.message}${moveHint(claim)}`, { cause: error }) : error;
  }
}

const renameRefused = (claim: Claim, refused: string): string => `the server refused the rename: ${refused}${moveHint(claim)}`;

function moveHint({ attempt, message: msg }: Claim): string {
  return folderOf(attempt.temporary_path) === attempt.folder
    ? ""
    : `. If it moves no files between folders, set suppliers.${msg.supplier}.folders.orders.temporary to a suffix or a prefix`;
}
