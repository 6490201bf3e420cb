// What is no request at all, or two in one: sent over a connection of its own, and never signed.
import type { Random } from "../orders/random.ts";
import { hostileText } from "./hostile-values.ts";
import { pickNamed } from "./mutation.ts";

export interface RawRequest {
  readonly how: string;
  readonly bytes: Buffer;
  /** Then: nothing more is said (the server must end it), our side is closed, or the connection is broken off. */
  readonly after: "silence" | "close" | "break";
  /** How many answers of 200 may come of it: pages that anybody may see. */
  readonly open: number;
}

type Shape = (random: Random) => Omit<RawRequest, "how"> | string;

const HEAD =
  "POST /webhooks/shopify HTTP/1.1\r\nhost: x\r\nx-shopify-shop-domain: sermat.myshopify.com\r\nx-shopify-topic: orders/create\r\nx-shopify-webhook-id: raw\r\n";

const INNER = `${HEAD}content-length: 2\r\n\r\n{}`;

const raw = (text: string, rest: Partial<Omit<RawRequest, "how" | "bytes">> = {}): Omit<RawRequest, "how"> => ({
  bytes: Buffer.from(text, "latin1"),
  after: "close",
  open: 0,
  ...rest,
});

/** A text alone is sent, and then our side is closed. */
const shapes: Readonly<Record<string, Shape>> = {
  "an unfinished request line": (random) => "POST /webhooks/shopify HTTP/1.1".slice(0, random.between(1, 30)),
  "an unfinished head": (random) => HEAD.slice(0, random.between(32, HEAD.length)),
  "no HTTP": (random) => hostileText(random),
  noise: (random) => raw(String.fromCharCode(...Array.from({ length: random.between(1, 300) }, () => random.between(0, 255)))),
  "a TLS hello": () => raw("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003".padEnd(300, "\u0007")),
  "HTTP/2": () => raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"),
  "another version": (random) =>
    `POST /webhooks/shopify ${random.pick(["HTTP/1.0", "HTTP/0.9", "HTTP/3.0", "HTTP/1.10", "HTTPS/1.1", "http/1.1", ""])}\r\n\r\n`,
  "line ends without \\r": () => INNER.replaceAll("\r", ""),
  "line ends without \\n": () => INNER.replaceAll("\n", ""),
  "a folded header": () => HEAD + "x-a: 1\r\n 2\r\n\t3\r\ncontent-length: 2\r\n\r\n{}",
  "a bad header": (random) =>
    `${HEAD}${random.pick([": x", "a b: x", "x\u0000y: 1", "x-a: a\u0000b", "x-a : 1", "é: 1", "x-a", "\u007F: 1", "x-a: \u0001"])}\r\ncontent-length: 2\r\n\r\n{}`,
  "two lengths": (random) => `${HEAD}content-length: 2\r\ncontent-length: ${random.pick(["2", "0", "200"])}\r\n\r\n{}`,
  "an odd length": (random) =>
    `${HEAD}content-length: ${random.pick(["-1", "+2", "0x2", "2,2", "1e3", " ", "99999999999999999999", "9007199254740993", "2 2", "two"])}\r\n\r\n{}`,
  "a length too small": () => `${HEAD}content-length: 1\r\n\r\n{"a":"GET /healthz HTTP/1.1"}`,
  "a length too large, and the end": () => `${HEAD}content-length: 5000\r\n\r\n{"a":1}`,
  "a length too large, and broken off": () => raw(`${HEAD}content-length: 5000\r\n\r\n{"a":1}`, { after: "break" }),
  "a length far above the limit": () => raw(`${HEAD}content-length: 99999999999\r\n\r\n{`, { after: "break" }),
  "length and chunks, CL.TE": () =>
    `${HEAD}content-length: ${5 + INNER.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${INNER}`,
  "length and chunks, TE.CL": () =>
    `${HEAD}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`,
  "odd transfer encodings": (random) =>
    `${HEAD}transfer-encoding: ${random.pick(["chunked, identity", "xchunked", "\u000Bchunked", "chunked\r\ntransfer-encoding: x", "gzip, chunked", "identity", ""])}\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  "odd chunks": (random) =>
    `${HEAD}transfer-encoding: chunked\r\n\r\n${random.pick(["zz\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n", "ffffffffffffffffff\r\n{}", "2{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n", `2;${"x".repeat(17_000)}\r\n{}\r\n0\r\n\r\n`, "2\r\n{}\r\n0\r\nx-hmac: 1\r\n\r\n", "02\r\n{}\r\n000\r\n\r\n"])}`,
  "chunks of one byte": (random) =>
    `${HEAD}transfer-encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(random.between(1, 3_000))}0\r\n\r\n`,
  "chunks without an end": () =>
    raw(`${HEAD}transfer-encoding: chunked\r\n\r\n${"5\r\nxxxxx\r\n".repeat(50)}`, { after: "break" }),
  "a head too large": (random) => `${HEAD}x-a: ${"a".repeat(random.pick([16_000, 20_000, 200_000]))}\r\n\r\n`,
  "a path too long": () => `GET /${"a".repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  "far too many headers": () => `${HEAD}${"a: b\r\n".repeat(5_000)}\r\n`,
  "no host": () => "POST /webhooks/shopify HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
  "two hosts": () => `${HEAD}host: y\r\ncontent-length: 0\r\n\r\n`,
  "an expectation": (random) => `${HEAD}expect: ${random.pick(["100-continue", "200-maybe", ""])}\r\ncontent-length: 2\r\n\r\n{}`,
  "an upgrade": (random) =>
    `${HEAD}connection: upgrade\r\nupgrade: ${random.pick(["websocket", "h2c", "x"])}\r\ncontent-length: 2\r\n\r\n{}`,
  "a tunnel": () => "CONNECT 127.0.0.1:6379 HTTP/1.1\r\nhost: x\r\n\r\nFLUSHALL\r\n",
  "one after the other, at once": (random) =>
    raw("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(3) + INNER.repeat(random.between(1, 20)) + "GARBAGE\r\n\r\n", {
      open: 3,
    }),
  "a webhook behind an open page": () =>
    raw(`GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: ${INNER.length}\r\n\r\n${INNER}`, { open: 1 }),
  "an open page with a body of chunks": () =>
    raw(`GET /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${INNER}`, { open: 1 }),
  "nothing said": () => raw("", { after: "break" }),
};

/** They keep a connection for as long as ingest lets them: a few are enough. */
const silent: Readonly<Record<string, Shape>> = {
  "a head that never ends": () => raw(HEAD, { after: "silence" }),
  "a body that never comes": () => raw(`${HEAD}content-length: 100\r\n\r\n{`, { after: "silence" }),
  "chunks that never end": () => raw(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nxx`, { after: "silence" }),
};

export function rawRequest(random: Random): RawRequest {
  return made(random, shapes);
}

export function silentRequest(random: Random): RawRequest {
  return made(random, silent);
}

function made(random: Random, table: Readonly<Record<string, Shape>>): RawRequest {
  const [how, shape] = pickNamed(random, table);
  const given = shape(random);
  return { how, ...(typeof given === "string" ? raw(given) : given) };
}
