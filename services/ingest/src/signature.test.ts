import { inspect } from "node:util";
import { Secret } from "@soh/shared/config";
import { describe, expect, it } from "vitest";
import { sign } from "../test/webhook.ts";
import { isSigned } from "./signature.ts";

const body = Buffer.from('{"id":1}');
const secrets = [new Secret("old"), new Secret("new")];

describe("the signature of a webhook", () => {
  it("is accepted from the shop's one secret", () => {
    expect(isSigned(body, sign(body, "old"), [new Secret("old")])).toBe(true);
  });

  it.each(["old", "new"])("is accepted from each secret while they are rotated: %s", (secret) => {
    expect(isSigned(body, sign(body, secret), secrets)).toBe(true);
  });

  it("equals the one that an independent implementation computed", () => {
    // printf '{"id":1}' | openssl dgst -sha256 -hmac old -binary | base64
    expect(isSigned(body, "VNgtOXEUWITqLL9sVzosLjMuwRp+sRXl89vH2/aeEoo=", [new Secret("old")])).toBe(true);
  });

  it("is accepted of an empty body", () => {
    expect(isSigned(Buffer.alloc(0), sign(Buffer.alloc(0), "new"), secrets)).toBe(true);
  });

  it("is refused from another secret, and where there is none", () => {
    expect(isSigned(body, sign(body, "stolen"), secrets)).toBe(false);
    expect(isSigned(body, sign(body, "old"), [])).toBe(false);
  });

  it("is refused when one byte of the body changed", () => {
    expect(isSigned(Buffer.from('{"id":2}'), sign(body, "old"), secrets)).toBe(false);
  });

  const good = sign(body, "old");
  it.each([
    ["empty", ""],
    ["short", good.slice(0, 20)],
    ["without its padding", good.slice(0, -1)],
    ["long", `${good}AAAA`],
    ["hexadecimal", Buffer.from(good, "base64").toString("hex")],
    ["base64url", `-_${good.slice(2)}`],
    ["not base64", "é".repeat(43) + "="],
    ["with a space before it", ` ${good}`],
    ["twice, as Node joins repeated headers", `${good}, ${good}`],
  ])("is refused, without an error, when it is %s", (_, signature) => {
    expect(isSigned(body, signature, secrets)).toBe(false);
  });

  it("leaves the secrets unprinted", () => {
    expect(`${inspect(secrets)}${JSON.stringify(secrets)}${String(secrets[0])}`).not.toMatch(/old|new/);
  });
});
