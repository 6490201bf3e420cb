// What each thing that was seen at a supplier's server means, in plain words, and which key of handler.yaml to change.
import { troubled } from "./troubles.ts";
import {
  bytes,
  certificateText,
  count,
  DAY_MS,
  failed,
  ms,
  ok,
  perSecond,
  span,
  TEMPORARY,
  warning,
  type Finding,
} from "./words.ts";
import type { Assumptions, Observation, Seen } from "./supplier-check.ts";

/** A certificate that ends sooner is warned of: suppliers need weeks to replace one. */
const RENEW_WITHIN_MS = 30 * DAY_MS;
/** Clocks that differ by less are taken for equal: some servers tell their files' times in whole minutes. */
const CLOCK_MS = 120_000;
const QUARTER_MS = 15 * 60_000;

export const findingOf = (seen: Seen, assumptions: Assumptions): Finding =>
  "trouble" in seen ? troubled(seen.step, seen.trouble, assumptions) : observed(seen, assumptions);

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
