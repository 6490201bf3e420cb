// Servers that suppliers really run, on loopback: unpacked from the system's packages, with a user, folders and disks of
// their own. Debian or its like, as root. What it starts ends with the process that started it.
import { randomInt, X509Certificate } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, type CertificateAuthority } from "../certificates.ts";
import { caseInsensitiveDisk, fill, prepareDisks, smallDisk } from "./disks.ts";
import { createSshKey } from "./keys.ts";
import { accepts, enclose, HOME, SETTINGS } from "./namespace.ts";
import { openssh } from "./openssh.ts";
import { unpack } from "./packages.ts";
import { proftpd } from "./proftpd.ts";
import { pureFtpd } from "./pure-ftpd.ts";
import { PASSWORD_HASH, USER, type Recipe, type ServerKind, type TlsVersion } from "./recipe.ts";
import { vsftpd } from "./vsftpd.ts";

export * from "./matrix.ts";
export { createSshKey } from "./keys.ts";
export { serverKinds, type ServerKind, type TlsVersion } from "./recipe.ts";

const FOLDERS = ["IN", "OUT", "upload", "nocase"].map((name) => `${HOME}/${name}`);

const RECIPES: Readonly<Record<ServerKind, Recipe>> = { vsftpd, proftpd, "pure-ftpd": pureFtpd, openssh };

export interface RealServer {
  readonly kind: ServerKind;
  /** As the distribution writes it. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Of the user, and of its group. */
  readonly uid: number;
  readonly password: string;
  /** PEM file: the authority that signed the server's certificate, which is good for 127.0.0.1 alone. */
  readonly caFile: string;
  /** SHA-256 of the certificate, in capitals with colons; of the host key, as ssh-keygen writes it. */
  readonly fingerprint: string;
  /** PEM: logs the user in at OpenSSH. */
  readonly key: string;
  /**
   * The user's `/` on this machine: a small disk of its own. Its folders are the user's: `IN`, `OUT`, `upload`, and
   * `nocase`, a disk of its own where capitals do not matter.
   */
  readonly root: string;
  /** Why `nocase` is not what it is called; undefined where it is. */
  readonly noCaseProblem: string | undefined;
  /** Writes a file as the user, who can then change it. */
  put(path: string, bytes: string | Uint8Array): void;
  /** Takes all space that is left, until the function that it returns gives it back. */
  fillDisk(): () => void;
  /** kill -9, and nothing of it is left. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Nothing else is spoken. Not for OpenSSH. */
  readonly tls?: TlsVersion;
  /** Encrypted from the first byte. Throws for a server that has not got it. */
  readonly implicit?: boolean;
}

/** Which servers can do without AUTH TLS. */
export const hasImplicitTls = (kind: ServerKind): boolean => RECIPES[kind].implicit;

/** Downloads what is not there yet. Throws an error that names the server. */
export async function prepareServer(kind: ServerKind): Promise<{ readonly version: string }> {
  return await named(kind, async () => {
    await prepareDisks();
    return await unpack(RECIPES[kind].packages);
  });
}

/** Throws an error that names the server when it cannot be downloaded or does not come up. */
export async function startServer(kind: ServerKind, options: StartOptions = {}): Promise<RealServer> {
  if (process.getuid?.() !== 0) {
    throw new Error(`${kind} is started with its own user and disks: that needs root (sudo)`);
  }
  return await named(kind, () => start(kind, options));
}

async function named<T>(kind: ServerKind, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${kind} cannot be started: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * A port that nobody listens on, from where no system takes those of outgoing connections: thousands of those are opened
 * beside it, and one of them could have it before the server does.
 */
async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (!(await accepts(port))) {
      return port;
    }
  }
}

let certificates: Promise<CertificateAuthority> | undefined;

