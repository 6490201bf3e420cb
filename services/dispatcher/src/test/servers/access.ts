// How a real server is reached, said as a supplier's `transport` in handler.yaml says it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RealServer } from "@soh/simulators/servers";
import { loadConfig } from "../../config/load.ts";
import type { TransportSettings } from "../../config/transport-settings.ts";
import { connectTransport } from "../../transports/registry.ts";
import type { SupplierSession } from "../../transports/transport.ts";
import type { Line } from "./line.ts";

/** The `transport` section for it. `over` replaces keys. */
export function transportFor(
  server: RealServer,
  { tls }: Line,
  over: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const { host, port, user, password } = server;
  const login = { host, port, user, password, timeout: "15s" };
  return tls === null
    ? { kind: "sftp", ...login, host_key: server.fingerprint, ...over }
    : { kind: "ftps", ...login, tls: { ca: server.caFile, min: tls, max: tls }, ...over };
}

/** handler.yaml with the first supplier's transport replaced, and its folder of orders too. */
export const withTransport =
  (transport: Readonly<Record<string, unknown>>, orders = "/IN") =>
  (yaml: string): string =>
    yaml
      .replace(/^ {4}transport:\n(?: {6}.*\n)+/m, `    transport: ${JSON.stringify(transport)}\n`)
      .replace("path: /IN", `path: ${orders}`);

const HANDLER_YAML = new URL("../../../../../config/handler.yaml", import.meta.url);

/** As the configuration reads it. */
export function settingsOf(transport: Readonly<Record<string, unknown>>): TransportSettings {
  const folder = mkdtempSync(join(tmpdir(), "soh-access-"));
  try {
    const file = join(folder, "handler.yaml");
    writeFileSync(file, withTransport(transport)(readFileSync(HANDLER_YAML, "utf8")));
    // What stands there without a default is another supplier's, or the shop's.
    const config = loadConfig(file, (name) => (/_(SHOP|SECRET|HOST|USER|PASS)$/.test(name) ? "any.example" : undefined));
    const agriest = config.suppliers.find((one) => one.id === "agriest");
    if (agriest === undefined) {
      throw new Error("config/handler.yaml has no supplier agriest any more");
    }
    return agriest.transport;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const connectTo = (transport: Readonly<Record<string, unknown>>): Promise<SupplierSession> =>
  connectTransport(settingsOf(transport));

/** Connects, works, and closes in any case. */
export async function withSession<T>(
  transport: Readonly<Record<string, unknown>>,
  work: (session: SupplierSession) => Promise<T>,
): Promise<T> {
  const session = await connectTo(transport);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
