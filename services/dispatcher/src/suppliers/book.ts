// Who the suppliers are, by the configuration alone: what one is called, which language it reads, when it has its turn, until
// when it is to answer, and what it can be told.
import type { ConfiguredSupplier, HandlerConfig } from "../config/load.ts";
import { openSchedule } from "../config/load.ts";
import { createLanguage, renderDeliveryNote, type Language, type RenderedDocument } from "../documents/documents.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import { nextDeadline } from "../domain/answers/expectation.ts";
import type { ReadMessage } from "../domain/answers/message.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";
import type { Content, DeliveryWindow } from "../domain/purchase-order/content.ts";
import { deadline, requestedDay, servedUntil, turnOf, type Schedule } from "../domain/schedule/schedule.ts";

export interface SupplierBook {
  readonly all: readonly ConfiguredSupplier[];
  find(id: string): ConfiguredSupplier | undefined;
  /** Throws Error for an unknown supplier: a bug. */
  get(id: string): ConfiguredSupplier;

  /** Its language. Throws Error for an unknown supplier. */
  language(id: string): Language;
  /** Throws BadDocument when the content cannot be said in its format, or not beside others where it takes several in a file. */
  write(id: string, content: Content): RenderedDocument & { readonly format: string };
  /** The PDF that goes beside the document; undefined where it gets none. */
  deliveryNote(id: string, content: Content): Buffer | undefined;
  read(id: string, bytes: Uint8Array): ReadMessage;

  /** False for a supplier in dry run. */
  sends(id: string): boolean;
  /** Those that wait since then, or since an earlier time, have their turn. Epoch milliseconds; below 0: none. */
  servedUntil(id: string, now: number): number;
  /** When what waits since then has its turn. Epoch milliseconds. */
  turn(id: string, waitsSince: number, now: number): number;
  /** What it is asked for where the customer wishes nothing, in a document of that time. */
  requestedDelivery(id: string, issuedAt: number): DeliveryWindow | null;

  /** When its next answer is due, epoch milliseconds; null when nothing more is expected. */
  answerDueAt(
    id: string,
    of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: boolean; readonly sentAt: number },
  ): number | null;
  /** Until when it is to answer a notice; null: it does not say so. */
  noticeDueAt(id: string, sentAt: number): number | null;
  /** An answer tells of a mistake; a file that is gone does not. */
  isAnswered(id: string): boolean;
  /** It takes files out of its folder, and that is looked at. */
  expectsPickup(id: string): boolean;
  /** Why it is told nothing of this purpose by a document; undefined when it is. */
  notTold(id: string, purpose: NoticePurpose): string | undefined;

  /** Frees what validates documents. */
  close(): void;
}

export function openSuppliers(config: Pick<HandlerConfig, "suppliers">): SupplierBook {
  const suppliers = new Map(config.suppliers.map((one) => [one.id, one]));
  const schedules = new Map(config.suppliers.map((one) => [one.id, openSchedule(one.schedule)]));
  const languages = new Map(config.suppliers.map((one) => [one.id, createLanguage(one.document)]));
  const get = (id: string): ConfiguredSupplier => known(suppliers.get(id), id);
  const schedule = (id: string): Schedule => known(schedules.get(id), id);
  const language = (id: string): Language => known(languages.get(id), id);
  const sends = (id: string): boolean => suppliers.get(id)?.mode !== "dry-run";

  return {
    all: config.suppliers,
    find: (id) => suppliers.get(id),
    get,

    language,
    write(id, content) {
      const written = language(id).write(content);
      if (get(id).batch !== null) {
        language(id).join([written.bytes]); // What cannot stand in a file with others is told of here, and holds nobody up later.
      }
      return { format: language(id).format, ...written };
    },
    deliveryNote: (id, content) => (get(id).orders.deliveryNote === null ? undefined : renderDeliveryNote(content)),
    read: (id, bytes) => language(id).read(bytes),

    sends,
    servedUntil(id, at) {
      const own = schedules.get(id);
      return own === undefined ? at : servedUntil(own, at);
    },
    turn: (id, waitsSince, now) => turnOf(schedule(id), waitsSince, now),
    requestedDelivery(id, issuedAt) {
      const days = get(id).requestedWorkingDays;
      const day = days === null ? null : requestedDay(schedule(id), days, issuedAt);
      return day === null ? null : { earliest: day, latest: day };
    },

    answerDueAt: (id, { acknowledgement, pickedUp, sentAt }) =>
      nextDeadline(suppliers.get(id)?.expectations ?? [], {
        acknowledgement,
        pickedUp,
        dueAt: (within) => deadline(schedule(id), within, sentAt),
      }),
    noticeDueAt(id, sentAt) {
      const within = suppliers.get(id)?.cancel?.answerWithin ?? null;
      return within === null ? null : deadline(schedule(id), within, sentAt);
    },
    isAnswered: (id) => get(id).expectations.some((one) => one.expect !== "pickup"),
    expectsPickup: (id) => suppliers.get(id)?.expectations.some((one) => one.expect === "pickup") ?? false,
    notTold(id, purpose) {
      const one = suppliers.get(id);
      if (one === undefined) {
        return `the supplier ${id} is not in the configuration`;
      }
      if (one.cancel === null) {
        return `suppliers.${id}.cancel is not set`;
      }
      if (!sends(id)) {
        return `the supplier ${id} is in dry run`;
      }
      return language(id).says[purpose] ? undefined : `its format ${one.document.format} does not say ${purpose}`;
    },

    close: () => languages.forEach((one) => one.close()),
  };
}

function known<T>(value: T | undefined, supplier: string): T {
  if (value === undefined) {
    throw new Error(`the supplier ${supplier} is not in the configuration`);
  }
  return value;
}
