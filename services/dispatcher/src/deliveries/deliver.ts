// The delivery protocol: one purchase order, one attempt. docs/delivery.md holds the argument.
//
//   1 upload under a name of the attempt's own   2 verify   3 look at the final name, write the intent durably
//   4 rename                                     5 commit `sent`
//
// An attempt that finds an earlier one `committing` does not start: it looks, and acts by domain/delivery-table.ts.
import { createHash } from "node:crypto";
import type { AttemptsTable, PurchaseOrdersTable } from "../database/schema.ts";
import { judgeCommitting, judgeSending, type Look, type Seen, type Verdict } from "../domain/delivery-table.ts";
import { BadDocument, FolderRefused, NotSent } from "../domain/failure.ts";
import { wrongSize } from "./attempts.ts";
import type { Claim } from "./claim.ts";
import { createEndings, type EndingsOptions, type Outcome } from "./endings.ts";
import type { DeliverySession, Sessions, Step } from "./ports.ts";

export interface DeliverOptions extends EndingsOptions {
  readonly sessions: Sessions;
  readonly suppliers: EndingsOptions["suppliers"] & {
    seen(supplier: string, fingerprint: string | null): Promise<void>;
    expectsAcknowledgement(po: PurchaseOrdersTable): boolean;
  };
  /** A fault of our own ended this attempt in the middle; the error is thrown. */
  readonly onBroken: (attempt: AttemptsTable) => void;
  /** Milliseconds after the intent within which "both files are gone" is believed to mean "taken". */
  readonly inferWithinMs: number;
}

export type Deliver = (job: {
  readonly purchaseOrder: string;
  readonly generation: number;
}) => Promise<Outcome & { readonly attempt?: number; readonly durationMs: number }>;

