// How a supplier's server is reached: what `transport` of handler.yaml becomes in memory.
import { Secret } from "@soh/shared/config";
import type { RenameKind } from "../domain/delivery/delivery-table.ts";
import type { NamedFiles } from "./named-files.ts";
import { serverOf, type TransportSection } from "./schema/transport.ts";

export type TransportSettings = FtpsSettings | FtpSettings | SftpSettings | FolderSettings;

/** What every kind has. */
interface Limits {
  /** Of a folder of this machine: its root. */
  readonly host: string;
  /** Of a folder of this machine: 0. */
  readonly port: number;
  /** Most at once. */
  readonly connections: number;
  /** Most new ones to the host in a minute; null: any number. */
  readonly connectionsPerMinute: number | null;
  /** Milliseconds of silence. */
  readonly timeoutMs: number;
}

interface FtpLogin extends Limits {
  readonly user: string;
  readonly password: Secret;
  /** PASV may name another host. */
  readonly separateTransferHost: boolean;
  /** Of file names. */
  readonly encoding: "utf-8" | "latin1";
  /** Null: one step within a folder, and between two it is not known. */
  readonly rename: RenameKind | null;
}

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

export interface FtpsSettings extends FtpLogin {
  readonly kind: "ftps";
  readonly mode: "explicit" | "implicit";
  readonly trust: CertificateTrust;
  readonly minTls: TlsVersion;
  readonly maxTls: TlsVersion;
}

export type CertificateTrust =
  /** `ca`: PEM; null: the system's. */
  | { readonly by: "authority"; readonly ca: string | null }
  /** SHA-256 as Node writes it: capital hexadecimal digits in pairs, with colons between. */
  | { readonly by: "fingerprint"; readonly fingerprints: readonly string[] }
  | { readonly by: "nothing" };

export interface FtpSettings extends FtpLogin {
  readonly kind: "ftp";
}

export interface SftpSettings extends Limits {
  readonly kind: "sftp";
  readonly user: string;
  readonly password: Secret | null;
  /** The private key, in any format of OpenSSH's. */
  readonly key: Secret | null;
  readonly passphrase: Secret | null;
  /** "SHA256:" and base64 without padding. */
  readonly hostKeys: readonly string[];
  readonly rename: "plain" | "posix";
}

export interface FolderSettings extends Limits {
  readonly kind: "folder";
  /** Absolute. */
  readonly root: string;
  readonly rename: RenameKind;
}

/** What makes a transport one that people must be told of; null: nothing. */
export function insecurity(transport: TransportSettings): string | null {
  if (transport.kind === "ftp") {
    return "it is reached by plain FTP: the password and every order can be read on their way";
  }
  if (transport.kind === "ftps" && transport.trust.by === "nothing") {
    return "its certificate is not verified: whoever answers in its place gets the password and the orders";
  }
  return null;
}

/** Host and port; a folder of this machine has no port. */
export const serverText = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  port === 0 ? host : `${host}:${port}`;

/** What two suppliers have in common when they connect to the same server in the same way as the same user. Holds secrets. */
export function accessOf(transport: TransportSettings): string {
  const limits: readonly string[] = ["connections", "connectionsPerMinute", "timeoutMs"] satisfies (keyof Limits)[];
  const access = Object.entries(transport).filter(([key]) => !limits.includes(key));
  return JSON.stringify(access.map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]));
}

export function transportSettings(section: TransportSection, files: NamedFiles): TransportSettings {
  const limits: Limits = {
    ...serverOf(section),
    connections: section.connections,
    connectionsPerMinute: section.kind === "folder" ? null : (section.rate?.per_minute ?? null),
    timeoutMs: section.timeout,
  };
  switch (section.kind) {
    case "ftps":
    case "ftp": {
      const { user, password, separate_transfer_host: separateTransferHost, encoding } = section;
      const login = { ...limits, user, password, separateTransferHost, encoding, rename: section.rename ?? null };
      if (section.kind === "ftp") {
        return { ...login, kind: "ftp" };
      }
      const { mode, tls } = section;
      return { ...login, kind: "ftps", mode, trust: trustOf(tls, files), minTls: tls.min, maxTls: tls.max };
    }
    case "sftp":
      return {
        ...limits,
        kind: "sftp",
        user: section.user,
        password: section.password ?? null,
        key: section.key === undefined ? null : privateKey(section.key, files),
        passphrase: section.passphrase ?? null,
        hostKeys: section.host_key,
        rename: section.rename,
      };
    case "folder":
      return { ...limits, kind: "folder", root: section.root, rename: section.rename };
  }
}

function trustOf(tls: Extract<TransportSection, { kind: "ftps" }>["tls"], files: NamedFiles): CertificateTrust {
  if (!tls.verify) {
    return { by: "nothing" };
  }
  if (tls.fingerprint !== undefined) {
    return { by: "fingerprint", fingerprints: tls.fingerprint };
  }
  return { by: "authority", ca: tls.ca === undefined ? null : readCa(files, tls.ca) };
}

function readCa(files: NamedFiles, ca: string): string {
  const key = ["transport", "tls", "ca"];
  const { file, bytes } = files.read(key, ca);
  const pem = Buffer.from(bytes).toString("utf8");
  if (!files.failed() && !pem.includes("-----BEGIN CERTIFICATE-----")) {
    files.complain(key, `the file ${file} holds no PEM certificate`);
  }
  return pem;
}

/** A variable may hold the key itself, as secrets come, or say where it lies. */
function privateKey(key: Secret, files: NamedFiles): Secret {
  const path = ["transport", "key"];
  const own = key.reveal();
  if (own.includes("-----BEGIN ")) {
    return key;
  }
  if (own.includes("\n")) {
    files.complain(path, "expected a private key (-----BEGIN …), or the name of its file");
    return key;
  }
  const { file, bytes } = files.read(path, own);
  const text = Buffer.from(bytes).toString("utf8");
  if (!files.failed() && !text.includes("-----BEGIN ") && !text.startsWith("PuTTY-User-Key-File-")) {
    files.complain(path, `the file ${file} holds no private key`);
  }
  return new Secret(text);
}
