// One client's session, as the commands see it.
import type { Socket } from "node:net";
import type { Disturbance, Door, Reply, TransferEnd } from "./data-connection.ts";
import type { Folder } from "./folder.ts";

export interface Answer extends Reply {
  /** The middle of a reply of several lines. */
  readonly lines?: readonly string[];
  /** What the session does once the reply is sent. */
  readonly next?: "encrypt" | "quit";
}

export interface CommandSettings {
  readonly user: string;
  readonly password: string;
  /** Whether RNTO replaces an existing file, as vsftpd, ProFTPD and pure-ftpd do. */
  readonly renameOverwrites: boolean;
  /** Of what stands on the wire. */
  readonly encoding: "utf8" | "latin1";
  readonly encryption: "explicit" | "implicit" | "none";
  /** Whether MLSD and MLST exist and FEAT says so. */
  readonly mlsd: boolean;
}

export type FileChange =
  /** `complete` is false when the upload ended early: the part stays, as on real servers. */
  | { readonly kind: "stored"; readonly path: string; readonly complete: boolean }
  | { readonly kind: "renamed"; readonly path: string; readonly from: string }
  | { readonly kind: "deleted"; readonly path: string };

export interface Conversation {
  readonly folder: Folder;
  readonly settings: CommandSettings;
  /** Or there is no encryption to wait for. */
  readonly encrypted: boolean;
  workingDirectory: string;
  user: string | undefined;
  loggedIn: boolean;
  /** PROT P was given: data connections are encrypted. */
  protectedData: boolean;
  binary: boolean;
  renameFrom: string | undefined;
  openDoor(): Promise<Door>;
  /** Tells the observers, who may act on the file at once. */
  announce(change: FileChange): void;
  /** Sends 150, admits the data connection and runs the transfer; says how it ended. */
  transfer(
    run: (socket: Socket, disturbance: Disturbance | undefined) => Promise<TransferEnd>,
  ): Promise<{ readonly reply: Reply; readonly end: TransferEnd | undefined }>;
}
