// Whom a TLS connection trusts. Node verifies by authority; a pinned certificate is compared here, on the control connection
// before the password is sent, and on each data connection before a byte of a file is.
import { createSecureContext, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Client } from "basic-ftp";
import type { CertificateTrust, TlsVersion } from "../config/transport-settings.ts";
import { CertificateNotPinned } from "./ftp-errors.ts";

/** basic-ftp writes into the object it is given: a new one each time. */
export function tlsOptions(options: {
  readonly trust: CertificateTrust;
  readonly minTls: TlsVersion;
  readonly maxTls: TlsVersion;
}): ConnectionOptions {
  const { trust, minTls: minVersion, maxTls: maxVersion } = options;
  // Made once for a session: else Node reads the authorities again for each data connection, a millisecond for each file.
  const secureContext = createSecureContext({
    minVersion,
    maxVersion,
    ...(trust.by === "authority" && trust.ca !== null ? { ca: trust.ca } : {}),
  });
  return { secureContext, ...(trust.by === "authority" ? {} : { rejectUnauthorized: false }) };
}

/** Throws CertificateNotPinned, which says what to write instead. */
export function comparePinned(socket: TLSSocket, trust: CertificateTrust): void {
  if (trust.by !== "fingerprint") {
    return;
  }
  const shown = socket.getPeerCertificate().fingerprint256;
  if (!trust.fingerprints.includes(shown)) {
    throw new CertificateNotPinned(
      `the server's certificate has the SHA-256 ${shown}, which is none of transport.tls.fingerprint; if the supplier confirms it, write it there`,
    );
  }
}

/**
 * Watches the data connections, which basic-ftp opens by itself: one to a stranger is broken before anything is written to
 * it. A resumed TLS session was compared when it began.
 */
export function comparePinnedOnData({ ftp }: Client, trust: CertificateTrust): void {
  if (trust.by !== "fingerprint") {
    return;
  }
  const property = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(ftp), "dataSocket");
  Object.defineProperty(ftp, "dataSocket", {
    get: (): typeof ftp.dataSocket => property?.get?.call(ftp),
    set(socket: typeof ftp.dataSocket) {
      property?.set?.call(ftp, socket);
      if (socket !== undefined && "getPeerCertificate" in socket) {
        socket.once("secureConnect", () => {
          try {
            if (!socket.isSessionReused()) {
              comparePinned(socket, trust);
            }
          } catch (error) {
            socket.destroy(error instanceof Error ? error : undefined);
          }
        });
      }
    },
  });
}