export function createDeliver(options: DeliverOptions): Deliver {
  const { attempts, sessions, journaling, now } = options;
  const reach = options.at ?? (() => Promise.resolve());
  const { conclude, sent, giveUp, lookAgain, recover } = createEndings(options);

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
    return { ...outcome, attempt: claim.attempt.number, durationMs: now() - start };
  };

  async function run(claim: Claim): Promise<Outcome> {
    const { attempt, purchaseOrder: po } = claim;
    await reach("claimed", po.id);
    try {
      return await sessions.use(po.supplier, async (session) => {
        await options.suppliers.seen(po.supplier, session.endpoint.fingerprint);
        await enterFolders(session, claim);
        return claim.mode === "committing" ? await resume(claim, session) : await send(claim, session);
      });
    } catch (error) {
      return await recover(claim, error);
    }
  }

  /** Goes into the folders that the attempt uses: only then does "no such file" there mean what it says. */
  async function enterFolders(session: DeliverySession, { attempt, purchaseOrder: po }: Claim): Promise<void> {
    const upload = folderOf(attempt.temporary_path);
    const keys = new Map([[attempt.folder, "path"]]);
    if (upload !== attempt.folder) {
      keys.set(upload, "temporary.folder");
    }
    for (const [folder, key] of keys) {
      await session.enter(folder).catch((error: unknown) => {
        throw error instanceof FolderRefused
          ? new FolderRefused(`${error.message} (suppliers.${po.supplier}.folders.orders.${key})`, { cause: error })
          : error;
      });
    }
  }

  /** Steps 1 to 5. */
  async function send(claim: Claim, session: DeliverySession): Promise<Outcome> {
    const { attempt, purchaseOrder: po, bytes } = claim;
    const step = (name: Step): Promise<void> => reach(name, po.id);

    let verdict: Verdict;
    try {
      await session.store(attempt.temporary_path, bytes);
      await step("uploaded");
      await verify(claim, session);
      await step("verified");
      verdict = judgeSending(await see(session, attempt.final_path, claim));
      await step("looked");
    } catch (error) {
      await session.remove(attempt.temporary_path);
      throw error;
    }
    if (verdict.do !== "start-over") {
      await session.remove(attempt.temporary_path);
      return await conclude(claim, verdict);
    }
    const intent = await attempts.writeIntent(attempt, session.endpoint.fingerprint);
    if (intent !== "written") {
      await session.remove(attempt.temporary_path);
      if (intent === "cancel-wanted" && (await attempts.end(attempt, { kind: "cancelled" }))) {
        return claim.others.length === 0
          ? { kind: "cancelled", reason: "cancelled before its rename" }
          : { kind: "retry", reason: "one of several in its file was cancelled before the rename" };
      }
      return { kind: "lost-claim", reason: "another worker took it over" };
    }
    await journaling.intent([po, ...claim.others], attempt);
    await step("intent-written");

    const renamed = await session.rename(attempt.temporary_path, attempt.final_path);
    if (renamed !== "renamed") {
      if ((await session.size(attempt.temporary_path)) === "absent") {
        const message = `the server refused the rename, yet the temporary file is gone: ${renamed.refused}`;
        return await lookAgain(claim, { message, health: "answers" });
      }
      const message = renameRefused(claim, renamed.refused);
      // In one transaction: an attempt with its intent taken back, but not ended, would look like that of an older database.
      const outcome = await giveUp(claim, { from: "committing", failure: "RenameRefused", message, health: "answers" });
      // Not before: whoever took over may be renaming it.
      if (outcome.kind !== "lost-claim" && (await journaling.withdrawn([po, ...claim.others], attempt))) {
        await session.remove(attempt.temporary_path);
      }
      return outcome;
    }
    await step("renamed");
    return await sent(claim, { inferred: false, note: null });
  }

  /** Step 2: what the server holds is what we sent. Throws BadDocument when it changes the bytes in the same way twice. */
  async function verify(claim: Claim, session: DeliverySession): Promise<void> {
    const { attempt, bytes } = claim;
    const size = await session.size(attempt.temporary_path);
    if (size === bytes.byteLength) {
      return;
    }
    if (size === "absent") {
      throw new NotSent(`the uploaded file ${attempt.temporary_path} is not there`);
    }
    const back = size === "unsupported" ? await session.read(attempt.temporary_path) : size;
    if (typeof back === "object" && Buffer.compare(back, bytes) === 0) {
      return;
    }
    if (typeof back === "string") {
      throw new NotSent(`the uploaded file ${attempt.temporary_path} can be neither measured nor read back (${back})`);
    }
    const found = typeof back === "number" ? back : back.byteLength;
    const message = `the server holds ${found} bytes of the ${bytes.byteLength} that were sent`;
    if ((await attempts.sameWrongSizes(attempt, found)) > 0) {
      throw new BadDocument(`${message}, twice in the same way: it changes what it is sent`);
    }
    throw Object.assign(new NotSent(message), { failure: wrongSize(found) });
  }

  /** A taken-over attempt that may have renamed already. */
  async function resume(claim: Claim, session: DeliverySession): Promise<Outcome> {
    const { attempt } = claim;
    let verdict = await look(claim, session);
    if (verdict.do === "rename" && !claim.complete) {
      const reason =
        "its file was not renamed, and another purchase order in it came to the supplier some other way: it must not come twice";
      return await conclude(claim, { do: "unknown", reason });
    }
    if (verdict.do === "rename") {
      await journaling.intent([claim.purchaseOrder, ...claim.others], attempt); // A crash may have come between the database's intent and the journal's.
      const renamed = await session.rename(attempt.temporary_path, attempt.final_path);
      if (renamed === "renamed") {
        await reach("renamed", claim.purchaseOrder.id);
        return await sent(claim, { inferred: false, note: null });
      }
      verdict = await look(claim, session);
      if (verdict.do === "rename") {
        return await lookAgain(claim, { message: renameRefused(claim, renamed.refused), health: "answers" });
      }
    }
    return await conclude(claim, verdict);
  }

  /** The two names are not seen at once: whoever stalled may rename in between, and then both seem to be there. */
  async function look(claim: Claim, session: DeliverySession): Promise<Verdict> {
    const seen = await lookOnce(claim, session);
    const verdict = judgeCommitting(seen, options.inferWithinMs);
    return verdict.do === "unknown" && seen.temporary === "present"
      ? judgeCommitting(await lookOnce(claim, session), options.inferWithinMs)
      : verdict;
  }

  async function lookOnce(claim: Claim, session: DeliverySession): Promise<Look> {
    const { attempt, purchaseOrder: po } = claim;
    const temporary = await session.size(attempt.temporary_path);
    const final = await see(session, attempt.final_path, claim);
    const { host, port, fingerprint } = session.endpoint;
    return {
      temporary: temporary === "absent" ? "absent" : "present",
      final,
      sameEndpoint:
        host === attempt.host && port === attempt.port && (attempt.fingerprint === null || fingerprint === attempt.fingerprint),
      sinceIntentMs: now() - (attempt.intent_at ?? 0),
      acknowledgementExpected: options.suppliers.expectsAcknowledgement(po),
    };
  }

  async function see(session: DeliverySession, path: string, claim: Claim): Promise<Seen> {
    const size = await session.size(path);
    if (size === "absent") {
      return "absent";
    }
    if (size !== "unsupported" && size !== claim.attempt.size) {
      return "other";
    }
    const back = await session.read(path);
    if (back === "absent") {
      return "absent";
    }
    if (back === "unreadable") {
      return size === "unsupported" ? "other" : "same-size";
    }
    return createHash("sha256").update(back).digest("hex") === claim.attempt.hash ? "ours" : "other";
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

function renameRefused({ attempt, purchaseOrder: po }: Claim, refused: string): string {
  const hint =
    folderOf(attempt.temporary_path) === attempt.folder
      ? ""
      : `. If it moves no files between folders, set suppliers.${po.supplier}.folders.orders.temporary to a suffix or a prefix`;
  return `the server refused the rename: ${refused}${hint}`;
}
