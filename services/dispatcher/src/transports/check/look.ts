// What an FTPS server shows to anybody, before the login: looked at where the login, or the trust before it, failed.
import { TLSSocket } from "node:tls";
import { Client } from "basic-ftp";
import type { FtpsSettings } from "../../config/transport-settings.ts";
import type { SeenCertificate } from "../transport.ts";
import { certificateOf, connectEncrypted, withDeadline } from "../ftp.ts";

export interface Shown {
  readonly protocol: string;
  readonly cipher: string;
  readonly certificate: SeenCertificate;
  /** SHA-256, as Node writes it. */
  readonly fingerprint: string;
}

/** Trusts nobody and sends no password. Undefined where the server does not come as far as TLS. */
export async function lookAtCertificate(settings: FtpsSettings): Promise<Shown | undefined> {
  const client = new Client(settings.timeoutMs);
  try {
    const stranger = { ...settings, trust: { by: "nothing" }, minTls: "TLSv1.2", maxTls: "TLSv1.3" } as const;
    await withDeadline(client, settings.timeoutMs * 2, () => connectEncrypted(client, stranger));
    const { socket } = client.ftp;
    if (!(socket instanceof TLSSocket)) {
      return undefined;
    }
    return {
      protocol: socket.getProtocol() ?? "TLS",
      cipher: socket.getCipher().name,
      certificate: certificateOf(socket),
      fingerprint: socket.getPeerCertificate().fingerprint256,
    };
  } catch {
    return undefined; // Why the connection failed is told by the one that was meant.
  } finally {
    client.close();
  }
}
