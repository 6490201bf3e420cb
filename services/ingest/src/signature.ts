// Shopify signs the raw bytes of the body: X-Shopify-Hmac-Sha256 is base64(HMAC-SHA256(body, secret)).
// https://shopify.dev/docs/apps/build/webhooks/subscribe/https
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import type { Secret } from "@soh/shared/config";

/** 32 bytes in base64. Anything else cannot be a signature, and timingSafeEqual throws on unequal lengths. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;

/** Made once for each secret: as text it would be made into a key for each body. */
const keys = new WeakMap<Secret, KeyObject>();

function keyOf(secret: Secret): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) {
    return known;
  }
  const key = createSecretKey(secret.reveal(), "utf8");
  keys.set(secret, key);
  return key;
}

/** Whether one of the secrets signed this body. A shop has several while one is rotated; all are always tried. */
export function isSigned(body: Buffer, signature: string, secrets: readonly Secret[]): boolean {
  if (!SIGNATURE.test(signature)) {
    return false;
  }
  const given = Buffer.from(signature, "base64");
  let signed = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", keyOf(secret)).update(body).digest();
    signed = timingSafeEqual(given, expected) || signed;
  }
  return signed;
}
