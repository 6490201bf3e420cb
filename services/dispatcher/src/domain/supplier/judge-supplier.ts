// From what was seen at a supplier's server to the report of each step.
import { findingOf } from "./findings.ts";
import { perSecond } from "./words.ts";
import {
  checkSteps,
  type Assumptions,
  type CheckedStep,
  type CheckFacts,
  type CheckStepName,
  type KeyToChange,
  type Observation,
  type Seen,
  type ShownCertificate,
  type SupplierCheck,
} from "./supplier-check.ts";

/** `variables`: by the whole key, such as suppliers.agriest.transport.password. */
export function judgeSupplier(
  assumptions: Assumptions,
  seen: readonly Seen[],
  variables: Readonly<Record<string, readonly string[]>>,
): SupplierCheck {
  const { supplier, name, kind, server } = assumptions;
  const keyOf = (key: string): KeyToChange => {
    const whole = `suppliers.${supplier}.${key}`;
    return { key: whole, variables: variables[whole] ?? [] };
  };
  const steps = stepsOf(assumptions).map((step): CheckedStep => {
    const found = seen.find((one) => one.step === step);
    if (found === undefined) {
      return { step, result: "not tried", what: "", change: [] };
    }
    const { result, what, change } = findingOf(found, assumptions);
    return { step, result, what, change: change.map(keyOf) };
  });
  return {
    supplier,
    name,
    kind,
    server,
    ok: steps.every(({ result }) => result === "ok" || result === "warning"),
    steps,
    facts: factsOf(seen),
  };
}

/** Those that there are with this transport and these folders. */
function stepsOf({ kind, temporaryFolder, answersFolder, direct }: Assumptions): readonly CheckStepName[] {
  const absent = new Set<CheckStepName>();
  const without = (...steps: readonly CheckStepName[]): void => steps.forEach((step) => absent.add(step));
  if (kind === "folder") {
    without("host name", "encryption", "login", "clock");
  }
  if (kind !== "ftps") {
    without("certificate");
  }
  if (kind !== "sftp") {
    without("host key");
  }
  if (temporaryFolder === null) {
    without("temporary folder");
  }
  if (answersFolder === null) {
    without("answers folder");
  }
  if (direct) {
    without("rename", "existing name");
  }
  return checkSteps.filter((step) => !absent.has(step));
}

function factsOf(seen: readonly Seen[]): CheckFacts {
  const find = <Step extends Observation["step"]>(step: Step): Extract<Observation, { step: Step }> | undefined =>
    seen.find((one): one is Extract<Observation, { step: Step }> => !("trouble" in one) && one.step === step);
  const encryption = find("encryption");
  const throughput = find("throughput");
  const untrusted = seen.flatMap((one) => ("trouble" in one ? [one.trouble] : []));
  const certificate =
    find("certificate") ?? untrusted.flatMap((one) => (one.kind === "certificate" && one.shown !== null ? [one.shown] : []))[0];
  const hostKey = find("host key")?.fingerprint ?? untrusted.flatMap((one) => (one.kind === "host key" ? [one.shown] : []))[0];
  const trip = find("round trip")?.medianMs;
  return {
    addresses: find("host name")?.addresses ?? null,
    protocol: encryption?.protocol ?? null,
    cipher: encryption?.cipher ?? null,
    certificate: certificate === undefined ? null : withIsoTimes(certificate.certificate),
    fingerprint: certificate?.fingerprint ?? hostKey ?? null,
    features: encryption?.features ?? null,
    roundTripMs: trip === undefined ? null : Math.round(trip * 10) / 10,
    uploadBytesPerSecond: throughput === undefined ? null : perSecond(throughput.bytes, throughput.upMs),
    downloadBytesPerSecond: throughput === undefined ? null : perSecond(throughput.bytes, throughput.downMs),
  };
}

const withIsoTimes = ({ subject, issuer, validFrom, validTo }: ShownCertificate): CheckFacts["certificate"] => ({
  subject,
  issuer,
  validFrom: new Date(validFrom).toISOString(),
  validTo: new Date(validTo).toISOString(),
});
