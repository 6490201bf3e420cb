// The person who mends what waits for one. A supplier whose server refused (550) is resumed. After an older database was
// restored, what the journal leaves in doubt is settled by asking the supplier, and answers that only the lost database had
// read are asked for once more. Nothing else: a purchase order that fails for good while everything breaks is a defect, and
// counts as lost.
import { setTimeout as wait } from "node:timers/promises";
import type { DispatcherApi, ToldPurchaseOrder } from "../world/dispatcher.ts";
import { partnerName } from "../world/partners.ts";
import type { SimulatedPartner } from "../world/world.ts";
import type { DatabaseFiles } from "./database.ts";
import { ASKS_AFTER_MS, isInDoubtByRestore, remedyFor } from "./in-doubt.ts";
import type { Tape } from "./tape.ts";

const LOOK_EVERY_MS = 500;

type TakenFile = SimulatedPartner["supplier"]["taken"][number];

export interface PersonOptions {
  readonly dispatcher: Pick<DispatcherApi, "suppliers" | "resume" | "purchaseOrders" | "order" | "settle">;
  readonly suppliers: readonly Pick<SimulatedPartner, "id" | "supplier">[];
  readonly database: Pick<DatabaseFiles, "restoredAt">;
  readonly tape: Tape;
  /** Until it ends. */
  readonly signal: AbortSignal;
}

export async function playPerson({ dispatcher, suppliers, database, tape, signal }: PersonOptions): Promise<void> {
  /** By which restore the answer had been lost. */
  const askedAgain = new Map<TakenFile, number>();
  while (!signal.aborted) {
    try {
      await resumePaused();
      await settleInDoubt();
    } catch {
      // The dispatcher is away, or what was to be done is done: the next look tries again.
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }

  async function resumePaused(): Promise<void> {
    for (const { id } of (await dispatcher.suppliers()).filter(({ paused }) => paused)) {
      await dispatcher.resume(id);
      tape.note(`a person resumes ${partnerName(id)}`);
    }
  }

  async function settleInDoubt(): Promise<void> {
    const { restoredAt } = database;
    if (restoredAt === undefined || Date.now() - restoredAt < ASKS_AFTER_MS) {
      return;
    }
    for (const one of await dispatcher.purchaseOrders()) {
      const taken = takenOf(one);
      if (isInDoubtByRestore(one)) {
        await settle(one, taken !== undefined);
      } else if (awaitsAnswer(one) && taken !== undefined && taken.takenAt < restoredAt) {
        answerAgain(one, taken, restoredAt);
      }
    }
  }

  async function settle(one: ToldPurchaseOrder, supplierHasIt: boolean): Promise<void> {
    const { state: order } = await dispatcher.order(one.orderName);
    const remedy = remedyFor({ supplierHasIt, order });
    await dispatcher.settle(one.id, remedy);
    tape.fault(
      `a person settles what a restore left in doubt: ${remedy}`,
      `a person asks ${partnerName(one.supplier)} about ${one.number}: ${supplierHasIt ? "it has it" : "it does not have it"}, so ${remedy}`,
    );
  }

  function answerAgain(one: ToldPurchaseOrder, taken: TakenFile, restoredAt: number): void {
    if (askedAgain.get(taken) !== restoredAt) {
      askedAgain.set(taken, restoredAt);
      suppliers.find(({ id }) => id === one.supplier)?.supplier.acknowledge(taken, { status: "accepted" });
      tape.count("a person asks for an answer again, after a restore");
    }
  }

  function takenOf({ supplier: id, number }: ToldPurchaseOrder): TakenFile | undefined {
    return suppliers.find((one) => one.id === id)?.supplier.taken.find(({ order }) => order?.orderNumber === number);
  }
}

const awaitsAnswer = ({ state, acknowledgement }: ToldPurchaseOrder): boolean =>
  (state === "sent" || state === "unknown") && acknowledgement === null;
