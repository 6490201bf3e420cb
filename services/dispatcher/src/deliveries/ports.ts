// What delivering needs of the world, declared by its consumer. The transports room implements the session.
import type { RenameKind } from "../domain/delivery/delivery-table.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** SHA-256 fingerprint of the server's certificate; null where the transport has none. */
  readonly fingerprint: string | null;
}

/**
 * A logged-in connection to a supplier. Every method may throw NotSent (nothing was changed at its final name) and
 * Refused (login, permission, certificate); `rename` alone may throw OutcomeUnknown.
 */
export interface DeliverySession {
  readonly endpoint: Endpoint;
  closed(): boolean;
  /** Goes into the folder: without that, "550" of a missing file says nothing. */
  enter(folder: string): Promise<void>;
  /** Throws NotStored or StoreForbidden where the server is known not to have taken a byte. */
  store(path: string, bytes: Uint8Array): Promise<void>;
  list(folder: string): Promise<readonly unknown[]>;
  /** Bytes; "absent"; "unsupported" where the server cannot tell. */
  size(path: string): Promise<number | "absent" | "unsupported">;
  read(path: string): Promise<Uint8Array | "absent" | "unreadable">;
  /** `refused`: the server's definite no, in its words. Throws OutcomeUnknown when the reply is lost. */
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string }>;
  /** How `rename` does it between these two names. */
  renameKind(from: string, to: string): RenameKind;
  /** Best effort: a file that is not there, or may not be removed, is no error. */
  remove(path: string): Promise<void>;
}

export interface Sessions {
  /**
   * Runs `work` with a session to the supplier, kept open for the next while there is work. `afterWaiting`: called where it had to
   * wait for one, before anything is connected; what it throws is thrown.
   */
  use<T>(supplier: string, work: (session: DeliverySession) => Promise<T>, afterWaiting?: () => Promise<void>): Promise<T>;
}

/** The instants between two steps of the protocol. Tests stop the world there; production passes nothing. */
export const steps = ["claimed", "uploaded", "verified", "looked", "intent-written", "renamed", "sent"] as const;
/** Those of an upload under the final name: stored comes after the intent. */
export const directSteps = ["claimed", "looked", "intent-written", "stored", "sent"] as const;
/** Those besides where a marker is written. */
export const markerSteps = ["marker-uploaded", "marker-placed"] as const;
/** Those besides where a delivery note is placed before the purchase order. */
export const deliveryNoteSteps = ["delivery-note-uploaded", "delivery-note-placed"] as const;
export type Step =
  | (typeof steps)[number]
  | (typeof directSteps)[number]
  | (typeof markerSteps)[number]
  | (typeof deliveryNoteSteps)[number];

/** When purchase orders have their turn at a supplier, by its schedule: read anew each time, never kept. */
export interface Turns {
  /** False for a supplier in dry run. */
  sends(supplier: string): boolean;
  /** Those that wait since then, or since an earlier time, have their turn. Epoch milliseconds; below 0: none. */
  servedUntil(supplier: string, now: number): number;
}
