// What stands around the containers: two suppliers on this machine, and a shop that sends them orders.
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { createOrderGenerator, type GeneratedOrder } from "@soh/simulators/orders";
import { AGRIEST, FOURNIAL, startSupplier, type Supplier } from "@soh/simulators/supplier";
import { newSecret } from "./settings.ts";

export const SHOP = "sermat-equipement.myshopify.com";
const SINCE = "2026-01-01T00:00:00+01:00";
const CA_FILE = "suppliers-ca.pem";

export interface Outside {
  readonly agriest: Supplier;
  readonly fournial: Supplier;
  /** handler.yaml and the suppliers' authority, as a folder that containers can read. */
  readonly configFolder: string;
  /** What the dispatcher must be told of them. */
  readonly settings: Readonly<Record<string, string>>;
  /** A paid order for both suppliers, of which nothing is held back. */
  nextOrder(): GeneratedOrder;
  stop(): Promise<void>;
}

/** `address`: where the suppliers listen, as containers see it. */
export async function startOutside(options: {
  readonly address: string;
  readonly folder: string;
  readonly handlerYaml: string;
}): Promise<Outside> {
  const { address, folder } = options;
  const authority = await createCertificateAuthority("Test suppliers");
  const configFolder = join(folder, "config");
  mkdirSync(configFolder);
  copyFileSync(options.handlerYaml, join(configFolder, "handler.yaml"));
  writeFileSync(join(configFolder, CA_FILE), authority.certificate);
  // The containers' user is not ours.
  chmodSync(folder, 0o755);
  chmodSync(configFolder, 0o755);
  chmodSync(join(configFolder, "handler.yaml"), 0o644);
  chmodSync(join(configFolder, CA_FILE), 0o644);

  const settings: Record<string, string> = { SHOPIFY_SHOP: SHOP, DISPATCH_SINCE: SINCE, ACKNOWLEDGEMENTS_EVERY: "1s" };
  const open = async (partner: typeof AGRIEST | typeof FOURNIAL, prefix: string): Promise<Supplier> => {
    // As suppliers give them out: with characters that mean something to a shell, to .env files and to YAML.
    const password = `${newSecret()} #$HOME: "x"`;
    const supplier = await startSupplier({
      ...partner,
      authority,
      root: join(folder, prefix),
      user: "sermat",
      password,
      certificate: await authority.issue({ commonName: partner.name, hosts: [address] }),
      server: { host: address },
    });
    Object.assign(settings, {
      [`${prefix}_HOST`]: supplier.host,
      [`${prefix}_PORT`]: String(supplier.port),
      [`${prefix}_USER`]: "sermat",
      [`${prefix}_PASS`]: password,
      [`${prefix}_CA`]: CA_FILE,
    });
    return supplier;
  };
  const agriest = await open(AGRIEST, "FTP_AGRIEST");
  const fournial = await open(FOURNIAL, "FTP_FOURNIAL");

  const orders = createOrderGenerator({
    seed: "compose",
    shop: SHOP,
    suppliers: [
      {
        name: "agriest",
        vendors: ["Agriest", "Kramp"],
        skuPrefixes: ["AGR-"],
        requiresPhone: true,
        shipping: { mapped: ["Standard", "Livraison avec hayon"], unmapped: "hold" },
      },
      { name: "fournial", vendors: ["Fournial"], skuPrefixes: ["FOU"] },
    ],
    holds: { valueOver: 3000, tags: ["attention"] },
    since: Date.parse(SINCE),
    now: Date.now,
  });

  return {
    agriest,
    fournial,
    configFolder,
    settings,
    nextOrder() {
      for (;;) {
        const order = orders.next("plain");
        const { purchaseOrders } = order.expected;
        if (purchaseOrders.length === 2 && purchaseOrders.every(({ state }) => state === "released")) {
          return order;
        }
      }
    },
    async stop() {
      await Promise.all([agriest.stop(), fournial.stop()]);
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
