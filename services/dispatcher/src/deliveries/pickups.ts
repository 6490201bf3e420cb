// Suppliers that answer nothing, and take the files away: a file that is not in the folder any more was picked up.
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";

interface PickupSession {
  enter(folder: string): Promise<void>;
  list(folder: string): Promise<readonly { readonly name: string }[]>;
}

/** Looks at the supplier's folder, where a purchase order waits for being taken. The numbers of those that were. */
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
        const po = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
        if (po.state !== "sent" || po.picked_up_at !== null) {
          return; // A person has it sent once more, meanwhile.
        }
        const at = now();
        const due = options.dueAt(supplier, {
          acknowledgement: po.acknowledgement,
          pickedUp: true,
          sentAt: po.sent_at ?? at,
        });
        const deadline = due === po.acknowledgement_due_at ? {} : { acknowledgement_due_at: due, acknowledgement_overdue: 0 };
        await trx
          .updateTable("purchase_orders")
          .set({ picked_up_at: at, ...deadline })
          .where("id", "=", id)
          .execute();
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: id,
          name: "purchase_order.picked_up",
          actor: supplier,
          detail: { path },
        });
        taken.push(po.number ?? id);
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
    .selectFrom("purchase_orders as po")
    .innerJoin("attempts", (join) => join.onRef("attempts.version", "=", "po.version").onRef("attempts.copy", "=", "po.copy"))
    .leftJoin("file_contents", (join) =>
      join.onRef("file_contents.attempt_id", "=", "attempts.id").onRef("file_contents.purchase_order_id", "=", "po.id"),
    )
    .select(["po.id", "attempts.final_path as path"])
    .where("po.supplier", "=", supplier)
    .where("po.state", "=", "sent")
    .where("po.notice_of", "is", null)
    .where("po.acknowledgement", "is", null)
    .where("po.picked_up_at", "is", null)
    .where("attempts.state", "=", "sent")
    .where((eb) =>
      eb.or([
        eb("attempts.purchase_order_id", "=", eb.ref("po.id")),
        eb("file_contents.purchase_order_id", "=", eb.ref("po.id")),
      ]),
    )
    .orderBy("po.sent_at")
    .limit(MOST_FILES)
    .execute();
  return rows;
}
