// Requests as anybody on the internet, or somebody on the way, could send them to ingest: each a whole HTTP message, with
// what may come of it. The message is made by hand, so that nothing corrects it.
import { createHash, createHmac } from "node:crypto";
import type { Random } from "../orders/random.ts";
import { spoilBytes } from "./bytes.ts";
import { reencode } from "./encodings.ts";
import { hostileText } from "./hostile-values.ts";
import { pickNamed } from "./mutation.ts";
import { hostilePayload } from "./payloads.ts";

export interface HostileRequest {
  readonly how: string;
  /** As they are sent. */
  readonly bytes: Buffer;
  readonly method: string;
  /** The answer is `queued`, `duplicate` or `ignored`: always, perhaps, or never, since nobody who knows the secret sent it. */
  readonly accepted: "must" | "may" | "never";
  /** GET or HEAD of a page that anybody may see: 200 says nothing. */
  readonly open: boolean;
  /** Undefined where it has none that could be queued. */
  readonly webhookId: string | undefined;
  /** SHA-256 of the body, in hex. */
  readonly bodyHash: string;
}

export interface RequestIngredients {
  readonly shop: string;
  readonly secret: string;
  readonly maxBodyBytes: number;
  /** A webhook's body that is in order. */
  readonly body: string;
}

/** One in so many is about as large as may be, or larger. */
const LARGE_EVERY = 5_000;

const TOPICS = [
  "orders/create",
  "orders/paid",
  "orders/updated",
  "orders/cancelled",
  "orders/edited",
  "refunds/create",
  "shop/redact",
];

interface Draft {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body: Buffer;
  accepted: "must" | "may" | "never";
  how: string[];
}

type Change = (draft: Draft, random: Random, ingredients: RequestIngredients) => void;

const sign = (body: Uint8Array, secret: string): string => createHmac("sha256", secret).update(body).digest("base64");

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const isHeader =
  (name: string) =>
  ([own]: readonly [string, string]): boolean =>
    own.toLowerCase() === name;

function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = [...draft.headers.filter((own) => !isHeader(name)(own)), [name, value]];
}

const removeHeader = (draft: Draft, name: string): void =>
  void (draft.headers = draft.headers.filter((own) => !isHeader(name)(own)));

/** What a header's value may be at all: Node takes bytes above 0x7f as Latin-1; line ends and NUL belong to raw-requests.ts. */
const headerText = (text: string): string =>
  [...text.replaceAll(/\p{Cc}/gu, "")]
    .map((character) => ((character.codePointAt(0) ?? 0) > 0xff ? "\u00FF" : character))
    .join("");

const HMAC = "x-shopify-hmac-sha256";

/** None of these is a signature of the body, however it is read. */
const wrongSignatures: Readonly<Record<string, (right: string, random: Random, body: Buffer) => string>> = {
  "of another secret": (_right, _random, body) => sign(body, "not the secret"),
  "of another body": (_right, _random, body) => sign(Buffer.concat([body, Buffer.from(" ")]), "hush"),
  "one character off": (right, random) => {
    const at = random.between(0, 41);
    return right.slice(0, at) + (right[at] === "A" ? "B" : "A") + right.slice(at + 1);
  },
  short: (right, random) => right.slice(0, random.between(1, 43)),
  long: (right) => `${right}=`,
  "twice in one": (right) => `${right}, ${right}`,
  "in hex": (right) => Buffer.from(right, "base64").toString("hex"),
  "in the alphabet of URLs": (right) => `${right.replaceAll("+", "-").replaceAll("/", "_").slice(0, 42)}-=`,
  "in quotes": (right) => `"${right}"`,
  "with a space": (right) => `${right.slice(0, 20)} ${right.slice(20)}`,
  "of other characters": (right, random) =>
    headerText(`${right.slice(0, 20)}\u00E9\u00FF${right.slice(22)}${random.between(0, 9)}`),
  "all zeros": () => `${"A".repeat(43)}=`,
  huge: (right) => right.repeat(180),
  hostile: (_right, random) => headerText(hostileText(random)).slice(0, 2_000),
};

