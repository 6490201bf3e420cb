// What the dispatcher says about itself: its API, read with the token, and its log.

export interface ToldHold {
  readonly name: string;
  readonly reason: string;
}

export interface ToldOrder {
  /** <shop>:<Shopify's id>. */
  readonly id: string;
  /** Such as #1001. */
  readonly name: string;
  readonly state: "new" | "open" | "historic" | "cancelled" | "deleted";
  readonly unmatchedLines: number;
}

export interface ToldPurchaseOrder {
  readonly id: string;
  readonly number: string | null;
  /** Its key in the configuration. */
  readonly supplier: string;
  readonly orderName: string;
  readonly state: "held" | "ready" | "sending" | "sent" | "closed" | "unknown" | "failed" | "cancelled";
  readonly reason: string | null;
  /** Nothing proves that it was sent: both names were gone when it was looked for. */
  readonly inferred: boolean;
  readonly acknowledgement: "received" | "accepted" | "rejected" | "changed" | null;
}

export interface ToldAttempt {
  readonly number: number;
  readonly state: string;
  readonly startedAt: string;
  readonly failure: string | null;
  readonly message: string | null;
}

export interface ToldSupplier {
  readonly id: string;
  readonly paused: boolean;
  readonly pauseReason: string | null;
}

export interface ToldOrderDetail {
  readonly name: string;
  readonly state: ToldOrder["state"];
  readonly lines: readonly { readonly decision: string; readonly allocations: readonly { readonly supplier: string }[] }[];
  readonly purchaseOrders: readonly (Omit<ToldPurchaseOrder, "orderName"> & { readonly holds: readonly ToldHold[] })[];
}

/** Every method throws when there is no answer in time, or one that is no 200. */
export interface DispatcherApi {
  orders(): Promise<readonly ToldOrder[]>;
  purchaseOrders(): Promise<readonly ToldPurchaseOrder[]>;
  /** By id or name. */
  order(id: string): Promise<ToldOrderDetail>;
  /** Of one purchase order, by its id. */
  attempts(purchaseOrder: string): Promise<readonly ToldAttempt[]>;
  suppliers(): Promise<readonly ToldSupplier[]>;
  /** What a person does who has mended what paused a supplier. */
  resume(supplier: string): Promise<void>;
  /** What a person does who has asked the supplier about a purchase order, by its id. */
  settle(purchaseOrder: string, remedy: "mark-sent" | "same-again" | "discard"): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;
const PAGE = 500;

export function openDispatcherApi({ url, token }: { readonly url: string; readonly token: string }): DispatcherApi {
  const ask = async (method: "GET" | "POST", path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(`${url}/api${path}`, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) {
      throw new Error(`${method} /api${path} was answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
    return await response.json();
  };
  const get = async (path: string): Promise<unknown> => await ask("GET", path);

  const list = async <Row>(path: string, key: string): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for (let after = ""; ;) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API; a wrong shape shows as a difference
      const page = (await get(`${path}?limit=${PAGE}${after}`)) as { next: string | null } & Record<string, Row[]>;
      rows.push(...(page[key] ?? []));
      if (page.next === null) {
        return rows;
      }
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  };

  return {
    orders: () => list<ToldOrder>("/orders", "orders"),
    purchaseOrders: () => list<ToldPurchaseOrder>("/purchase-orders", "purchaseOrders"),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API
    order: async (id) => (await get(`/orders/${encodeURIComponent(id)}`)) as ToldOrderDetail,
    attempts: async (id) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API
      ((await get(`/purchase-orders/${encodeURIComponent(id)}`)) as { attempts: readonly ToldAttempt[] }).attempts,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API
    suppliers: async () => ((await get("/suppliers")) as { suppliers: readonly ToldSupplier[] }).suppliers,
    resume: async (id) => void (await ask("POST", `/suppliers/${id}/resume`, { note: "mended" })),
    settle: async (id, remedy) =>
      void (await ask("POST", `/purchase-orders/${encodeURIComponent(id)}/${remedy}`, { note: "the supplier says so" })),
  };
}

/** A line of the dispatcher's log that we understand. */
export type LogEvent = { readonly at: number } & (
  | { readonly event: "webhook.taken_in"; readonly topic: string; readonly webhookId: string; readonly order: string | null }
  | {
      readonly event: "delivery.attempted";
      readonly supplier: string;
      readonly purchaseOrder: string;
      readonly outcome: string;
      readonly reason: string;
    }
  | {
      readonly event: "file.received";
      readonly supplier: string;
      readonly purchaseOrder: string;
      readonly number: string;
      readonly status: string;
    }
  | { readonly event: "alert"; readonly alert: string; readonly message: string }
  /** Any other line of level error or fatal: a bug, or Redis away. */
  | { readonly event: "error"; readonly what: string }
);

/** Undefined for every other line. */
export function readLogLine(line: string): LogEvent | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field is looked at below
    fields = (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value : "";
  };
  const at = Date.parse(text("time")) || 0;
  const supplier = text("supplier");
  const purchaseOrder = text("purchase_order");
  switch (fields.event) {
    case "webhook.taken_in":
      return { at, event: "webhook.taken_in", topic: text("topic"), webhookId: text("webhook_id"), order: text("order") || null };
    case "delivery.attempted":
      return { at, event: "delivery.attempted", supplier, purchaseOrder, outcome: text("kind"), reason: text("reason") };
    case "file.received":
      return { at, event: "file.received", supplier, purchaseOrder, number: text("number"), status: text("status") };
    case "alert":
      return { at, event: "alert", alert: text("alert"), message: text("msg") };
    default:
      return fields.level === "error" || fields.level === "fatal" ? { at, event: "error", what: errorIn(fields) } : undefined;
  }
}

function errorIn(fields: Readonly<Record<string, unknown>>): string {
  const { event, queue, reason, err } = fields;
  const message = typeof err === "object" && err !== null && "message" in err ? err.message : undefined;
  const parts = [event, queue, reason, message].filter((part) => typeof part === "string" && part !== "");
  return parts.join(": ") || "an error without a name";
}