async function start(kind: ServerKind, { tls, implicit = false }: StartOptions): Promise<RealServer> {
  const recipe = RECIPES[kind];
  if (implicit && !recipe.implicit) {
    throw new Error("it has no implicit TLS");
  }
  const unpacked = await unpack(recipe.packages);
  const settings = mkdtempSync(join(tmpdir(), "soh-server-"));
  // Servers that gave up root come through here.
  chmodSync(settings, 0o755);
  try {
    const port = await quietPort();
    const setup = recipe.setup({ unpacked, port, implicit });
    certificates ??= createCertificateAuthority("Suppliers on loopback");
    const authority = await certificates;
    const leaf = await authority.issue({ commonName: "supplier", hosts: ["127.0.0.1"] });
    const [hostKey, userKey] = [createSshKey(), createSshKey()];
    mkdirSync(join(settings, "pam.d"));
    const files: Readonly<Record<string, string>> = {
      ...setup.files,
      ...accounts,
      "ca.pem": authority.certificate,
      "server.pem": leaf.cert,
      "server.key": leaf.key,
      host_key: hostKey.privateKey,
      authorized_keys: `${userKey.publicKey}\n`,
      "openssl.cnf": openssl(tls),
    };
    for (const [name, text] of Object.entries(files)) {
      // authorized_keys is read as the user.
      writeFileSync(join(settings, name), text, { mode: name === "authorized_keys" || name === "passwd" ? 0o644 : 0o600 });
    }
    const enclosed = await enclose({
      settings,
      port,
      prepare: [
        ...smallDisk(HOME),
        `mkdir ${FOLDERS.join(" ")}`,
        `chown ${USER.id}:${USER.id} ${FOLDERS.join(" ")}`,
        ...(await caseInsensitiveDisk({
          folder: `${HOME}/nocase`,
          image: `${SETTINGS}/nocase.img`,
          problem: `${SETTINGS}/nocase.problem`,
        })),
        ...setup.prepare,
      ],
      command: setup.command,
      env: {
        LD_LIBRARY_PATH: unpacked.libraryPath,
        ...(tls === undefined ? {} : { OPENSSL_CONF: `${SETTINGS}/openssl.cnf` }),
      },
    });
    return {
      kind,
      version: unpacked.version,
      host: "127.0.0.1",
      port,
      user: USER.name,
      uid: USER.id,
      password: USER.password,
      caFile: join(settings, "ca.pem"),
      fingerprint: kind === "openssh" ? hostKey.fingerprint : new X509Certificate(leaf.cert).fingerprint256,
      key: userKey.privateKey,
      root: enclosed.home,
      noCaseProblem: readFileSync(join(settings, "nocase.problem"), "utf8").trim() || undefined,
      put(path, bytes) {
        const file = join(enclosed.home, path);
        writeFileSync(file, bytes);
        chownSync(file, USER.id, USER.id);
      },
      fillDisk: () => fill(join(enclosed.home, "filler")),
      stop: enclosed.stop,
    };
  } catch (error) {
    rmSync(settings, { recursive: true, force: true });
    throw error;
  }
}

/** What lies over /etc inside the enclosure. */
const accounts = {
  passwd: `root:x:0:0:root:/root:/bin/sh
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
${USER.name}:x:${USER.id}:${USER.id}::${HOME}:/bin/sh
`,
  shadow: `root:*:19000:0:99999:7:::\n${USER.name}:${PASSWORD_HASH}:19000:0:99999:7:::\n`,
  group: `root:x:0:\nnogroup:x:65534:\n${USER.name}:x:${USER.id}:\n`,
  // vsftpd asks PAM. nodelay: a wrong password is answered at once.
  "pam.d/ftp": "auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n",
} as const;

/** Every server here takes its bounds from OpenSSL's own configuration. https://docs.openssl.org/3.0/man5/config/ */
const openssl = (version: TlsVersion | undefined): string =>
  `openssl_conf = conf
[conf]
ssl_conf = ssl
[ssl]
system_default = bounds
[bounds]
${version === undefined ? "" : `MinProtocol = ${version}\nMaxProtocol = ${version}`}
`;