/** They leave nobody able to sign it: 401, or an earlier refusal. */
const unsigned: Readonly<Record<string, Change>> = {
  "no signature": (draft) => removeHeader(draft, HMAC),
  "an empty signature": (draft) => setHeader(draft, HMAC, ""),
  "a wrong signature": (draft, random) => {
    const right = draft.headers.find(isHeader(HMAC))?.[1] ?? "";
    const [how, wrong] = pickNamed(random, wrongSignatures);
    setHeader(draft, HMAC, wrong(right, random, draft.body));
    draft.how.push(how);
  },
  "two signatures": (draft, random) => {
    const right = draft.headers.find(isHeader(HMAC))?.[1] ?? "";
    draft.headers.push([HMAC, random.chance(0.5) ? right : `${"A".repeat(43)}=`]);
  },
  "a body changed after it was signed": (draft, random) => {
    const { bytes } = spoilBytes(random, draft.body);
    draft.body = bytes.equals(draft.body) ? Buffer.concat([bytes, Buffer.from("\n")]) : bytes;
  },
  "no shop": (draft) => removeHeader(draft, "x-shopify-shop-domain"),
  "two shops": (draft) => void draft.headers.push(["x-shopify-shop-domain", "other.myshopify.com"]),
  "another shop": (draft, random, { shop }) =>
    setHeader(
      draft,
      "x-shopify-shop-domain",
      random.pick([
        `${shop}.evil.example`,
        `x${shop}`,
        "__proto__",
        "constructor",
        "toString",
        `${shop}\u00E9`,
        headerText(hostileText(random)).slice(0, 2_000),
      ]),
    ),
};

/** They change nothing of who signed it. What remains is as good as before, unless a header that is needed went. */
const harmless: Readonly<Record<string, Change>> = {
  "another topic": (draft, random) => {
    setHeader(
      draft,
      "x-shopify-topic",
      random.pick(["products/create", "ORDERS/CREATE", "orders/create ;", "__proto__", "a".repeat(255)]),
    );
  },
  "an odd topic": (draft, random) => {
    setHeader(draft, "x-shopify-topic", headerText(hostileText(random)).slice(0, 2_000));
    draft.accepted = weaker(draft.accepted);
  },
  "an odd webhook id": (draft, random) => {
    setHeader(draft, "x-shopify-webhook-id", headerText(hostileText(random)).slice(0, 2_000));
    draft.accepted = weaker(draft.accepted);
  },
  "no webhook id": (draft) => {
    removeHeader(draft, "x-shopify-webhook-id");
    draft.accepted = weaker(draft.accepted);
  },
  "no topic": (draft) => {
    removeHeader(draft, "x-shopify-topic");
    draft.accepted = weaker(draft.accepted);
  },
  "an odd content type": (draft, random) =>
    setHeader(
      draft,
      "content-type",
      random.pick([
        "",
        "text/xml",
        "application/json; charset=utf-7",
        "a/b/c;;;",
        "multipart/form-data",
        headerText(hostileText(random)).slice(0, 2_000),
      ]),
    ),
  "a content encoding": (draft, random) =>
    setHeader(draft, "content-encoding", random.pick(["gzip", "br", "deflate, gzip", "x-none", "identity"])),
  "odd times and versions": (draft, random) => {
    for (const name of ["x-shopify-triggered-at", "x-shopify-api-version", "x-shopify-event-id"]) {
      setHeader(draft, name, headerText(hostileText(random)).slice(0, 2_000));
    }
  },
  "many headers": (draft, random) => {
    for (let n = random.between(10, 90); n > 0; n--) {
      draft.headers.push([`x-${n}`, headerText(hostileText(random)).slice(0, 60)]);
    }
  },
  "names that objects have": (draft, random) =>
    void draft.headers.push(["__proto__", "x"], ["constructor", "x"], ["hasOwnProperty", String(random.between(0, 9))]),
  "a header in other letters": (draft) =>
    void (draft.headers = draft.headers.map(([name, value]) => [name.toUpperCase(), value])),
};

