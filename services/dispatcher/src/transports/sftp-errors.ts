// Every error of ssh2 translated into what to do next. An error of a request carries the server's status as `code`, a number;
// all others have ended the connection.
import { FolderRefused, NotSent, NotStored, OutcomeUnknown, Refused, StoreForbidden } from "../domain/delivery/failure.ts";

export class ConnectionLost extends Error {
  override name = "ConnectionLost";
}

/** Login or host key. */
export class LoginRefused extends Error {
  override name: string = "LoginRefused";
}

/** No login was tried. */
export class HostKeyRefused extends LoginRefused {
  override name = "HostKeyRefused";
  /** "SHA256:…". */
  readonly shown: string;

  constructor(shown: string) {
    super(`the server's host key is ${shown}, which is none of transport.host_key; if the supplier confirms it, write it there`);
    this.shown = shown;
  }
}

/** Our own private key. */
export class KeyUnreadable extends LoginRefused {
  override name = "KeyUnreadable";
}

/** Section 7 of draft-ietf-secsh-filexfer-02. */
export const STATUS = {
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const;

/** The server's status in its answer to a request; undefined where it was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && !(error instanceof ConnectionLost) && "code" in error && typeof error.code === "number"
    ? error.code
    : undefined;
}

/** The server has answered and not done it. "No connection" and "connection lost" are answers that say the contrary. */
export function isDefinite(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status !== STATUS.noConnection && status !== STATUS.connectionLost;
}

export function translate(error: unknown, what: string): Error {
  if (error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown) {
    return error;
  }
  const message = `${what}: ${reasonOf(error)}`;
  if (error instanceof LoginRefused) {
    return new Refused(message, { cause: error });
  }
  const status = statusOf(error);
  return status === STATUS.noSuchFile || status === STATUS.permissionDenied
    ? new FolderRefused(message, { cause: error })
    : new NotSent(message, { cause: error });
}

/** Of opening a file to write it: besides, that the server has not taken a byte. */
export function notStored(error: unknown, what: string): Error {
  const told = translate(error, what);
  if (!isDefinite(error)) {
    return told;
  }
  return told instanceof FolderRefused
    ? new StoreForbidden(told.message, { cause: error })
    : new NotStored(told.message, { cause: error });
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
