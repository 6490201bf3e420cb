// Delivery to a server that refuses renames: `commit: direct`. What makes the supplier read (the purchase order's file, or
// its marker) is uploaded under its final name, so the upload itself is what must not happen twice:
//
//   1 look at the final name   2 write the intent durably   3 upload   4 commit `sent`
//
// With a marker the purchase order's own file is uploaded before 2: it is not read until then, and may be written again.
// From the intent on any doubt is `unknown`, unless the supplier does not mind a second one.
import { judgeDirect, judgeSending, type Seen, type Verdict } from "../domain/delivery/delivery-table.ts";
import { FolderRefused, NotSent, NotStored, OutcomeUnknown, Refused, StoreForbidden } from "../domain/delivery/failure.ts";
import type { Claim } from "./claim.ts";
import type { createEndings, Outcome } from "./endings.ts";
import type { Journaling } from "./journaling.ts";
import type { Looks } from "./look.ts";
import type { DeliverySession, Step } from "./ports.ts";

/** An attempt's paths say how it is committed, whatever the configuration says since. */
export const isDirect = ({ attempt }: Pick<Claim, "attempt">): boolean => attempt.temporary_path === attempt.final_path;

/** Of an upload that the server refused before it took a byte: the next attempt looks again before it uploads. */
const NOTHING_CAME: Verdict = { do: "start-over" };

export interface DirectDelivery {
  send(claim: Claim, session: DeliverySession): Promise<Outcome>;
  /** An attempt that may have uploaded already. */
  resume(claim: Claim, session: DeliverySession): Promise<Outcome>;
}

export function createDirectDelivery(options: {
  readonly looks: Looks;
  readonly endings: ReturnType<typeof createEndings>;
  readonly journaling: Journaling;
  readonly writeIntent: (claim: Claim, session: DeliverySession) => Promise<Outcome | undefined>;
  readonly toleratesDuplicates: (supplier: string) => boolean;
  readonly reach: (step: Step, message: string) => Promise<void>;
}): DirectDelivery {
  const { looks, endings, journaling, reach } = options;

  return {
    async send(claim, session) {
      const { message: msg, marker } = claim;
      const verdict = await judgeBefore(claim, session);
      if (verdict.do !== "start-over") {
        return await endings.conclude(claim, verdict);
      }
      if (marker === null) {
        await tryDataConnection(claim, session);
      } else {
        await storeOrder(claim, session);
      }
      await reach("looked", msg.id);
      return (await options.writeIntent(claim, session)) ?? (await store(claim, session));
    },

    async resume(claim, session) {
      const { attempt, message: msg, marker } = claim;
      const verdict = judgeDirect({ final: await target(claim, session), refused: false, tolerated: tolerates(claim) });
      if (verdict.do !== "store") {
        return await endings.conclude(claim, verdict);
      }
      if (!claim.complete) {
        const reason =
          "its file did not come, and another purchase order in it came to the supplier some other way: it must not come twice";
        return await endings.conclude(claim, { do: "unknown", reason });
      }
      await journaling.intent([msg, ...claim.others], attempt); // A crash may have come between the database's intent and the journal's.
      if (marker !== null && (await looks.order(claim, session)) !== "ours") {
        await storeOrder(claim, session);
      }
      return await store(claim, session);
    },
  };

  function tolerates({ message: msg }: Claim): boolean {
    return options.toleratesDuplicates(msg.supplier);
  }

  /** The file that makes the supplier read. */
  async function target(claim: Claim, session: DeliverySession): Promise<Seen> {
    return (await looks.marker(claim, session)) ?? (await looks.order(claim, session));
  }

  async function judgeBefore(claim: Claim, session: DeliverySession): Promise<Verdict> {
    const marker = await looks.marker(claim, session);
    // What stands there without its marker may be of an earlier attempt, and was not read.
    const final = marker === "absent" && claim.attempt.number > 1 ? "absent" : await looks.order(claim, session);
    return judgeSending(final, marker);
  }

  /** Behind a marker: no one reads it yet. */
  async function storeOrder(claim: Claim, session: DeliverySession): Promise<void> {
    await session.store(claim.attempt.final_path, claim.bytes);
    await looks.verify(claim, session);
  }

  /** A session that the server has half forgotten fails here, where it is no doubt yet. */
  async function tryDataConnection({ attempt }: Claim, session: DeliverySession): Promise<void> {
    try {
      await session.list(attempt.folder);
    } catch (error) {
      if (!(error instanceof FolderRefused)) {
        throw error;
      }
      // A folder that we may write and not list.
    }
  }

  async function store(claim: Claim, session: DeliverySession): Promise<Outcome> {
    const { attempt, message: msg, marker } = claim;
    const [path, bytes] = marker === null ? [attempt.final_path, claim.bytes] : [marker.final_path, marker.bytes];
    try {
      await session.store(path, bytes);
    } catch (error) {
      return await notStored(claim, session, error);
    }
    await reach("stored", msg.id);
    // The server has confirmed it. Gone already: taken.
    const size = await session.size(path).catch(() => "unsupported" as const);
    if (marker === null && typeof size === "number" && size !== bytes.byteLength) {
      const reason = `the server holds ${size} bytes of the ${bytes.byteLength} that were sent`;
      return await endings.unknown(claim, { reason, health: "answers" });
    }
    return await endings.sent(claim, { inferred: false, note: null });
  }

  async function notStored(claim: Claim, session: DeliverySession, error: unknown): Promise<Outcome> {
    const { attempt, message: msg } = claim;
    if (!(error instanceof NotSent || error instanceof Refused)) {
      throw error;
    }
    if (session.closed()) {
      throw new OutcomeUnknown(error.message, { cause: error });
    }
    // Of a taken-over attempt, an earlier upload may have come and been taken.
    const refused = claim.mode === "start" && (error instanceof NotStored || error instanceof StoreForbidden);
    const final = await target(claim, session).catch((unseen: unknown) => {
      if (refused && (unseen instanceof NotSent || unseen instanceof Refused)) {
        // The folder or the whole disk may be gone. Nothing was there before the intent, and nothing of ours came since.
        return "unseen" as const;
      }
      throw unseen;
    });
    const verdict = final === "unseen" ? NOTHING_CAME : judgeDirect({ final, refused, tolerated: tolerates(claim) });
    const { message } = error;
    switch (verdict.do) {
      case "start-over": {
        const from = "committing";
        const outcome =
          error instanceof Refused
            ? await endings.refused(claim, { from, message })
            : await endings.giveUp(claim, {
                from,
                failure: "UploadRefused",
                message,
                health: final === "unseen" ? "fails" : "answers",
              });
        if (outcome.kind !== "lost-claim") {
          await journaling.withdrawn([msg, ...claim.others], attempt);
        }
        return outcome;
      }
      case "store":
        return await endings.lookAgain(claim, { message, health: "answers" });
      case "unknown":
        return await endings.unknown(claim, { reason: `${message}; ${verdict.reason}`, health: "answers" });
      case "mark-sent":
      case "rename":
      case "place-marker":
        return await endings.conclude(claim, verdict);
    }
  }
}
