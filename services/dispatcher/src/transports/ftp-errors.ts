// Every error of basic-ftp and of TLS translated into what to do next. basic-ftp translates nothing: a timeout is a bare
// Error without a code, an FTPError keeps the session, anything else has closed it.
import { FTPError } from "basic-ftp";
import { FolderRefused, NotSent, NotStored, OutcomeUnknown, Refused, StoreForbidden } from "../domain/delivery/failure.ts";

/** The certificate is none of those that the configuration names. */
export class CertificateNotPinned extends Error {
  override name = "CertificateNotPinned";
}

/** In their order; until the last, the server knows nothing of us. */
export type ConnectStep = "greeting" | "TLS" | "login";

/** The server says no to a step of connecting. Its code does not tell which: some say 530 to AUTH TLS, others to whoever calls. */
export class StepRefused extends Error {
  override name = "StepRefused";
  readonly step: ConnectStep;
  readonly code: number;

  constructor(step: ConnectStep, reply: FTPError) {
    const said = reply.message.trim();
    super(
      step === "TLS"
        ? `this server does no TLS: it answers AUTH TLS with ${said.replace(/\.$/, "")}. Ask the supplier for FTPS or SFTP, and change transport.kind, transport.mode or transport.port`
        : said,
      { cause: reply },
    );
    this.step = step;
    this.code = reply.code;
  }
}

/** Runs the commands of a step. Throws StepRefused where the server answers no: not 421, which says that it goes away. */
export async function atStep<T>(step: ConnectStep, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FTPError && error.code !== 421 ? new StepRefused(step, error) : error;
  }
}

/** What answers does so in plain text, where TLS was to come first: perhaps only that it is busy, so nothing is refused. */
export class PlainAnswer extends Error {
  override name = "PlainAnswer";
}

/** OpenSSL takes letters for the head of a TLS record. */
const PLAIN_CODES = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_SSL_HTTP_REQUEST"]);

export function plainAnswer(error: unknown): unknown {
  return PLAIN_CODES.has(codeOf(error))
    ? new PlainAnswer(
        "the server does not speak TLS from the first byte; transport.mode (explicit) or transport.port may be what is wrong",
        { cause: error },
      )
    : error;
}

/** Failures of certificate verification: repeating them changes nothing. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODES = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** 530, 532 and 430: not logged in; 534, 536: PROT refused. RFC 959, 4.2; RFC 4217. */
const REFUSED_REPLIES = new Set([430, 530, 532, 534, 536]);

/** Missing folder or permission. RFC 959, 4.2. */
const FOLDER_REPLIES = new Set([550, 553]);

/**
 * Answers to STOR instead of a transfer: no data connection, busy, or no such command. RFC 959, 5.4. Not 452: servers say
 * so in the middle, too, when their disk is full.
 */
const BEFORE_DATA = new Set([425, 450, 500, 501, 502, 503, 504, 521, 522]);

/**
 * Whether an answer to RNFR or RNTO says that nothing was done. RFC 959, 4.2: with a 5 in its middle it speaks of files. With a 2
 * it speaks of connections: the server is closing (421), or the answer is a late one to a transfer (425, 426, 522).
 */
export function refusesRename(code: number): boolean {
  const about = Math.floor(code / 10) % 10;
  return code >= 500 ? about !== 2 : about === 5;
}

/** 421: the server closed an idle session; 425 and 522: it does not know the TLS session of the data connection any more. */
const STALE_REPLIES = new Set([421, 425, 522]);

export function translate(error: unknown, what: string): Error {
  if (error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown) {
    return error;
  }
  const message = `${what}: ${isOtherHost(error) ? OTHER_HOST : reasonOf(error)}`;
  if (error instanceof FTPError && FOLDER_REPLIES.has(error.code)) {
    return new FolderRefused(message, { cause: error });
  }
  return isRefusal(error) ? new Refused(message, { cause: error }) : new NotSent(message, { cause: error });
}

export const isCertificateCode = (code: string): boolean => CERTIFICATE_CODES.has(code);

/** Of an upload: besides, whether the server is known not to have taken a byte. */
export function notStored(error: unknown, what: string): Error {
  const told = translate(error, what);
  if (!(error instanceof FTPError)) {
    return told;
  }
  if (told instanceof FolderRefused) {
    return new StoreForbidden(told.message, { cause: error });
  }
  return told instanceof NotSent && BEFORE_DATA.has(error.code) ? new NotStored(told.message, { cause: error }) : told;
}

/** basic-ftp has no code for it, and explains what a programmer must do. */
const isOtherHost = (error: unknown): boolean => error instanceof Error && error.message.includes("PASV returned another host");
const OTHER_HOST =
  "the server sends files over another host than the one that was connected to; if the supplier confirms it, set transport.separate_transfer_host to true";

function isRefusal(error: unknown): boolean {
  if (error instanceof StepRefused) {
    const forGood = error.step === "TLS" || (error.step === "login" && error.code >= 500);
    return forGood || REFUSED_REPLIES.has(error.code);
  }
  if (error instanceof FTPError) {
    return REFUSED_REPLIES.has(error.code);
  }
  return error instanceof CertificateNotPinned || isCertificateCode(codeOf(error));
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

export const isStaleReply = ({ cause }: NotSent): boolean => cause instanceof FTPError && STALE_REPLIES.has(cause.code);

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
