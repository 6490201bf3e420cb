// What each thing that was seen at a supplier's server means, in plain words, and which key of handler.yaml to change.
import type { Assumptions, CheckStepName, Observation, Seen, ShownCertificate, Trouble } from "./supplier-check.ts";

export interface Finding {
  readonly result: "ok" | "warning" | "failed";
  readonly what: string;
  /** Keys below the supplier, the likeliest first. */
  readonly change: readonly string[];
}

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is warned of: suppliers need weeks to replace one. */
const RENEW_WITHIN_MS = 30 * DAY_MS;
/** Clocks that differ by less are taken for equal: some servers tell their files' times in whole minutes. */
const CLOCK_MS = 120_000;
const QUARTER_MS = 15 * 60_000;

export const findingOf = (seen: Seen, assumptions: Assumptions): Finding =>
  "trouble" in seen ? troubled(seen.step, seen.trouble, assumptions) : observed(seen, assumptions);

const ok = (what: string): Finding => ({ result: "ok", what, change: [] });
const warning = (what: string, ...change: readonly string[]): Finding => ({ result: "warning", what, change });
const failed = (what: string, ...change: readonly string[]): Finding => ({ result: "failed", what, change });

function observed(seen: Observation, assumptions: Assumptions): Finding {
  switch (seen.step) {
    case "host name":
      return ok(seen.addresses.join(", "));
    case "connection":
      return ok(seen.tookMs === null ? "" : `ready after ${ms(seen.tookMs)}, the login included`);
    case "encryption": {
      const what = [seen.protocol, seen.cipher].filter((one) => one !== null).join(", ");
      return assumptions.insecurity === null ? ok(what) : warning(`${what}; ${assumptions.insecurity}`, "transport.insecure");
    }
    case "certificate":
      return certificate(seen, assumptions);
    case "host key":
      return ok(`${seen.fingerprint}, as configured`);
    case "login":
      return ok(assumptions.proofs.length === 0 ? "" : `by ${assumptions.proofs.join(" or ")}`);
    case "orders folder":
      return ordersFolder(seen);
    case "temporary folder":
      return ok(
        `${seen.path}. Whether the server moves files from it to ${assumptions.ordersFolder} is not tried, since what lies there may be taken for an order: the first purchase order shows it`,
      );
    case "answers folder":
      return ok(`${seen.path}: ${count(seen.files, "file")}, ${seen.matching} of them matching ${seen.match}`);
    case "upload":
      return ok(`${seen.path}, ${bytes(seen.bytes)}`);
    case "size":
      return size(seen);
    case "read back":
      return readBack(seen);
    case "round trip":
      return ok(`${ms(seen.medianMs)} (median)`);
    case "rename":
      return seen.refused === null ? ok(`to ${seen.to}`) : renameRefused(seen.refused, assumptions);
    case "listing":
      return listing(seen, assumptions);
    case "clock":
      return clock(seen.differenceMs);
    case "letter case":
      return ok(
        seen.matters
          ? "capital and small letters are different names"
          : "capital and small letters are the same name; purchase orders are never told apart by them",
      );
    case "existing name":
      return existingName(seen.outcome, assumptions);
    case "throughput":
      return throughput(seen);
    case "clean up":
      return seen.left.length === 0
        ? ok("nothing of this check is left")
        : warning(`left at the server, to be deleted by hand: ${seen.left.join(", ")}`);
  }
}

function certificate(shown: Extract<Observation, { step: "certificate" }>, { trust }: Assumptions): Finding {
  const what = certificateText(shown);
  const {
    certificate: { validTo },
    at,
  } = shown;
  if (trust === "fingerprint" || trust === "nothing") {
    return ok(trust === "fingerprint" ? `${what}, as configured` : what); // Its dates are not looked at.
  }
  const left = Math.floor((validTo - at) / DAY_MS);
  return validTo - at < RENEW_WITHIN_MS
    ? warning(`${what}. It ends in ${count(left, "day")}: ask the supplier to renew it, nothing can be sent then`)
    : ok(what);
}

const certificateText = (shown: { readonly certificate: ShownCertificate; readonly fingerprint: string }): string => {
  const {
    certificate: { subject, issuer, validTo },
    fingerprint,
  } = shown;
  return `${subject}, issued by ${issuer}, until ${day(validTo)}, SHA-256 ${fingerprint}`;
};

function ordersFolder({ path, files }: Extract<Observation, { step: "orders folder" }>): Finding {
  if (files === null) {
    return warning(`${path}: it may be entered, and not listed. Then a look after a lost reply sees less`);
  }
  const what = `${path}: ${count(files.all, "file")}, ${files.temporary} of them under a temporary name`;
  return files.probes === 0
    ? ok(what)
    : warning(`${what}. ${count(files.probes, "probe")} of an earlier check: delete what is called soh-probe-… by hand`);
}