/** Another place, or another thing to do there. */
const elsewhere: Readonly<Record<string, Change>> = {
  "another method": (draft, random) => {
    draft.method = random.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET", "HEAD", "SEARCH", "QUERY"]);
    draft.accepted = "never";
  },
  "another path": (draft, random) => {
    draft.path = random.pick([
      "/",
      "//",
      "/webhooks",
      "/webhooks/",
      "/webhooks/shopify/",
      "//webhooks//shopify",
      "/webhooks/../webhooks/shopify",
      "/webhooks/shopify/../../etc/passwd",
      "/..%2f..%2fetc/passwd",
      "/%2e%2e/%2e%2e",
      "/webhooks/shopify%00",
      "/%00",
      "/%",
      "/%zz",
      "/%E0%A4%A",
      "/%c0%af",
      "/webhooks/%73hopify",
      "/WEBHOOKS/SHOPIFY",
      "/webhooks\\shopify",
      "/webhooks/shopify;a=b",
      "/webhooks/shopify?a[]=1&__proto__=2&%zz",
      "/webhooks/shopify#x",
      "/webhooks/shopify?".padEnd(random.pick([100, 4_000]), "a=1&"),
      `/${"a/".repeat(random.between(1, 2_000))}`,
      "/__proto__",
      "/metrics/../webhooks/shopify",
      "http://127.0.0.1/webhooks/shopify",
      "*",
    ]);
    draft.accepted = weaker(draft.accepted);
  },
  "a page that anybody may see": (draft, random) => {
    draft.method = random.pick(["GET", "HEAD", "POST", "OPTIONS"]);
    draft.path = random.pick(["/healthz", "/readyz", "/healthz?x=1", "/healthz/", "/healthz%00"]);
    draft.accepted = "never";
  },
};

const weaker = (accepted: Draft["accepted"]): Draft["accepted"] => (accepted === "must" ? "may" : accepted);

export function hostileRequest(random: Random, index: number, ingredients: RequestIngredients): HostileRequest {
  const { shop, secret, maxBodyBytes } = ingredients;
  const [body, how] = bodyOf(random, index, ingredients);
  const fits = body.length <= maxBodyBytes;
  const draft: Draft = {
    method: "POST",
    path: "/webhooks/shopify",
    headers: [
      ["host", "127.0.0.1"],
      ["content-type", "application/json"],
      ["user-agent", "Shopify-Captain-Hook"],
      ["x-shopify-topic", random.pick(TOPICS)],
      [HMAC, sign(body, secret)],
      ["x-shopify-shop-domain", random.chance(0.95) ? shop : shop.toUpperCase()],
      ["x-shopify-api-version", "2026-10"],
      // Sometimes one that was there before.
      ["x-shopify-webhook-id", `${index - (random.chance(0.05) ? random.between(0, 400) : 0)}-${random.between(0, 3)}`],
      ["x-shopify-triggered-at", "2027-01-10T09:00:00.123456789Z"],
    ],
    body,
    accepted: fits ? "must" : "never",
    how: [how],
  };
  const dice = random.fraction();
  if (dice < 0.55) {
    apply(unsigned, draft, random, ingredients);
    draft.accepted = "never";
  } else if (dice < 0.7) {
    apply(elsewhere, draft, random, ingredients);
    if (random.chance(0.5)) {
      removeHeader(draft, HMAC);
      draft.accepted = "never";
    }
  }
  for (let times = random.pick([0, 0, 0, 1, 1, 2]); times > 0; times--) {
    apply(harmless, draft, random, ingredients);
  }
  return finished(draft);
}

function apply(table: Readonly<Record<string, Change>>, draft: Draft, random: Random, ingredients: RequestIngredients): void {
  const [how, change] = pickNamed(random, table);
  change(draft, random, ingredients);
  draft.how.push(how);
}

function bodyOf(random: Random, index: number, { body, maxBodyBytes }: RequestIngredients): readonly [Buffer, string] {
  switch (index % LARGE_EVERY) {
    case 1_001:
      return [Buffer.alloc(maxBodyBytes - 1, body), "one byte below the limit"];
    case 2_001:
      return [Buffer.alloc(maxBodyBytes, body), "at the limit"];
    case 3_001:
      return [Buffer.alloc(maxBodyBytes + random.pick([1, 2, 1_000_000]), body), "above the limit"];
    case 4_001:
      return [Buffer.alloc(maxBodyBytes, 0xff), "at the limit, and no text"];
  }
  if (random.chance(0.1)) {
    const { bytes, how } = reencode(random, body);
    return [bytes, how];
  }
  const { bytes, how } = hostilePayload(random, body);
  return [bytes, how];
}

function finished({ method, path, headers, body, accepted, how }: Draft): HostileRequest {
  // The spaces around a value are not part of it.
  const webhookId = headers.find(isHeader("x-shopify-webhook-id"))?.[1].replace(/^[ \t]+|[ \t]+$/g, "");
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  return {
    how: how.join(", "),
    bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]),
    method,
    accepted,
    open: ["GET", "HEAD"].includes(method) && /^\/(healthz|readyz|metrics)/.test(path),
    webhookId,
    bodyHash: sha256(body),
  };
}
