// Why a step of a check could not be done, in plain words, and which key of handler.yaml to change.
import { certificateText, failed, type Finding } from "./words.ts";
import type { Assumptions, CheckStepName, Trouble } from "./supplier-check.ts";

const HOST = "transport.host";
const PORT = "transport.port";

export function troubled(step: CheckStepName, trouble: Trouble, assumptions: Assumptions): Finding {
  switch (trouble.kind) {
    case "no address":
      return trouble.code === "EAI_AGAIN"
        ? failed(
            `no name server answers (${trouble.code}): is this machine's own network up? Else the name ${assumptions.host} is wrong`,
            HOST,
          )
        : failed(`nobody knows the name ${assumptions.host} (${trouble.code})`, HOST);
    case "no connection":
      return noConnection(trouble.code, assumptions);
    case "too many":
      return failed(
        `the server takes no connection more: ${trouble.said}. Who else logs in as this user?`,
        "transport.connections",
      );
    case "other protocol":
      return failed(
        `what answers there does not speak as expected: ${trouble.said}`,
        ...(assumptions.kind === "ftps" ? ["transport.mode", PORT] : ["transport.kind", PORT]),
      );
    case "no encryption":
      return failed(
        `this server does no TLS: it answers AUTH TLS with ${trouble.said}. No login was tried. Ask the supplier for FTPS or SFTP`,
        "transport.kind",
        "transport.mode",
        PORT,
      );
    case "plain answer":
      return failed(
        "the server does not speak TLS from the first byte: another mode (explicit), or another port, may be right. No login was tried",
        "transport.mode",
        PORT,
      );
    case "TLS version":
      return failed(
        `no TLS version in common: ${trouble.said}${trouble.offers === null ? "" : `. The server would take ${trouble.offers}`}`,
        "transport.tls.min",
        "transport.tls.max",
      );
    case "certificate":
      return untrusted(trouble, assumptions);
    case "host key":
      return failed(
        `the server shows ${trouble.shown}, which is not the configured one. Nothing was sent to it. ${CONFIRM}`,
        "transport.host_key",
        HOST,
      );
    case "private key":
      return failed(trouble.said, "transport.key", "transport.passphrase");
    case "login tried":
      return failed(
        `not tried again: it is the login of ${trouble.supplier}, which was refused`,
        ...assumptions.proofs.map((proof) => `transport.${proof}`),
        "transport.user",
      );
    case "login":
      if (assumptions.kind === "ftp" && /TLS|SSL|encrypt/i.test(trouble.said)) {
        return failed(`the server wants encryption before a login: ${trouble.said}`, "transport.kind");
      }
      return failed(
        `the server refuses it: ${trouble.said}. It was tried once`,
        ...assumptions.proofs.map((proof) => `transport.${proof}`),
        "transport.user",
      );
    case "folder":
      return folder(step, trouble.said, assumptions);
    case "disk full":
      return failed(
        `the server cannot keep the file: ${trouble.said}. Its disk or our quota is full: ask the supplier to make room`,
      );
    case "data connection":
      return failed(
        `commands get through and files do not: ${trouble.said}. A firewall may close the ports that the server names for files (passive mode)`,
        "transport.separate_transfer_host",
      );
    case "other host":
      return failed(`the server names another host for files: ${trouble.said}`, "transport.separate_transfer_host");
    case "refused":
      return failed(`refused: ${trouble.said}`);
    case "lost":
      return lost(step, trouble.said, assumptions);
  }
}

function noConnection(code: string, { kind, server }: Assumptions): Finding {
  if (kind === "folder") {
    return failed(`${server} is not there (${code}): is it mounted?`, "transport.root");
  }
  return code === "ECONNREFUSED"
    ? failed(`nothing listens at ${server} (${code}): the server is down, or the port is another`, PORT, HOST)
    : failed(`${server} cannot be reached (${code}): it is down, or a firewall is between`, HOST, PORT);
}

const CONFIRM = "If the supplier confirms it (by telephone, not by what answers there), write it into the configuration";

function untrusted({ code, said, shown }: Extract<Trouble, { kind: "certificate" }>, { host, trust }: Assumptions): Finding {
  const seen = shown === null ? "" : `. The server shows ${certificateText(shown)}.`;
  if (trust === "fingerprint" || code === null) {
    return failed(`it is none of the configured ones${seen || "."} ${CONFIRM}`, "transport.tls.fingerprint", HOST);
  }
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return failed(
        `it has expired: ask the supplier to renew it${seen || "."} To trust it nevertheless, pin it`,
        "transport.tls.fingerprint",
      );
    case "CERT_NOT_YET_VALID":
      return failed(
        `it is not valid yet: is this machine's clock right?${seen.slice(1)} To trust it nevertheless, pin it`,
        "transport.tls.fingerprint",
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return failed(
        `it is for another name than ${host}: ${said}${seen || "."} ${CONFIRM}, or use the name that it is for`,
        HOST,
        "transport.tls.fingerprint",
      );
    default:
      return failed(
        `${trust === "ca" ? "it is not issued by the authority in tls.ca" : "this machine does not know who issued it"} (${code})${seen || "."} ${CONFIRM}, or name the authority's file`,
        "transport.tls.ca",
        "transport.tls.fingerprint",
      );
  }
}

const folderKeys: Partial<Readonly<Record<CheckStepName, string>>> = {
  "orders folder": "folders.orders.path",
  "temporary folder": "folders.orders.temporary.folder",
  "answers folder": "folders.acknowledgements.path",
};

function folder(step: CheckStepName, said: string, { temporaryFolder, ordersFolder, answersFolder, kind }: Assumptions): Finding {
  const uploads = temporaryFolder === null ? "folders.orders.path" : "folders.orders.temporary.folder";
  const key = folderKeys[step] ?? uploads;
  const user = kind === "folder" ? [] : ["transport.user"];
  if (key !== folderKeys[step]) {
    return failed(
      `we may not write into ${temporaryFolder ?? ordersFolder}: ${said}. Ask the supplier for the right to write there`,
      key,
      ...user,
    );
  }
  const path = { "orders folder": ordersFolder, "temporary folder": temporaryFolder, "answers folder": answersFolder }[
    step === "orders folder" || step === "temporary folder" ? step : "answers folder"
  ];
  return failed(`${path ?? ""} is not there, or we may not enter it: ${said}`, key, ...user);
}

function lost(step: CheckStepName, said: string, { kind, ordersFolder, temporaryFolder }: Assumptions): Finding {
  if (step === "connection") {
    return kind === "ftps"
      ? failed(
          `${said}. The server may be another one than expected, or want TLS from the first byte`,
          HOST,
          PORT,
          "transport.mode",
        )
      : failed(said, ...(kind === "folder" ? ["transport.root"] : [HOST, PORT]));
  }
  return step === "upload"
    ? failed(
        `the connection broke: ${said}. Some servers do so where we may not write: ask the supplier whether we may, in ${temporaryFolder ?? ordersFolder}`,
        temporaryFolder === null ? "folders.orders.path" : "folders.orders.temporary.folder",
      )
    : failed(`the connection broke: ${said}. Try again; if it stays so, ask the supplier`);
}
