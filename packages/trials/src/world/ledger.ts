// What the shop sent: its orders, what must become of each, and when which webhook was accepted. Everything is judged by
// this and by the suppliers' folders, never by the dispatcher's own word alone.
import type { ExpectedOutcome, GeneratedOrder, OrderKind } from "@soh/simulators/orders";
import { accepted, type Attempt } from "@soh/simulators/shop";
import { plain } from "./plain-text.ts";

export interface SentOrder {
  /** Such as #1001. */
  readonly name: string;
  /** Who and where, fit for a terminal. */
  readonly customer: string;
  readonly kind: OrderKind;
  /** What must become of the newest state that was accepted; before any was, of the first that was sent. */
  readonly expected: ExpectedOutcome;
  /** Epoch milliseconds of the first 200; undefined while there is none. */
  readonly acceptedAt: number | undefined;
  /** Epoch milliseconds of the first 200 to a webhook that releases a purchase order, by supplier. */
  readonly releasedAt: ReadonlyMap<string, number>;
  /** Webhooks that were never accepted, with the last answer. */
  readonly refused: readonly string[];
  /** What no log may say of the customer. */
  readonly unsaid: ReadonlySet<string>;
}

export interface Ledger {
  readonly orders: readonly SentOrder[];
  readonly size: number;
  /** Epoch milliseconds; undefined before. */
  readonly firstSentAt: number | undefined;
  find(name: string): SentOrder | undefined;
  /** A webhook as it was sent and answered; returns what the last answer said, such as queued or duplicate. */
  record(sent: GeneratedOrder, attempts: readonly Attempt[]): string;
  /** The dispatcher took a webhook in. */
  takenIn(topic: string, webhookId: string): void;
  /** How many webhooks are queued that the dispatcher has not taken in. */
  waiting(): number;
}

/** Without the payloads: an endless demo must not grow without end. */
interface OpenOrder extends SentOrder {
  expected: ExpectedOutcome;
  updatedAt: number;
  acceptedAt: number | undefined;
  readonly releasedAt: Map<string, number>;
  readonly refused: string[];
  readonly unsaid: Set<string>;
}

export function openLedger(): Ledger {
  const orders = new Map<string, OpenOrder>();
  const queued = new Set<string>();
  const taken = new Set<string>();
  let firstSentAt: number | undefined;

  return {
    get orders() {
      return [...orders.values()];
    },
    get size() {
      return orders.size;
    },
    get firstSentAt() {
      return firstSentAt;
    },
    find: (name) => orders.get(name),

    record(sent, attempts) {
      const { kind, expected, payload, plan } = sent;
      const last = attempts.at(-1);
      firstSentAt ??= attempts[0]?.sentAt;
      const order: OpenOrder = orders.get(payload.name) ?? {
        name: payload.name,
        customer: customerOf(sent),
        kind,
        expected,
        updatedAt: 0,
        acceptedAt: undefined,
        releasedAt: new Map(),
        refused: [],
        unsaid: new Set(),
      };
      orders.set(order.name, order);
      unsaidOf(sent).forEach((text) => order.unsaid.add(text));
      if (last === undefined || !accepted(last)) {
        order.refused.push(
          `${sent.topic} was not accepted: ${last === undefined ? "never sent" : `${last.status} ${last.body}`}`,
        );
        return "refused";
      }
      const answer = statusOf(last.body);
      if (answer === "queued") {
        queued.add(`${sent.topic} ${last.webhookId}`);
      }
      if (plan.updatedAt >= order.updatedAt) {
        Object.assign(order, { expected, updatedAt: plan.updatedAt });
      }
      order.acceptedAt ??= last.answeredAt;
      for (const supplier of releasedIn(expected)) {
        order.releasedAt.set(supplier, Math.min(last.answeredAt, order.releasedAt.get(supplier) ?? Infinity));
      }
      return answer;
    },

    takenIn: (topic, webhookId) => void taken.add(`${topic} ${webhookId}`),
    waiting: () => queued.difference(taken).size,
  };
}

/** The suppliers that get a purchase order. */
export function releasedIn({ purchaseOrders }: ExpectedOutcome): readonly string[] {
  return purchaseOrders.filter(({ state }) => state === "released").map(({ supplier }) => supplier);
}

function customerOf({ payload }: GeneratedOrder): string {
  const { shipping_address: address, customer } = payload;
  if (address === null) {
    return customer === null ? "at the counter" : plain(`${customer.first_name} ${customer.last_name}`);
  }
  return `${plain(address.company ?? address.name)}, ${plain(address.city)}`;
}

/** Names, addresses, telephone numbers: whole, for a town or a first name alone may be anybody's. */
function unsaidOf({ payload }: GeneratedOrder): readonly string[] {
  const { customer, shipping_address: shipping, billing_address: billing, email, phone } = payload;
  const addresses = [shipping, billing].flatMap((one) => (one === null ? [] : [one.name, one.address1, one.phone, one.company]));
  const own = customer === null ? [] : [`${customer.first_name} ${customer.last_name}`, customer.email, customer.phone];
  return [...own, ...addresses, email, phone].filter((text) => text !== null).filter((text) => text.trim().length >= SHORTEST);
}

/** Characters; shorter ones stand in any log by chance. */
const SHORTEST = 6;

function statusOf(body: string): string {
  return /"status":"(\w+)"/.exec(body)?.[1] ?? "";
}
