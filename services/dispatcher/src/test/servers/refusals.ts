// Whom the server lets in and whom we trust: every refusal must be told from a server that is away.
import { writeFileSync } from "node:fs";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { createSshKey } from "@soh/simulators/servers";
import { expect } from "vitest";
import { Refused } from "../../domain/delivery/failure.ts";
import { connectTo, transportFor, withSession } from "./access.ts";
import type { Bench } from "./line.ts";

export function checkRefusals({ line, server, check }: Bench): void {
  const refused = async (over: Readonly<Record<string, unknown>>, message: RegExp): Promise<string> => {
    await expect(connectTo(transportFor(server(), line, over))).rejects.toThrow(
      expect.toSatisfy((error: unknown) => error instanceof Refused && message.test(error.message)),
    );
    return "refused";
  };

  check("wrong password", () => refused({ password: "wrong" }, line.tls === null ? /authentication/i : /530/));

  check("wrong authority or host key", async () => {
    if (line.tls === null) {
      return await refused({ host_key: createSshKey().fingerprint }, /host key|host denied/i);
    }
    const other = `${server().caFile}.other`;
    writeFileSync(other, (await createCertificateAuthority("Another")).certificate);
    return await refused({ tls: { ca: other } }, /verify|signature|certificate/i);
  });

  check("certificate of another name", async () => {
    if (line.tls === null) {
      return "–";
    }
    // The same server by another name: its certificate is good for 127.0.0.1.
    return await refused({ host: "localhost" }, /altname|does not match/i);
  });

  check("pinned fingerprint", async () => {
    if (line.tls === null) {
      return "–";
    }
    await withSession(transportFor(server(), line, { tls: { fingerprint: server().fingerprint } }), async (session) => {
      await session.store("/IN/pinned.xml", Buffer.from("x"));
      await session.remove("/IN/pinned.xml");
    });
    await refused({ tls: { fingerprint: "00".repeat(32) } }, /fingerprint|certificate/i);
    return "right one accepted, another refused";
  });

  check("a TLS version that the server has not got", async () => {
    if (line.tls === null) {
      return "–";
    }
    const other = line.tls === "TLSv1.2" ? "TLSv1.3" : "TLSv1.2";
    const tls = { ca: server().caFile, min: other, max: other };
    await expect(connectTo(transportFor(server(), line, { tls }))).rejects.toThrow(/protocol version|handshake|disconnected/i);
    return "no connection";
  });

  check("login by key", async () => {
    if (line.tls !== null) {
      return "–";
    }
    const { key } = server();
    await withSession(transportFor(server(), line, { password: undefined, key }), (session) => session.enter("/IN"));
    await refused({ password: undefined, key: createSshKey().privateKey }, /authentication/i);
    return "right one accepted, another refused";
  });
}
