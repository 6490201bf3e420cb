// The port that every transport implements. Deliveries and inbound each declare the part of it that they use.
// One suite says what it means, for every transport: test/contract.ts.
import type { RenameKind } from "../domain/delivery/delivery-table.ts";
import type { NotSent } from "../domain/delivery/failure.ts";

export interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** Epoch milliseconds, as exact as the server tells; null where it does not. */
  readonly modifiedAt: number | null;
}

/** The certificate that a server showed. */
export interface SeenCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** What the connection is, for people: `soh suppliers check` shows it. */
export interface ConnectionFacts {
  /** Such as "TLSv1.3", "SSH-2.0-OpenSSH_9.2p1", "unencrypted", "local directory". */
  readonly protocol: string;
  /** Null: nothing is encrypted. */
  readonly cipher: string | null;
  /** Null: the transport has none. */
  readonly certificate: SeenCertificate | null;
  /** What the server says it offers: FTP's FEAT, SFTP's extensions. */
  readonly features: readonly string[];
}

/**
 * A logged-in connection to a supplier, one command at a time. Paths are absolute, as the supplier sees them. Methods throw
 * NotSent (try again later), Refused (login, certificate, host key: a person must act) and FolderRefused (permission or
 * existence of this folder or file); `rename` alone throws OutcomeUnknown, when the reply is lost.
 */
export interface SupplierSession {
  /**
   * `fingerprint`: SHA-256 of the certificate or the host key, null where there is none. A folder of this machine has its
   * root as host and the port 0.
   */
  readonly endpoint: { readonly host: string; readonly port: number; readonly fingerprint: string | null };
  closed(): boolean;
  /** At once, without waiting for what is under way: that fails. */
  close(): void;
  /** Whether a failure says only that the server has forgotten a session that was kept. */
  isStale(failure: NotSent): boolean;
  facts(): Promise<ConnectionFacts>;
  /** Throws FolderRefused where the folder is missing or may not be used: only then does "absent" of a file mean something. */
  enter(folder: string): Promise<void>;
  /** Replaces what has this name. Throws NotStored or StoreForbidden only where no byte was taken for certain; also when the server says that it took fewer bytes. */
  store(path: string, bytes: Uint8Array): Promise<void>;
  size(path: string): Promise<number | "absent" | "unsupported">;
  read(path: string): Promise<Uint8Array | "absent" | "unreadable">;
  /** Onto a name that exists: `refused` or replaced, as the transport says. `refused`: the server did nothing. */
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string }>;
  /** How `rename` does it between these two names, as far as is known of the server: docs/transports.md. */
  renameKind(from: string, to: string): RenameKind;
  /** Best effort: a file that is not there, or may not be removed, is no error. */
  remove(path: string): Promise<void>;
  /** The files of the folder, without folders and links. */
  list(folder: string): Promise<readonly ListedFile[]>;
  /** Best effort, as for `remove`: the file that goes into it will tell. Throws NotSent when the connection is lost. */
  makeFolder(path: string): Promise<void>;
}

/** Files of suppliers are small; a larger one is not read into memory. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;
