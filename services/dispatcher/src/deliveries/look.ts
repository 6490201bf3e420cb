// What is seen at the supplier of one attempt's files: whether an upload is what was sent, and what stands at its names.
import { createHash } from "node:crypto";
import type { AttemptsTable, CompanionsTable, MessagesTable } from "../database/tables/deliveries.ts";
import {
  judgeCommitting,
  judgeMarked,
  type Look,
  type MarkerLook,
  type Seen,
  type Verdict,
} from "../domain/delivery/delivery-table.ts";
import { BadDocument, NotSent } from "../domain/delivery/failure.ts";
import { wrongSize } from "./attempts.ts";
import type { Claim } from "./claim.ts";
import type { DeliverySession } from "./ports.ts";

export interface Looks {
  /** What the server holds under the temporary name is what we sent. Throws BadDocument when it changes the bytes in the same way twice. */
  verify(claim: Claim, session: DeliverySession): Promise<void>;
  /** The same of its delivery note. */
  verifyNote(claim: Claim, note: CompanionsTable, session: DeliverySession): Promise<void>;
  /** Throws NotSent when the uploaded marker is not there, or not as it was sent. */
  verifyMarker(path: string, session: DeliverySession): Promise<void>;
  /** The message's final name. */
  order(claim: Claim, session: DeliverySession): Promise<Seen>;
  /** The delivery note's final name. */
  note(note: CompanionsTable, session: DeliverySession): Promise<Seen>;
  /** The marker's final name; undefined where there is none. */
  marker(claim: Claim, session: DeliverySession): Promise<Seen | undefined>;
  /** What a taken-over attempt did, by the table. */
  judge(claim: Claim, session: DeliverySession): Promise<Verdict>;
}

export function createLooks(options: {
  readonly sameWrongSizes: (attempt: AttemptsTable, size: number) => Promise<number>;
  readonly expectsAnswer: (msg: MessagesTable) => boolean;
  /** Milliseconds after the intent within which "both files are gone" is believed to mean "taken". */
  readonly inferWithinMs: number;
  readonly now: () => number;
}): Looks {
  const { inferWithinMs, now } = options;

  return { verify, verifyNote, verifyMarker, order, note, marker, judge };

  async function verify(claim: Claim, session: DeliverySession): Promise<void> {
    const { attempt, bytes } = claim;
    await verifyFile(attempt, { path: attempt.temporary_path, bytes }, session);
  }

  async function verifyNote(
    { attempt }: Claim,
    { temporary_path: path, bytes }: CompanionsTable,
    session: DeliverySession,
  ): Promise<void> {
    await verifyFile(attempt, { path, bytes }, session);
  }

  async function verifyFile(
    attempt: AttemptsTable,
    { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
    session: DeliverySession,
  ): Promise<void> {
    const size = await session.size(path);
    if (size === bytes.byteLength) {
      return;
    }
    if (size === "absent") {
      throw new NotSent(`the uploaded file ${path} is not there`);
    }
    const back = size === "unsupported" ? await session.read(path) : size;
    if (typeof back === "object" && Buffer.compare(back, bytes) === 0) {
      return;
    }
    if (typeof back === "string") {
      throw new NotSent(`the uploaded file ${path} can be neither measured nor read back (${back})`);
    }
    const found = typeof back === "number" ? back : back.byteLength;
    const message = `the server holds ${found} bytes of the ${bytes.byteLength} that were sent`;
    if ((await options.sameWrongSizes(attempt, found)) > 0) {
      throw new BadDocument(`${message}, twice in the same way: it changes what it is sent`);
    }
    throw Object.assign(new NotSent(message), { failure: wrongSize(found) });
  }

  /** It only has to be there: nobody reads it, and some servers write a line end their own way. */
  async function verifyMarker(path: string, session: DeliverySession): Promise<void> {
    if ((await session.size(path)) === "absent") {
      throw new NotSent(`the uploaded marker ${path} is not there`);
    }
  }

  async function order({ attempt }: Claim, session: DeliverySession): Promise<Seen> {
    return await fileAt({ path: attempt.final_path, size: attempt.size, hash: attempt.hash }, session);
  }

  async function note({ final_path: path, bytes }: CompanionsTable, session: DeliverySession): Promise<Seen> {
    return await fileAt({ path, size: bytes.byteLength, hash: sha256(bytes) }, session);
  }

  async function fileAt(
    file: { readonly path: string; readonly size: number; readonly hash: string },
    session: DeliverySession,
  ): Promise<Seen> {
    const size = await session.size(file.path);
    if (size === "absent") {
      return "absent";
    }
    if (size !== "unsupported" && size !== file.size) {
      return "other";
    }
    const back = await session.read(file.path);
    if (back === "absent") {
      return "absent";
    }
    if (back === "unreadable") {
      return size === "unsupported" ? "other" : "same-size";
    }
    return sha256(back) === file.hash ? "ours" : "other";
  }

  async function marker(claim: Claim, session: DeliverySession): Promise<Seen | undefined> {
    return claim.marker === null ? undefined : await markerAt(claim.marker.final_path, session);
  }

  /**
   * The names are not seen at once: whoever stalled may rename in between, and then more seem to be there than are. So it looks
   * again, once for each rename that there may be: of the order, and of its marker.
   */
  async function judge(claim: Claim, session: DeliverySession): Promise<Verdict> {
    let { verdict, temporary } = await judgeOnce(claim, session);
    for (let renames = claim.marker === null ? 1 : 2; renames > 0 && verdict.do === "unknown" && temporary; renames--) {
      ({ verdict, temporary } = await judgeOnce(claim, session));
    }
    return verdict;
  }

  async function judgeOnce(
    claim: Claim,
    session: DeliverySession,
  ): Promise<{ readonly verdict: Verdict; readonly temporary: boolean }> {
    const { attempt, message: msg } = claim;
    const isThere = async (path: string): Promise<"absent" | "present"> =>
      (await session.size(path)) === "absent" ? "absent" : "present";
    const temporary = await isThere(attempt.temporary_path);
    const final = await order(claim, session);
    const { host, port, fingerprint } = session.endpoint;
    const look: Look = {
      temporary,
      final,
      rename: attempt.rename_kind === "one-step" ? session.renameKind(attempt.temporary_path, attempt.final_path) : "two-steps",
      sameEndpoint:
        host === attempt.host && port === attempt.port && (attempt.fingerprint === null || fingerprint === attempt.fingerprint),
      sinceIntentMs: now() - (attempt.intent_at ?? 0),
      acknowledgementExpected: options.expectsAnswer(msg),
    };
    if (claim.marker === null) {
      return { verdict: judgeCommitting(look, inferWithinMs), temporary: temporary === "present" };
    }
    const ofMarker: MarkerLook = {
      temporary: await isThere(claim.marker.temporary_path),
      final: await markerAt(claim.marker.final_path, session),
    };
    return {
      verdict: judgeMarked(look, ofMarker, inferWithinMs),
      temporary: temporary === "present" || ofMarker.temporary === "present",
    };
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Its name is ours alone, and what is in it says nothing. */
async function markerAt(path: string, session: DeliverySession): Promise<Seen> {
  return (await session.size(path)) === "absent" ? "absent" : "ours";
}
