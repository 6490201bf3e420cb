// Keys as SSH writes them. RFC 4253, 6.6; RFC 5656, 3.1.
import { createHash, generateKeyPairSync } from "node:crypto";

export interface SshKey {
  /** PEM. */
  readonly privateKey: string;
  /** A line of authorized_keys. */
  readonly publicKey: string;
  /** "SHA256:…", as ssh-keygen writes it. */
  readonly fingerprint: string;
}

/** A new one, ECDSA on P-256. */
export function createSshKey(): SshKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  // The last 65 bytes of the DER form are the point, uncompressed.
  const point = publicKey.export({ type: "spki", format: "der" }).subarray(-65);
  const blob = Buffer.concat(["ecdsa-sha2-nistp256", "nistp256", point].map((part) => field(Buffer.from(part))));
  return {
    privateKey: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    publicKey: `ecdsa-sha2-nistp256 ${blob.toString("base64")}`,
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

/** RFC 4251, 5: a string is its length and its bytes. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
