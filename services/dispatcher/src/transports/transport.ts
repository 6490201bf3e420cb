// The port that every transport implements. Deliveries and inbound each declare the part of it that they use.

export interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** Epoch milliseconds, as exact as the server tells; null where it does not. */
  readonly modifiedAt: number | null;
}

/**
 * A logged-in connection to a supplier, one command at a time. Methods throw NotSent (try again later) and Refused
 * (login, permission, certificate: a person must act); `rename` throws OutcomeUnknown when the reply is lost.
 */
export interface SupplierSession {
  readonly endpoint: { readonly host: string; readonly port: number; readonly fingerprint: string | null };
  closed(): boolean;
  close(): void;
  enter(folder: string): Promise<void>;
  store(path: string, bytes: Uint8Array): Promise<void>;
  size(path: string): Promise<number | "absent" | "unsupported">;
  read(path: string): Promise<Uint8Array | "absent" | "unreadable">;
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string }>;
  remove(path: string): Promise<void>;
  list(folder: string): Promise<readonly ListedFile[]>;
  makeFolder(path: string): Promise<void>;
}