function size({ size, sent }: Extract<Observation, { step: "size" }>): Finding {
  if (size === "unsupported") {
    return warning("the server does not tell sizes (SIZE): each purchase order is read back instead, which takes longer");
  }
  if (size === "absent") {
    return failed(
      "the file that was just uploaded is not there: does somebody, or something, take temporary files away?",
      TEMPORARY,
    );
  }
  return size === sent
    ? ok(bytes(size))
    : failed(
        `the server holds ${bytes(size)} of the ${sent} that were sent: ask the supplier to keep files as they come (binary)`,
      );
}

function readBack({ as, sizeUnsupported }: Extract<Observation, { step: "read back" }>): Finding {
  switch (as) {
    case "sent":
      return ok("the same bytes");
    case "changed":
      return failed("other bytes than were sent: ask the supplier to keep files as they come (binary)");
    case "absent":
    case "unreadable":
      return sizeUnsupported
        ? failed(
            "the server tells neither the size nor the content of a file: whether an upload is whole can never be known; ask the supplier for one of them",
          )
        : warning("files cannot be read back: after a lost reply, the size alone tells that one is ours");
  }
}

function renameRefused(said: string, { rename, temporaryFolder, ordersFolder }: Assumptions): Finding {
  if (rename === "posix") {
    return failed(`refused: ${said}`, "transport.rename");
  }
  return failed(
    `refused: ${said}. Purchase orders are uploaded under a temporary name and then renamed: ask the supplier to permit it in ${temporaryFolder ?? ordersFolder}, or write them under their final name at once (commit: direct)`,
    "folders.orders.commit",
  );
}

function listing({ shown, factsOffered }: Extract<Observation, { step: "listing" }>, { kind }: Assumptions): Finding {
  if (!shown) {
    return warning("the listing does not show the probe: names that begin with a dot, or end so, may be hidden", TEMPORARY);
  }
  return (kind === "ftps" || kind === "ftp") && !factsOffered
    ? ok("as LIST writes it; the server has no MLSD, so the times of files are rough")
    : ok("shows the probe");
}

function clock(difference: number | null): Finding {
  if (difference === null) {
    return ok("the server does not tell times exactly");
  }
  if (Math.abs(difference) <= CLOCK_MS) {
    return ok("as ours");
  }
  const beyond = Math.abs(difference) % QUARTER_MS;
  const isZone = Math.min(beyond, QUARTER_MS - beyond) <= CLOCK_MS;
  const ahead = difference > 0 ? "ahead of" : "behind";
  return warning(
    `the server's is ${span(Math.abs(difference))} ${ahead} ours${isZone ? ": it may tell the time of its own zone" : ""}; one of the two is wrong`,
  );
}

function existingName(outcome: "replaced" | "refused", { rename }: Assumptions): Finding {
  if (outcome === "refused") {
    return ok("a rename onto it is refused");
  }
  return rename === "plain"
    ? warning("a rename replaces it, although SFTP says that it must not; each purchase order's name is looked at before")
    : ok("a rename replaces it; each purchase order's name is looked at before");
}

function throughput({ bytes: sent, upMs, downMs, unchanged }: Extract<Observation, { step: "throughput" }>): Finding {
  const rate = (took: number): string => `${bytes(perSecond(sent, took))}/s`;
  return unchanged
    ? ok(`${bytes(sent)}: ${rate(upMs)} up, ${rate(downMs)} down`)
    : failed(`a file of ${bytes(sent)} came back changed, or not at all`);
}

const TEMPORARY = "folders.orders.temporary";
const HOST = "transport.host";
const PORT = "transport.port";

function troubled(step: CheckStepName, trouble: Trouble, assumptions: Assumptions): Finding {
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
      return failed(`the server does not encrypt: ${trouble.said}. Ask the supplier for FTPS or SFTP`, "transport.kind", PORT);
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

export const perSecond = (bytes: number, ms: number): number => Math.round(bytes / (Math.max(ms, 1) / 1000));

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
const ms = (time: number): string => (time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const bytes = (n: number): string =>
  n < 10_000 ? `${n} bytes` : n < 10_000_000 ? `${Math.round(n / 1000)} kB` : `${Math.round(n / 1_000_000)} MB`;
const span = (time: number): string =>
  time < 2 * 3_600_000
    ? `${Math.round(time / 60_000)} min`
    : time < 2 * DAY_MS
      ? `${(time / 3_600_000).toFixed(1)} h`
      : `${Math.round(time / DAY_MS)} days`;
