// Certificates for one simulated world: an authority of its own and the leaves it signs. Trusting one world's
// authority trusts nothing else, so a test can give a client the wrong one.
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { generate } from "selfsigned";

export interface IssuedCertificate {
  /** PEM, PKCS#8. */
  readonly key: string;
  /** PEM, the leaf alone: a client verifies it with the authority's certificate. */
  readonly cert: string;
}

export interface LeafRequest {
  readonly commonName: string;
  /** Names and addresses that the certificate is good for; 127.0.0.1 and localhost unless given. */
  readonly hosts?: readonly string[];
  /** A year from now unless given; a time in the past makes an expired certificate. */
  readonly expires?: Date;
}

export interface CertificateAuthority {
  /** PEM: what a client gets as its `ca`. */
  readonly certificate: string;
  issue(request: LeafRequest): Promise<IssuedCertificate>;
}

const DAY_MS = 86_400_000;

/**
 * Makes a new authority. A random part in its subject keeps two authorities of one name apart: with equal subjects a
 * client would report a bad signature where a wrong authority is meant.
 *
 * Throws TypeError when a name holds characters that would need escaping in a certificate's subject.
 */
export async function createCertificateAuthority(name: string): Promise<CertificateAuthority> {
  const authority = await generate(subject(`${name} ${randomBytes(4).toString("hex")}`), {
    keyType: "ec",
    algorithm: "sha256",
    ...validUntil(new Date(Date.now() + 10 * 365 * DAY_MS)),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });

  return {
    certificate: authority.cert,

    async issue({ commonName, hosts = ["127.0.0.1", "localhost"], expires = new Date(Date.now() + 365 * DAY_MS) }) {
      const altNames = hosts.map((host) => (isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }));
      const leaf = await generate(subject(commonName), {
        keyType: "ec",
        algorithm: "sha256",
        ca: { key: authority.private, cert: authority.cert },
        ...validUntil(expires),
        extensions: [
          { name: "basicConstraints", cA: false, critical: true },
          { name: "keyUsage", digitalSignature: true, critical: true },
          { name: "extKeyUsage", serverAuth: true },
          { name: "subjectAltName", altNames },
        ],
      });
      return { key: leaf.private, cert: leaf.cert };
    },
  };
}

function subject(commonName: string): { name: string; value: string }[] {
  if (!/^[\p{L}\p{N} .-]+$/u.test(commonName)) {
    throw new TypeError(`a certificate's name has letters, digits, spaces, dots and hyphens only: ${commonName}`);
  }
  return [{ name: "commonName", value: commonName }];
}

/** Begins a day before now or before the end, whichever is earlier: clocks of containers differ. */
function validUntil(end: Date): { notBeforeDate: Date; notAfterDate: Date } {
  return { notBeforeDate: new Date(Math.min(Date.now(), end.getTime()) - DAY_MS), notAfterDate: end };
}
