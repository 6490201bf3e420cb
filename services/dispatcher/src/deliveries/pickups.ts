// Suppliers that answer nothing, and take the files away: a file that is not in the folder any more was picked up.
import { updateRows } from "../database/statements.ts";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";

interface PickupSession {
  enter(folder: string): Promise<void>;
  list(folder: string): Promise<readonly { readonly name: string }[]>;
}

/** Looks at the supplier's folder, where a message waits for being taken. The numbers of those that were. */
export type LookForPickups = (
  supplier: string,
  use: (work: (session: PickupSession) => Promise<void>) => Promise<void>,
) => Promise<readonly string[]>;

/** Files of one look. */
const MOST_FILES = 10_000;

export function createPickups(options: {
  readonly database: OpenDatabase;
  /** When the supplier's next answer is due to what was taken. */
  readonly dueAt: (
    supplier: string,
    of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: true; readonly sentAt: number },
  ) => number | null;
  readonly now: () => number;
}): LookForPickups {
  const { database, now } = options;

  return async (supplier, use) => {
    const waiting = await waitingFiles(database, supplier);
    const gone: (typeof waiting)[number][] = [];
    if (waiting.length > 0) {
      await use(async (session) => {
        for (const [folder, files] of Map.groupBy(waiting, ({ path }) => path.slice(0, path.lastIndexOf("/")) || "/")) {
          await session.enter(folder);
          // Some servers ignore case, and show what they like.
          const there = new Set((await session.list(folder)).map(({ name }) => name.toLowerCase()));
          gone.push(...files.filter(({ path }) => !there.has(path.slice(path.lastIndexOf("/") + 1).toLowerCase())));
        }
      });
    }
    const taken: string[] = [];
    for (const { id, path } of gone) {
      await database.transaction(async (trx) => {
        const msg = await trx.selectFrom("messages").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
        if (msg.state !== "sent" || msg.picked_up_at !== null) {
          return; // A person has it sent once more, meanwhile.
        }
        const at = now();
        const due = options.dueAt(supplier, {
          acknowledgement: msg.answer,
          pickedUp: true,
          sentAt: msg.sent_at ?? at,
        });
        const deadline = due === msg.answer_due_at ? {} : { answer_due_at: due, answer_overdue: 0 };
        await updateRows(trx, "messages", { picked_up_at: at, ...deadline }, { id });
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: msg.purchase_order_id,
          name: "purchase_order.picked_up",
          actor: supplier,
          detail: { path },
        });
        taken.push(msg.number ?? id);
      });
    }
    return taken;
  };
}

/** What was sent, by our own rename as far as we know, and is not known to be taken: with the path of its file. */
async function waitingFiles(
  { db }: OpenDatabase,
  supplier: string,
): Promise<readonly { readonly id: string; readonly path: string }[]> {
  const rows = await db
    .selectFrom("messages as msg")
    .innerJoin("attempts", (join) => join.onRef("attempts.version", "=", "msg.version").onRef("attempts.copy", "=", "msg.copy"))
    .leftJoin("file_contents", (join) =>
      join.onRef("file_contents.attempt_id", "=", "attempts.id").onRef("file_contents.message_id", "=", "msg.id"),
    )
    .select(["msg.id", "attempts.final_path as path"])
    .where("msg.supplier", "=", supplier)
    .where("msg.state", "=", "sent")
    .where("msg.kind", "in", ["order", "replacement"])
    .where("msg.answer", "is", null)
    .where("msg.picked_up_at", "is", null)
    .where("attempts.state", "=", "sent")
    .where((eb) =>
      eb.or([eb("attempts.message_id", "=", eb.ref("msg.id")), eb("file_contents.message_id", "=", eb.ref("msg.id"))]),
    )
    .orderBy("msg.sent_at")
    .limit(MOST_FILES)
    .execute();
  return rows;
}
