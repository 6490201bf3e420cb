import { expect, it, test } from "vitest";
import { judgeSupplier } from "./judge-supplier.ts";
import { checkSteps, type Assumptions, type CheckedStep, type Seen, type SupplierCheck } from "./supplier-check.ts";

const ftps: Assumptions = {
  supplier: "agriest",
  name: "Agriest",
  kind: "ftps",
  server: "ftp.agriest.example:21",
  host: "ftp.agriest.example",
  trust: "ca",
  insecurity: null,
  proofs: ["password"],
  rename: null,
  ordersFolder: "/IN",
  temporaryFolder: null,
  direct: false,
  answersFolder: "/OUT",
};
const judge = (seen: readonly Seen[], over: Partial<Assumptions> = {}): SupplierCheck =>
  judgeSupplier({ ...ftps, ...over }, seen, { "suppliers.agriest.transport.password": ["FTP_AGRIEST_PASS"] });
const one = (seen: Seen, over: Partial<Assumptions> = {}): CheckedStep => {
  const found = judge([seen], over).steps.find(({ step }) => step === seen.step);
  if (found === undefined) {
    throw new Error(`${seen.step} is no step of it`);
  }
  return found;
};

it("lists the steps in the order of their trying, those after a failed one as not tried", () => {
  const report = judge([
    { step: "host name", addresses: ["192.0.2.7", "2001:db8::7"] },
    { step: "connection", trouble: { kind: "no connection", code: "EHOSTUNREACH" } },
  ]);
  expect(report.ok).toBe(false);
  expect(report.steps.map(({ step }) => step)).toEqual(
    checkSteps.filter((step) => step !== "host key" && step !== "temporary folder"),
  );
  expect(report.steps.map(({ result }) => result).slice(0, 3)).toEqual(["ok", "failed", "not tried"]);
  expect(report.facts.addresses).toEqual(["192.0.2.7", "2001:db8::7"]);
});

it("nothing that was not tried counts as working", () => {
  expect(judge([]).ok).toBe(false);
});

it("has no step that a transport, or a supplier's folders, do not have", () => {
  const names = (over: Partial<Assumptions>) => judge([], over).steps.map(({ step }) => step);
  expect(names({ kind: "folder" })).not.toEqual(expect.arrayContaining(["host name"]));
  expect(names({ kind: "sftp" })).toContain("host key");
  expect(names({ answersFolder: null })).not.toContain("answers folder");
  expect(names({ direct: true })).not.toEqual(expect.arrayContaining(["rename"]));
  expect(names({ temporaryFolder: "/UP" })).toContain("temporary folder");
});

it("names the variables that a key's value comes from, and never a value", () => {
  const { change } = one({ step: "login", trouble: { kind: "login", said: "530 No" } });
  expect(change).toEqual([
    { key: "suppliers.agriest.transport.password", variables: ["FTP_AGRIEST_PASS"] },
    { key: "suppliers.agriest.transport.user", variables: [] },
  ]);
});

it("says that a server wants encryption where we come without, and blames no password", () => {
  const step = "login";
  const trouble = { kind: "login", said: "534 Policy requires SSL" } as const;
  expect(one({ step, trouble }, { kind: "ftp" })).toMatchObject({
    what: "the server wants encryption before a login: 534 Policy requires SSL",
    change: [{ key: "suppliers.agriest.transport.kind" }],
  });
  expect(one({ step, trouble }).what).toContain("the server refuses it");
});

const certificate = { subject: "ftp", issuer: "CA", validFrom: 0, validTo: Date.parse("2027-03-01T00:00:00Z") };
test.each([
  ["thirty days before its end", "2027-01-30T00:00:00Z", "ok"],
  ["a second later", "2027-01-30T00:00:01Z", "warning"],
])("a certificate %s: %s", (_when, at, result) => {
  const seen: Seen = { step: "certificate", certificate, fingerprint: "AB", at: Date.parse(at) };
  expect(one(seen).result).toBe(result);
  expect(one(seen, { trust: "fingerprint" }).result).toBe("ok");
});

