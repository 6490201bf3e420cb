// A simulated FTPS supplier, and the shipped configuration that leads to it: what a check says of the server as it is.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, type LeafRequest } from "@soh/simulators/certificates";
import { startFtpsServer, type FtpsServer, type FtpsServerOptions } from "@soh/simulators/ftps-server";
import { loadConfig } from "../../../config/load.ts";
import type { SupplierCheck } from "../../../domain/supplier/supplier-check.ts";
import type { CheckedSupplier } from "../check.ts";
import { createChecks } from "../checks.ts";

const HANDLER_YAML = new URL("../../../../../../config/handler.yaml", import.meta.url);

interface CheckOver {
  /** Variables that are otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Changes the configuration's file. */
  readonly edit?: (yaml: string) => string;
  /** Changes what was read of it. */
  readonly adapt?: (supplier: CheckedSupplier) => CheckedSupplier;
}

export interface CheckedServer {
  readonly server: FtpsServer;
  readonly folder: string;
  /** Every name that a file had in any folder at any time. */
  readonly names: ReadonlySet<string>;
  /** What lies in the folder of orders. */
  orders(): readonly string[];
  /** How often this command came. */
  count(command: string): number;
  readonly env: Readonly<Record<string, string>>;
  check(over?: CheckOver): Promise<SupplierCheck>;
  stop(): Promise<void>;
}

export async function startCheckedServer(
  over: Partial<FtpsServerOptions> = {},
  leaf: Partial<LeafRequest> = {},
): Promise<CheckedServer> {
  const folder = mkdtempSync(join(tmpdir(), "soh-check-"));
  const root = join(folder, "root");
  mkdirSync(join(root, "IN"), { recursive: true });
  mkdirSync(join(root, "OUT"));
  writeFileSync(join(root, "IN/CDE_SE1-1_1.xml"), "an order");
  writeFileSync(join(root, "IN/CDE_SE2-1_1.xml.1.tmp"), "another");
  writeFileSync(join(root, "OUT/AR_SE1-1.xml"), "an answer");
  writeFileSync(join(root, "OUT/readme.txt"), "something else");
  const authority = await createCertificateAuthority("Agriest CA");
  writeFileSync(join(folder, "ca.pem"), authority.certificate);
  const issued = await authority.issue({ commonName: "ftp.agriest.example", ...leaf });
  const server = await startFtpsServer({ root, user: "sermat", password: "secret", ...issued, ...over });
  const names = new Set<string>();
  server.on({ file: ({ kind, path }) => void (kind === "deleted" || names.add(path)) });
  const env = {
    SHOPIFY_SHOP: "sermat.myshopify.com",
    SHOPIFY_WEBHOOK_SECRET: "hush",
    FTP_AGRIEST_HOST: "127.0.0.1",
    FTP_AGRIEST_PORT: String(server.port),
    FTP_AGRIEST_USER: "sermat",
    FTP_AGRIEST_PASS: "secret",
    FTP_AGRIEST_CA: join(folder, "ca.pem"),
    FTP_FOURNIAL_HOST: "ftp.fournial.invalid",
    FTP_FOURNIAL_USER: "sermat",
    FTP_FOURNIAL_PASS: "secret",
  };
  return {
    server,
    folder,
    names,
    orders: () => readdirSync(join(root, "IN")).toSorted(),
    count: (command) => server.commands.filter((one) => one.command === command).length,
    env,
    async check({ env: variables = {}, edit = (yaml) => yaml, adapt = (one) => one }: CheckOver = {}) {
      const values: Readonly<Record<string, string>> = { ...env, ...variables };
      const file = join(folder, "handler.yaml");
      writeFileSync(file, edit(readFileSync(HANDLER_YAML, "utf8")).replace("kind: ftps\n", "kind: ftps\n      timeout: 2s\n"));
      const config = loadConfig(file, (name) => values[name] || undefined);
      const [agriest] = config.suppliers;
      if (agriest === undefined) {
        throw new Error("the example has no supplier");
      }
      return await createChecks(config)(adapt(agriest));
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
