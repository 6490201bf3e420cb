// What an error of a transport says of the server, for people: the library's own error is its cause.
import { FTPError } from "basic-ftp";
import { FolderRefused } from "../../domain/delivery/failure.ts";
import type { Trouble } from "../../domain/supplier/supplier-check.ts";
import { CertificateNotPinned, isCertificateCode, PlainAnswer, StepRefused, type ConnectStep } from "../ftp-errors.ts";
import { HostKeyRefused, KeyUnreadable, LoginRefused, statusOf } from "../sftp-errors.ts";

/** No connection, by the system. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "EADDRNOTAVAIL"]);
const UNKNOWN_NAME = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME"]);
const BROKEN = new Set(["ECONNRESET", "EPIPE"]);
const NO_SPACE = new Set(["ENOSPC", "EDQUOT"]);

/** RFC 959, 4.2. Of 451 vsftpd makes a full disk, and little else. */
const DISK_REPLIES = new Set([451, 452, 552]);
const DATA_REPLIES = new Set([425, 426, 522]);

const refusedSteps = { greeting: "refused", TLS: "no encryption", login: "login" } as const satisfies Record<
  ConnectStep,
  Trouble["kind"]
>;

/** SFTP's statuses: 4 is any failure, of writing mostly a full disk (OpenSSH); 14 and 15 say it (draft 06). */
const DISK_STATUSES = new Set([4, 14, 15]);

/** While connecting, nothing of ours has been asked yet but the login. */
export function connectTrouble(error: unknown): Trouble {
  const causes = causesOf(error);
  const reply = causes.find((one) => one instanceof FTPError);
  if (reply !== undefined) {
    const said = wordsOf(reply);
    if (reply.code === 421) {
      return { kind: "too many", said };
    }
    const step = causes.find((one) => one instanceof StepRefused)?.step;
    return { kind: step === undefined ? "refused" : refusedSteps[step], said };
  }
  const said = wordsOf(error);
  const hostKey = causes.find((one) => one instanceof HostKeyRefused);
  if (hostKey !== undefined) {
    return { kind: "host key", shown: hostKey.shown };
  }
  const ownKey = causes.find((one) => one instanceof KeyUnreadable);
  if (ownKey !== undefined) {
    return { kind: "private key", said: ownKey.message };
  }
  if (causes.some((one) => one instanceof LoginRefused)) {
    return { kind: "login", said };
  }
  if (causes.some((one) => one instanceof CertificateNotPinned)) {
    return { kind: "certificate", code: null, said, shown: null };
  }
  if (causes.some((one) => one instanceof PlainAnswer)) {
    return { kind: "plain answer" };
  }
  for (const code of causes.map(codeOf)) {
    if (UNKNOWN_NAME.has(code)) {
      return { kind: "no address", code };
    }
    if (UNREACHABLE.has(code)) {
      return { kind: "no connection", code };
    }
    if (isCertificateCode(code)) {
      return { kind: "certificate", code, said, shown: null };
    }
    if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE/.test(code)) {
      return { kind: "TLS version", said, offers: null };
    }
    if (/^(EPROTO$|ERR_SSL_)/.test(code)) {
      return { kind: "other protocol", said };
    }
    if (code === "ENOENT" || code === "ENOTDIR") {
      return { kind: "no connection", code };
    }
  }
  return { kind: "lost", said };
}

/** Of a command to a server that has let us in. */
export function commandTrouble(error: unknown): Trouble {
  const causes = causesOf(error);
  const said = wordsOf(error);
  const reply = causes.find((one) => one instanceof FTPError);
  const status = causes.map(statusOf).find((one) => one !== undefined);
  if (
    (reply !== undefined && DISK_REPLIES.has(reply.code)) ||
    (status !== undefined && DISK_STATUSES.has(status)) ||
    causes.some((one) => NO_SPACE.has(codeOf(one))) ||
    /is its disk full/.test(said)
  ) {
    return { kind: "disk full", said };
  }
  if (causes.some((one) => one instanceof FolderRefused)) {
    return { kind: "folder", said };
  }
  if (/PASV returned another host/.test(said)) {
    return { kind: "other host", said: said.replace(/\. Even though[\s\S]*$/, "") };
  }
  // ProFTPD breaks the connection for files where it refuses one: its reply is lost then.
  if (causes.some((one) => BROKEN.has(codeOf(one)))) {
    return { kind: "lost", said };
  }
  if ((reply !== undefined && DATA_REPLIES.has(reply.code)) || /data (socket|connection|transfer)|passive mode/i.test(said)) {
    return { kind: "data connection", said };
  }
  return reply !== undefined || status !== undefined ? { kind: "refused", said } : { kind: "lost", said };
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let one = error; one instanceof Error && !causes.includes(one); one = one.cause) {
    causes.push(one);
  }
  return causes;
}

/** The innermost words: what is around them says only which command it was. */
const wordsOf = (error: unknown): string =>
  quoted(causesOf(error).findLast((one) => one.message !== "")?.message ?? String(error));

/** Others' words within a sentence of ours: on one line, without a full stop. */
export const quoted = (said: string): string => said.trim().replaceAll(/\s+/g, " ").replace(/\.$/, "");

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : "");