const minute = 60_000;
test.each([
  [90_000, "ok", "as ours"],
  [-5 * minute, "warning", "the server's is 5 min behind ours; one of the two is wrong"],
  [60 * minute, "warning", "the server's is 60 min ahead of ours: it may tell the time of its own zone; one of the two is wrong"],
  [-5.5 * 60 * minute - 20_000, "warning", "it may tell the time of its own zone"],
  [72 * 60 * minute + 5 * minute, "warning", "3 days ahead of ours; one"],
  [null, "ok", "does not tell times exactly"],
] as const)("a clock that differs by %s ms: %s", (differenceMs, result, what) => {
  expect(one({ step: "clock", differenceMs })).toMatchObject({ result, what: expect.stringContaining(what) });
});

test.each([
  ["EAI_AGAIN", "no name server answers"],
  ["ENOTFOUND", "nobody knows the name ftp.agriest.example"],
])("a name that is not resolved by %s", (code, what) => {
  expect(one({ step: "host name", trouble: { kind: "no address", code } }).what).toContain(what);
});

test.each([
  ["CERT_NOT_YET_VALID", "is this machine's clock right?"],
  ["CERT_HAS_EXPIRED", "ask the supplier to renew it"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "it is not issued by the authority in tls.ca"],
])("a certificate that is not trusted by %s shows what the server showed", (code, what) => {
  const shown = { certificate, fingerprint: "AB:CD" };
  const found = one({ step: "certificate", trouble: { kind: "certificate", code, said: "no", shown } });
  expect(found.what).toContain(what);
  expect(found.what).toContain("The server shows ftp, issued by CA, until 2027-03-01, SHA-256 AB:CD.");
  expect(judge([{ step: "certificate", trouble: { kind: "certificate", code, said: "no", shown } }]).facts.fingerprint).toBe(
    "AB:CD",
  );
});

it("SFTP that replaces an existing name is a warning, FTP does so everywhere", () => {
  const seen: Seen = { step: "existing name", outcome: "replaced" };
  expect(one(seen).result).toBe("ok");
  expect(one(seen, { kind: "sftp", rename: "plain" }).result).toBe("warning");
  expect(one(seen, { kind: "sftp", rename: "posix" }).result).toBe("ok");
});

it("a file that vanishes, or comes back changed, is a failure", () => {
  expect(one({ step: "size", size: "absent", sent: 271 })).toMatchObject({
    result: "failed",
    change: [{ key: "suppliers.agriest.folders.orders.temporary" }],
  });
  expect(one({ step: "throughput", bytes: 1, upMs: 1, downMs: 1, unchanged: false }).result).toBe("failed");
  expect(one({ step: "read back", as: "unreadable", sizeUnsupported: false }).result).toBe("warning");
});

it("names the key of the folder that is wrong, and for a write that of the folder of uploads", () => {
  const folder = (step: CheckedStep["step"], over: Partial<Assumptions> = {}) =>
    one({ step, trouble: { kind: "folder", said: "550" } }, { temporaryFolder: "/UP", ...over }).change[0]?.key;
  expect(folder("orders folder")).toBe("suppliers.agriest.folders.orders.path");
  expect(folder("temporary folder")).toBe("suppliers.agriest.folders.orders.temporary.folder");
  expect(folder("answers folder")).toBe("suppliers.agriest.folders.acknowledgements.path");
  expect(folder("upload")).toBe("suppliers.agriest.folders.orders.temporary.folder");
  expect(folder("upload", { temporaryFolder: null })).toBe("suppliers.agriest.folders.orders.path");
});

it("another host for files, closed ports and a listing that hides the probe each name their key", () => {
  const keyOf = (seen: Seen) => one(seen).change[0]?.key;
  expect(keyOf({ step: "upload", trouble: { kind: "other host", said: "10.0.0.1" } })).toBe(
    "suppliers.agriest.transport.separate_transfer_host",
  );
  expect(keyOf({ step: "upload", trouble: { kind: "data connection", said: "425" } })).toBe(
    "suppliers.agriest.transport.separate_transfer_host",
  );
  expect(keyOf({ step: "listing", shown: false, factsOffered: false })).toBe("suppliers.agriest.folders.orders.temporary");
});
