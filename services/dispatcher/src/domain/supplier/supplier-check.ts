// The vocabulary of `soh suppliers check`: what is tried at a supplier's server, what was seen there, and the report.
//
//   transports/check tries the server → Seen[] → judge-supplier.ts, by check-findings.ts and check-troubles.ts → SupplierCheck → people

/** In the order in which they are tried. */
export const checkSteps = [
  "host name",
  "connection",
  "encryption",
  "certificate",
  "host key",
  "login",
  "orders folder",
  "temporary folder",
  "answers folder",
  "upload",
  "size",
  "read back",
  "round trip",
  "rename",
  "listing",
  "clock",
  "letter case",
  "existing name",
  "throughput",
  "clean up",
] as const;
export type CheckStepName = (typeof checkSteps)[number];

/** The certificate that a server showed. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** What a step saw, where it could be done. */
export type Observation =
  | { readonly step: "host name"; readonly addresses: readonly string[] }
  /** Until the login, all of it. */
  | { readonly step: "connection"; readonly tookMs: number | null }
  | {
      readonly step: "encryption";
      readonly protocol: string;
      readonly cipher: string | null;
      readonly features: readonly string[];
    }
  | { readonly step: "certificate"; readonly certificate: ShownCertificate; readonly fingerprint: string; readonly at: number }
  | { readonly step: "host key"; readonly fingerprint: string }
  | { readonly step: "login" }
  | {
      readonly step: "orders folder";
      readonly path: string;
      /** Null: it may be used, and not listed. */
      readonly files: { readonly all: number; readonly temporary: number; readonly probes: number } | null;
    }
  | { readonly step: "temporary folder"; readonly path: string }
  | {
      readonly step: "answers folder";
      readonly path: string;
      readonly match: string;
      readonly files: number;
      readonly matching: number;
    }
  | { readonly step: "upload"; readonly path: string; readonly bytes: number }
  | { readonly step: "size"; readonly size: number | "absent" | "unsupported"; readonly sent: number }
  | { readonly step: "read back"; readonly as: "sent" | "changed" | "absent" | "unreadable"; readonly sizeUnsupported: boolean }
  | { readonly step: "round trip"; readonly medianMs: number }
  /** `refused`: the server's words; null: renamed. */
  | { readonly step: "rename"; readonly to: string; readonly refused: string | null }
  | { readonly step: "listing"; readonly shown: boolean; readonly factsOffered: boolean }
  /** The server's minus ours; null: its times are not exact enough to tell. */
  | { readonly step: "clock"; readonly differenceMs: number | null }
  | { readonly step: "letter case"; readonly matters: boolean }
  | { readonly step: "existing name"; readonly outcome: "replaced" | "refused" }
  | {
      readonly step: "throughput";
      readonly bytes: number;
      readonly upMs: number;
      readonly downMs: number;
      readonly unchanged: boolean;
    }
  /** Files of ours that could not be removed. */
  | { readonly step: "clean up"; readonly left: readonly string[] };

/** Why a step could not be done. `said`: the server's, or the system's, own words. */
export type Trouble =
  | { readonly kind: "no address"; readonly code: string }
  | { readonly kind: "no connection"; readonly code: string }
  | { readonly kind: "too many"; readonly said: string }
  /** It answers in another way than was expected, such as with TLS from the first byte. */
  | { readonly kind: "other protocol"; readonly said: string }
  /** AUTH TLS is refused. */
  | { readonly kind: "no encryption"; readonly said: string }
  /** In plain text, where TLS was to come from the first byte. */
  | { readonly kind: "plain answer" }
  | { readonly kind: "TLS version"; readonly said: string; readonly offers: string | null }
  /** `code`: Node's, or null where it is none of the pinned ones. */
  | {
      readonly kind: "certificate";
      readonly code: string | null;
      readonly said: string;
      readonly shown: { readonly certificate: ShownCertificate; readonly fingerprint: string } | null;
    }
  | { readonly kind: "host key"; readonly shown: string }
  | { readonly kind: "private key"; readonly said: string }
  | { readonly kind: "login"; readonly said: string }
  /** It was refused for another supplier just now, and not tried again. */
  | { readonly kind: "login tried"; readonly supplier: string }
  /** Missing, or not permitted. */
  | { readonly kind: "folder"; readonly said: string }
  | { readonly kind: "disk full"; readonly said: string }
  | { readonly kind: "data connection"; readonly said: string }
  | { readonly kind: "other host"; readonly said: string }
  | { readonly kind: "refused"; readonly said: string }
  /** The connection ended, or there was no answer in time. */
  | { readonly kind: "lost"; readonly said: string };

export type Seen = Observation | { readonly step: CheckStepName; readonly trouble: Trouble };

/** What the configuration assumes. */
export interface Assumptions {
  readonly supplier: string;
  readonly name: string;
  readonly kind: "ftps" | "ftp" | "sftp" | "folder";
  /** For people: host and port, or the directory. */
  readonly server: string;
  readonly host: string;
  /** Of certificates; null where there are none. */
  readonly trust: "system" | "ca" | "fingerprint" | "nothing" | null;
  /** What makes the connection one that others can read or pretend to; null: nothing. */
  readonly insecurity: string | null;
  /** What we log in with. */
  readonly proofs: readonly ("password" | "key")[];
  readonly rename: "plain" | "posix" | null;
  readonly ordersFolder: string;
  /** Another folder for uploads; null: the folder of orders itself. */
  readonly temporaryFolder: string | null;
  /** A purchase order is written under its final name, and not renamed. */
  readonly direct: boolean;
  readonly answersFolder: string | null;
}

export interface CheckedStep {
  readonly step: CheckStepName;
  readonly result: "ok" | "warning" | "failed" | "not tried";
  readonly what: string;
  readonly change: readonly KeyToChange[];
}

export interface KeyToChange {
  /** Such as suppliers.agriest.transport.password. */
  readonly key: string;
  /** The variables of the environment that its value comes from. */
  readonly variables: readonly string[];
}

export interface SupplierCheck {
  readonly supplier: string;
  readonly name: string;
  readonly kind: Assumptions["kind"];
  readonly server: string;
  /** Nothing failed; there may be warnings. */
  readonly ok: boolean;
  readonly steps: readonly CheckedStep[];
  readonly facts: CheckFacts;
}

/** For programs; null where it was not seen. Times are ISO 8601. */
export interface CheckFacts {
  readonly addresses: readonly string[] | null;
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly certificate: {
    readonly subject: string;
    readonly issuer: string;
    readonly validFrom: string;
    readonly validTo: string;
  } | null;
  /** SHA-256 of the certificate or the host key. */
  readonly fingerprint: string | null;
  readonly features: readonly string[] | null;
  readonly roundTripMs: number | null;
  readonly uploadBytesPerSecond: number | null;
  readonly downloadBytesPerSecond: number | null;
}
