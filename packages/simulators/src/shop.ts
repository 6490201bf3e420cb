// The webhook sender: signs and sends as Shopify does, and repeats what was not accepted.
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

export interface ShopOptions {
  /** Where the webhooks go, such as http://127.0.0.1:3000/webhooks/shopify. */
  readonly url: string;
  /** Such as sermat-equipement.myshopify.com. */
  readonly domain: string;
  /** The app's secret, with which everything is signed. */
  readonly secret: string;
  /** 2026-10 unless given. */
  readonly apiVersion?: string;
  /** Milliseconds in which the whole answer must be there; Shopify's 5,000 unless given. */
  readonly timeoutMs?: number;
  /** How many times faster than Shopify `deliver` repeats; 1, four hours in all, unless given. */
  readonly timeFactor?: number;
  /** Each attempt passes through here, which may hold it back. */
  readonly pass?: (attempt: () => Promise<Attempt>) => Promise<Attempt>;
}

export interface Webhook {
  /** Such as orders/create. */
  readonly topic: string;
  /** Sent as it is: these bytes are signed. */
  readonly body: string | Uint8Array;
  /** One for each delivery to a subscription, the same in its repetitions; a new one unless given. */
  readonly webhookId?: string;
  /** One for each thing that happened in the shop; a new one unless given. */
  readonly eventId?: string;
  /** RFC 3339, with nanoseconds as Shopify's; now unless given. */
  readonly triggeredAt?: string;
  /** In addition to Shopify's or instead of them, whatever their case; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly tamper?: Tampering;
}

/** What somebody on the way, or somebody else altogether, did to a webhook. */
export interface Tampering {
  /** Signed with this instead of the shop's secret. */
  readonly secret?: string;
  /** Sent instead of the body that was signed. */
  readonly body?: string | Uint8Array;
  /** Sent instead of the signature. */
  readonly signature?: string;
}

export interface Attempt {
  /** HTTP status; 0 when no whole answer came in time. */
  readonly status: number;
  /** Of the answer; of the error where there was none. */
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly webhookId: string;
  readonly eventId: string;
}

export interface Shop {
  readonly domain: string;
  /** One attempt. Never throws because of an answer or the lack of one. */
  send(webhook: Webhook): Promise<Attempt>;
  /**
   * Until it is accepted with a 2xx, at most nine attempts over four hours divided by the time factor, each with the
   * same body and ids. The last attempt tells how it ended. A stop ends the waiting too.
   */
  deliver(webhook: Webhook): Promise<readonly Attempt[]>;
  /** Ends the waiting of all deliveries, which then resolve with the attempts they made. */
  stop(): void;
}

export const RETRIES = 8;
const RETRIES_LAST_MS = 4 * 3_600_000;

/** Milliseconds before each repetition: doubling, four hours in all. */
export const RETRY_DELAYS_MS: readonly number[] = Array.from(
  { length: RETRIES },
  (_, n) => (RETRIES_LAST_MS * 2 ** n) / (2 ** RETRIES - 1),
);

export function createShop(options: ShopOptions): Shop {
  const { url, domain, secret, apiVersion = "2026-10", timeoutMs = 5_000, timeFactor = 1 } = options;
  const pass = options.pass ?? ((attempt) => attempt());
  const stopping = new AbortController();

  const send = async (webhook: Webhook): Promise<Attempt> => {
    const { webhookId = randomUUID(), eventId = randomUUID(), triggeredAt = nanosecondsNow(), tamper = {} } = webhook;
    const headers = new Headers({
      "content-type": "application/json",
      "user-agent": "Shopify-Captain-Hook",
      "x-shopify-topic": webhook.topic,
      "x-shopify-hmac-sha256": tamper.signature ?? signature(webhook.body, tamper.secret ?? secret),
      "x-shopify-shop-domain": domain,
      "x-shopify-api-version": apiVersion,
      "x-shopify-webhook-id": webhookId,
      "x-shopify-event-id": eventId,
      "x-shopify-triggered-at": triggeredAt,
    });
    for (const [name, value] of Object.entries(webhook.headers ?? {})) {
      if (value === null) {
        headers.delete(name);
      } else {
        headers.set(name, value);
      }
    }
    return await pass(async () => {
      const sentAt = Date.now();
      const answer = await post(url, headers, Buffer.from(tamper.body ?? webhook.body), timeoutMs);
      return { ...answer, sentAt, answeredAt: Date.now(), webhookId, eventId };
    });
  };

  return {
    domain,
    send,
    async deliver(webhook) {
      const { webhookId = randomUUID(), eventId = randomUUID(), triggeredAt = nanosecondsNow() } = webhook;
      const same = { ...webhook, webhookId, eventId, triggeredAt };
      const attempts = [await send(same)];
      for (const delayMs of RETRY_DELAYS_MS) {
        if (accepted(attempts.at(-1)) || !(await waited(delayMs / timeFactor, stopping.signal))) {
          break;
        }
        attempts.push(await send(same));
      }
      return attempts;
    },
    stop: () => stopping.abort(),
  };
}

/** Whether Shopify counts an attempt as delivered: 2xx and nothing else, no redirection either. */
export function accepted(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && attempt.status >= 200 && attempt.status < 300;
}

/** X-Shopify-Hmac-Sha256: base64 of the HMAC-SHA256 of the raw body. */
export function signature(body: string | Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

/** Node's fetch keeps connections alive and uses them again, as Shopify does. */
async function post(
  url: string,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  timeoutMs: number,
): Promise<{ status: number; body: string }> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: 0, body: String(cause) };
  }
}

async function waited(delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(delayMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** The clock gives milliseconds; the rest comes from the monotonic clock, so that two events are rarely alike. */
function nanosecondsNow(): string {
  const below = String(process.hrtime.bigint() % 1_000_000n).padStart(6, "0");
  return new Date().toISOString().replace("Z", `${below}Z`);
}
