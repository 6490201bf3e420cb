// `soh suppliers check` at a real server: that it works there, and tells what does not.
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { createSshKey } from "@soh/simulators/servers";
import { expect } from "vitest";
import type { CheckStepName } from "../../domain/supplier/supplier-check.ts";
import { createChecks } from "../../transports/check/checks.ts";
import { settingsOf, transportFor } from "./access.ts";
import type { Bench } from "./line.ts";

export function checkSupplierChecks({ line, server, check }: Bench): void {
  /** The steps that are not ok, with the first key to change. */
  const found = async (over: Readonly<Record<string, unknown>> = {}, folder = "/IN"): Promise<readonly string[]> => {
    const report = await createChecks({ variables: {} })({
      id: "agriest",
      name: "Agriest",
      transport: settingsOf(transportFor(server(), line, over)),
      orders: { folder, temporary: { prefix: "", suffix: ".tmp" } },
      acknowledgements: { folder: "/OUT", match: "AR_*.xml" },
    });
    return report.steps
      .filter(({ result }) => result === "failed" || result === "warning")
      .map(({ step, change }) => `${step}: ${change[0]?.key.replace("suppliers.agriest.", "") ?? "no key"}`);
  };
  const orders = (): string => join(server().root, "IN");
  const nothingLeft = (): void => expect(readdirSync(orders()).filter((name) => name.includes("soh-probe"))).toEqual([]);
  const only = (step: CheckStepName, key: string): readonly string[] => [`${step}: ${key}`];

  check("suppliers check, where all is well", async () => {
    expect(await found()).toEqual([]);
    expect(await found({}, "/nocase")).toEqual([]);
    nothingLeft();
    return "everything works";
  });

  check("suppliers check: password, authority or host key, missing folder", async () => {
    expect(await found({ password: "wrong" })).toEqual(only("login", "transport.password"));
    if (line.tls === null) {
      expect(await found({ host_key: createSshKey().fingerprint })).toEqual(only("host key", "transport.host_key"));
    } else {
      const other = `${server().caFile}.check`;
      writeFileSync(other, (await createCertificateAuthority("Another")).certificate);
      expect(await found({ tls: { ca: other } })).toEqual(only("certificate", "transport.tls.ca"));
    }
    expect(await found({}, "/NONE")).toEqual(only("orders folder", "folders.orders.path"));
    return "told, with the key";
  });

  check("suppliers check: read-only folder, full disk", async () => {
    const { mode } = statSync(orders());
    chmodSync(orders(), 0o555);
    try {
      expect(await found()).toEqual(only("upload", "folders.orders.path"));
    } finally {
      chmodSync(orders(), mode);
    }
    const giveBack = server().fillDisk();
    try {
      expect(await found()).toEqual(only("upload", "no key"));
    } finally {
      giveBack();
    }
    nothingLeft();
    return "told, nothing is left";
  });
}
