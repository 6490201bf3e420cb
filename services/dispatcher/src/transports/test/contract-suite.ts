// How a server is described to the contract suite, and what its parts share.
import { expect } from "vitest";
import type { SupplierSession } from "../transport.ts";

export interface ContractServer {
  /** With the user and the trust that are right, except as said. */
  connect(over?: ConnectOver): Promise<SupplierSession>;
  /** On disk, what a session sees as "/"; what stands there may be written and read by this process. */
  readonly root: string;
  readonly renamesOnto: "refuses" | "replaces";
  /** Of a listing: to the second, or as LIST writes them. */
  readonly times: "exact" | "rough";
  /** A missing folder is said to be one also where it was not entered before. */
  readonly namesMissingFolder?: boolean;
  /** Can it be told of file names beyond ASCII. */
  readonly accents?: boolean;
  readonly fingerprint: "certificate" | "host-key" | "none";
  readonly encrypts: boolean;
  /** What can be done to it. What cannot is left out, and not tested. */
  readonly can: Abilities;
  stop(): Promise<void>;
}

export interface ConnectOver {
  readonly password?: string;
  /** Trust what is not the server's. */
  readonly trust?: "wrong";
  /** Milliseconds; as short as the server allows where something is silent. */
  readonly timeoutMs?: number;
}

export interface Abilities {
  /** No wrong password: it has none. */
  readonly refuseLogin: boolean;
  /** Nobody listens any more, until `undo`. */
  readonly goDown?: () => Promise<Undo>;
  /** The operation meets this, each time, until `undo`. */
  readonly interrupt?: (operation: Operation, how: Interruption) => Undo;
  /** Less than half a megabyte is free, until `undo`. */
  readonly fillDisk?: () => Undo | Promise<Undo>;
  /** The server takes fewer bytes and says that all is well, until `undo`. */
  readonly lieAboutFullDisk?: () => Undo;
  /** Nothing can be made in this folder (a path as a session sees it), until `undo`. */
  readonly makeReadOnly?: (folder: string) => Undo | Promise<Undo>;
}

export type Undo = () => void | Promise<void>;

export const operations = ["connect", "enter", "store", "size", "read", "rename", "list", "makeFolder"] as const;
export type Operation = (typeof operations)[number];

/** It is not answered; the connection ends before it is carried out; or after, and before its answer. */
export const interruptions = ["silence", "cut-before", "cut-after"] as const;
export type Interruption = (typeof interruptions)[number];

export const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
export const fiveMegabytes = Buffer.alloc(5_000_000, Buffer.concat([everyByte, Buffer.from("\r\n\n\r")]));

/** The server and the session that all tests share, and a folder of each test's own. */
export interface Suite {
  server(): ContractServer;
  session(): SupplierSession;
  /** The shared session anew. */
  reconnect(): Promise<void>;
  folder(): string;
  newFolder(): string;
  /** A path in the test's folder. */
  at(file: string): string;
  onDisk(path: string): string;
  /** Writes a file into the test's folder, as somebody else would. */
  put(file: string, content: string | Uint8Array): void;
}

/** What the work fails with. */
export const failure = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    (value) => expect.fail(`it did not fail: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
