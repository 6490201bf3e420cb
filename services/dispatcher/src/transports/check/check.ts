// `soh suppliers check`: one supplier's server, from its name to a deleted file. Everything on one connection; a second one only
// to look at a certificate that was not trusted, or to remove what a broken connection left. A refused login is not tried again.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { insecurity, serverText, type TransportSettings } from "../../config/transport-settings.ts";
import { NotSent, Refused, StaleSession } from "../../domain/delivery/failure.ts";
import { judgeSupplier } from "../../domain/supplier/judge-supplier.ts";
import type { Assumptions, Seen, SupplierCheck, Trouble } from "../../domain/supplier/supplier-check.ts";
import type { SupplierSession } from "../transport.ts";
import { lookAtCertificate, type Shown } from "./look.ts";
import { createProbe, type ProbedFolders } from "./probe.ts";
import { connectTrouble } from "./troubles.ts";

export interface CheckedSupplier extends ProbedFolders {
  readonly id: string;
  readonly name: string;
  readonly transport: TransportSettings;
}

export interface CheckOptions {
  readonly supplier: CheckedSupplier;
  /** By the whole key: which variables of the environment a value comes from. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
  /** Runs `work` with a session. Throws NotSent and Refused where there is none. */
  readonly use: <T>(work: (session: SupplierSession) => Promise<T>) => Promise<T>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The supplier for whom the same login was refused just now: then nothing is tried. */
  readonly refusedFor?: string;
}

/** What the server does wrong is in the report; thrown is what is our own fault. */
export async function checkSupplier({ supplier, variables, use, now, refusedFor }: CheckOptions): Promise<SupplierCheck> {
  const { transport } = supplier;
  const assumptions = assumptionsOf(supplier);
  const seen: Seen[] = [];
  const see = (one: Seen): void => void seen.push(one);
  const report = (): SupplierCheck => judgeSupplier(assumptions, seen, variables);

  if (refusedFor !== undefined) {
    see({ step: "login", trouble: { kind: "login tried", supplier: refusedFor } });
    return report();
  }
  if (transport.kind !== "folder") {
    const host = await resolve(transport.host);
    see({ step: "host name", ...host });
    if ("trouble" in host) {
      return report();
    }
  }
  const probe = createProbe({ folders: supplier, see, now });
  const begun = performance.now();
  const tryIt = async (session: SupplierSession): Promise<void> => {
    const tookMs = performance.now() - begun;
    // The first command tells whether a session that was kept still is one; a folder that is refused is told of below.
    await session.enter(supplier.orders.folder).catch(unlessRefused);
    const facts = await session.facts();
    const { protocol, cipher, certificate, features } = facts;
    see({ step: "connection", tookMs });
    const { fingerprint } = session.endpoint;
    see({ step: "encryption", protocol, cipher, features });
    if (certificate !== null && fingerprint !== null) {
      see({ step: "certificate", certificate, fingerprint, at: now() });
    } else if (fingerprint !== null) {
      see({ step: "host key", fingerprint });
    }
    see({ step: "login" });
    await probe.run(session, facts);
    if (!session.closed()) {
      await probe.cleanUp(session).catch(unlessOurs);
    }
  };
  try {
    // A session that was kept may be forgotten at the server; a new one is not.
    await use(tryIt).catch((error: unknown) => {
      if (error instanceof StaleSession) {
        return use(tryIt);
      }
      throw error;
    });
  } catch (error) {
    if (!(error instanceof NotSent || error instanceof Refused)) {
      throw error;
    }
    (await explain(transport, connectTrouble(error), now)).forEach(see);
    return report();
  }
  if (probe.left().length > 0) {
    await use((session) => probe.cleanUp(session)).catch(unlessOurs);
  }
  see({ step: "clean up", left: probe.left() });
  return report();
}

async function resolve(host: string): Promise<{ readonly addresses: readonly string[] } | { readonly trouble: Trouble }> {
  if (isIP(host) !== 0) {
    return { addresses: [host] };
  }
  try {
    return { addresses: (await lookup(host, { all: true })).map(({ address }) => address) };
  } catch (error) {
    return { trouble: connectTrouble(error) };
  }
}

/** How far it came before it failed: with a look at what the server shows to anybody. */
async function explain(transport: TransportSettings, trouble: Trouble, now: () => number): Promise<readonly Seen[]> {
  const connected: Seen = { step: "connection", tookMs: null };
  const shows = transport.kind === "ftps" && ["certificate", "login", "TLS version"].includes(trouble.kind);
  const shown = shows ? await lookAtCertificate(transport) : undefined;
  const encrypted: readonly Seen[] =
    shown === undefined ? [] : [{ step: "encryption", protocol: shown.protocol, cipher: shown.cipher, features: [] }];
  switch (trouble.kind) {
    case "no address":
      return [{ step: "host name", trouble }];
    case "no encryption":
    case "plain answer":
      return [connected, { step: "encryption", trouble }];
    case "TLS version":
      return [connected, { step: "encryption", trouble: { ...trouble, offers: shown?.protocol ?? null } }];
    case "certificate":
      return [connected, ...encrypted, { step: "certificate", trouble: { ...trouble, shown: shown ?? null } }];
    case "host key":
      return [connected, { step: "host key", trouble }];
    case "login":
    case "private key":
      return [connected, ...encrypted, ...identity(transport, shown, now), { step: "login", trouble }];
    case "no connection":
    case "too many":
    case "other protocol":
    case "login tried":
    case "folder":
    case "disk full":
    case "data connection":
    case "other host":
    case "refused":
    case "lost":
      return [{ step: "connection", trouble }];
  }
}

/** Who the server is was settled before the login. */
function identity(transport: TransportSettings, shown: Shown | undefined, now: () => number): readonly Seen[] {
  if (shown !== undefined) {
    return [{ step: "certificate", certificate: shown.certificate, fingerprint: shown.fingerprint, at: now() }];
  }
  const [hostKey, ...others] = transport.kind === "sftp" ? transport.hostKeys : [];
  return hostKey === undefined || others.length > 0 ? [] : [{ step: "host key", fingerprint: hostKey }];
}

function assumptionsOf({ id, name, transport, orders, acknowledgements }: CheckedSupplier): Assumptions {
  return {
    supplier: id,
    name,
    kind: transport.kind,
    server: serverText(transport),
    host: transport.host,
    trust:
      transport.kind !== "ftps"
        ? null
        : transport.trust.by === "authority"
          ? transport.trust.ca === null
            ? "system"
            : "ca"
          : transport.trust.by,
    insecurity: insecurity(transport),
    proofs: proofsOf(transport),
    rename: transport.kind === "sftp" ? transport.rename : null,
    ordersFolder: orders.folder,
    temporaryFolder: orders.temporary.folder ?? null,
    direct: orders.commit === "direct",
    answersFolder: acknowledgements?.folder ?? null,
  };
}

function proofsOf(transport: TransportSettings): Assumptions["proofs"] {
  switch (transport.kind) {
    case "folder":
      return [];
    case "sftp":
      return [...(transport.key === null ? [] : ["key" as const]), ...(transport.password === null ? [] : ["password" as const])];
    case "ftps":
    case "ftp":
      return ["password"];
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Refused)) {
    throw error;
  }
}

/** Cleaning up is best effort; what is left is told. */
function unlessOurs(error: unknown): void {
  if (!(error instanceof NotSent || error instanceof Refused)) {
    throw error;
  }
}
