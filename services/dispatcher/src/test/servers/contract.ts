// The contract of transports, kept with a real server.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { connectTransport } from "../../transports/registry.ts";
import { transportContract } from "../../transports/test/contract.ts";
import { settingsOf, transportFor } from "./access.ts";
import type { Bench } from "./line.ts";

export function checkContract({ line, server }: Bench): void {
  const ssh = line.tls === null;
  transportContract("it", () =>
    Promise.resolve({
      connect: async ({ password, trust, timeoutMs } = {}) => {
        const stranger = ssh ? { host_key: `SHA256:${"A".repeat(43)}` } : { tls: { fingerprint: "00".repeat(32) } };
        const settings = settingsOf(
          transportFor(server(), line, {
            ...(password === undefined ? {} : { password }),
            ...(trust === "wrong" ? stranger : {}),
          }),
        );
        return await connectTransport(timeoutMs === undefined ? settings : { ...settings, timeoutMs });
      },
      root: server().root,
      renamesOnto: ssh ? "refuses" : "replaces",
      times: line.kind === "vsftpd" ? "rough" : "exact",
      fingerprint: ssh ? "host-key" : "certificate",
      encrypts: true,
      can: {
        refuseLogin: true,
        fillDisk: () => server().fillDisk(),
        makeReadOnly: (folder) => {
          // It is root's.
          chmodSync(join(server().root, folder), 0o755);
          return () => chmodSync(join(server().root, folder), 0o777);
        },
      },
      stop: () => Promise.resolve(),
    }),
  );
}
