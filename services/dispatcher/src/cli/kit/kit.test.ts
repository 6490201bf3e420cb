import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { applyAcknowledgement } from "../../domain/answers/acknowledgement.ts";
import { matchesGlob } from "../../domain/rules/glob.ts";
import { createLanguage } from "../../documents/language.ts";
import { shopEnvironment, runSoh, type Ended } from "../test/soh.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-kit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const config = join(import.meta.dirname, "../../../../../config/handler.yaml");
const soh = (...args: readonly string[]) =>
  runSoh({ ...shopEnvironment, FTP_AGRIEST_USER: "the-user", SOH_CONFIG: config }, args);
const kit = join(folder, "agriest");
const files = (of: string): string[] =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(of.length + 1))
    .toSorted();

let made: Ended;
beforeAll(async () => {
  made = await soh("suppliers", "kit", "agriest", "--out", kit, "--date", "2027-01-10");
});

it("holds what the supplier's engineer needs, under the names that the configuration gives", () => {
  expect([made.status, made.err]).toEqual([0, ""]);
  expect(made.out).toMatch(/^README\.md +\d+$/m);
  expect(files(kit)).toEqual([
    "README.md",
    "TEST-PLAN.md",
    "answers/AR_SE1002-1_accepted.xml",
    "answers/AR_SE1002-1_changed.xml",
    "answers/AR_SE1002-1_received.xml",
    "answers/AR_SE1002-1_rejected.xml",
    "samples/CDE_SE1001-1_1.xml",
    "samples/CDE_SE1001-1_2.xml",
    "samples/CDE_SE1002-1_1.xml",
    "samples/CDE_SE1002-1_2.xml",
    "samples/CDE_SE1002-1_3.xml",
    "samples/CDE_SE1003-1_1.xml",
    "samples/CDE_SE1004-1_1.xml",
    "samples/CDE_SE1005-1_1.xml",
    "schema/order-xml.xsd",
  ]);
  const text = readFileSync(join(kit, "README.md"), "utf8");
  for (const file of files(kit).filter((one) => /^(answers|samples|schema)/.test(one))) {
    expect(text).toContain(`\`${file}\``);
  }
  expect(text).toContain("| `/IN` | `CDE_{number}_{version}.xml` |");
  expect(text).toContain("`CDE_{number}_{version}.xml.tmp`");
  expect(text).toContain("Within 4 h you answer by file");
  expect(readFileSync(join(kit, "TEST-PLAN.md"), "utf8")).toMatch(/^\| 1 \| User and password work/m);
  expect(readFileSync(join(kit, "TEST-PLAN.md"), "utf8")).toContain("`soh suppliers read-answer FILE --supplier agriest`");
});

it("of a supplier that takes several in one file, every sample is such a file, and one holds them all", async () => {
  const own = join(folder, "batch.yaml");
  const yaml = readFileSync(config, "utf8").replace("    document:\n", "    schedule: { batch: 3 }\n    document:\n");
  writeFileSync(own, yaml);
  const out = join(folder, "batch");
  expect((await soh("suppliers", "kit", "agriest", "--out", out, "--config", own)).status).toBe(0);
  const samples = files(out).filter((one) => one.startsWith("samples/"));
  const numbers = samples.map((one) => {
    const text = readFileSync(join(out, one));
    XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(join(out, "schema/order-xml.xsd")))).validate(
      XmlDocument.fromBuffer(text),
    );
    expect(text.toString("utf8")).toMatch(/^<\?xml .*\?>\n<Orders version="1">\n<Order /);
    return [...text.toString("utf8").matchAll(/<Number>(.*?)<\/Number>/g)].length;
  });
  expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 3]);
  const text = readFileSync(join(out, "README.md"), "utf8");
  expect(text).toContain("A file holds up to 3 purchase orders");
  expect(text).toContain("`samples/several-in-one-file/CDE_SE1001-1_1.xml`");
});

it("its samples and answers are valid by its own schema, and we read the answers as to the second sample", () => {
  using xsd = XmlDocument.fromBuffer(readFileSync(join(kit, "schema/order-xml.xsd")));
  using validator = XsdValidator.fromDoc(xsd);
  for (const file of files(kit).filter((one) => one.endsWith(".xml"))) {
    using document = XmlDocument.fromBuffer(readFileSync(join(kit, file)));
    expect(() => validator.validate(document)).not.toThrow();
  }
  const supplier = loadConfig(config, (name) => shopEnvironment[name]).suppliers.find((one) => one.id === "agriest");
  const lines = [5, 2].map((ordered, index) => ({
    number: index + 1,
    ordered,
    confirmed: 0,
    backordered: 0,
    shipped: 0,
    cancelled: 0,
    promisedOn: null,
  }));
  for (const file of files(join(kit, "answers"))) {
    expect(matchesGlob(file, supplier?.acknowledgements?.match ?? "")).toBe(true);
    const read = supplier && createLanguage(supplier.document).read(readFileSync(join(kit, "answers", file)));
    expect(read).toMatchObject({
      ok: true,
      message: { kind: "acknowledgement", acknowledgement: { purchaseOrder: "SE1002-1" } },
    });
    const answer = read?.ok && read.message.kind === "acknowledgement" ? read.message.acknowledgement : undefined;
    expect(answer && applyAcknowledgement(lines, answer)).toMatchObject({ kind: "applied" });
  }
});

it("in another format: what there is to know of it, its samples, and answers that it reads", async () => {
  const other = join(folder, "opentrans.yaml");
  writeFileSync(other, readFileSync(config, "utf8").replace("format: order-xml", "format: opentrans-2.1"));
  const target = join(folder, "opentrans");
  expect((await soh("suppliers", "kit", "agriest", "--out", target, "--config", other)).status).toBe(0);
  expect(files(target)).toEqual(expect.arrayContaining(["FORMAT.md", "answers/AR_SE1002-1_accepted.xml"]));
  expect(readFileSync(join(target, "FORMAT.md"), "utf8")).not.toContain("](.");
  expect(readFileSync(join(target, "samples/CDE_SE1002-1_3.xml"), "utf8")).toContain("ORDERCHANGE");

  const priced = join(folder, "cxml.yaml");
  writeFileSync(priced, readFileSync(config, "utf8").replace("format: order-xml", "format: cxml-1.2\n      price: cost"));
  const withCosts = join(folder, "cxml");
  expect((await soh("suppliers", "kit", "agriest", "--out", withCosts, "--config", priced)).status).toBe(0);
  expect(readFileSync(join(withCosts, "samples/CDE_SE1002-1_3.xml"), "utf8")).toMatch(/<UnitPrice>\s*<Money currency="EUR">/);
});

it("in a form of the supplier's own: its columns and words, answers that we read, and nothing of templates", async () => {
  const own = join(folder, "own.yaml");
  writeFileSync(join(folder, "own.csv.liquid"), "CDE;QTE\n{% for line in lines %}{{ number }};{{ line.quantity }}\n{% endfor %}");
  const document = `format: template
      template: { file: own.csv.liquid, purposes: [original, cancellation] }
      answers:
        format: csv
        encoding: windows-1252
        columns: { order_number: CDE, line: LIGNE, status: STATUT, confirmed: QTE_CONF, reason: MOTIF }
        statuses: { OK: accepted, KO: rejected, PARTIEL: changed }`;
  const schedule = `schedule: { calendar: fr, send: ["11:00", "16:00"] }
    cancel: { document: true, answer_within: 2 working hours }`;
  writeFileSync(
    own,
    readFileSync(config, "utf8")
      .replace("dispatch:\n", "calendars:\n  fr: { timezone: Europe/Paris, holidays: FR }\n\ndispatch:\n")
      .replace("require: [deliver_to.phone]", schedule)
      .replace("format: order-xml", document)
      .replace("AR_*.xml", "REP_*.csv"),
  );
  const target = join(folder, "own");
  expect((await soh("suppliers", "kit", "agriest", "--out", target, "--config", own)).err).toBe("");
  expect(files(target).filter((one) => !one.startsWith("samples/"))).toEqual([
    "README.md",
    "TEST-PLAN.md",
    "answers/REP_SE1002-1_accepted.csv",
    "answers/REP_SE1002-1_changed.csv",
    "answers/REP_SE1002-1_rejected.csv",
  ]);
  expect(readFileSync(join(target, "answers/REP_SE1002-1_changed.csv"), "latin1")).toBe(
    "CDE;STATUT;MOTIF;LIGNE;QTE_CONF\r\nSE1002-1;OK;;1;5\r\nSE1002-1;PARTIEL;1 épuisé;2;1\r\n",
  );
  const text = readFileSync(join(target, "README.md"), "utf8");
  expect(text).toContain("is one file: text/csv, utf-8");
  expect(text).toContain("| `PARTIEL` | you ship another quantity");
  expect(text).toContain("| column · colonne `QTE_CONF` | units that you ship");
  expect(text).toContain("Where you name lines, name all: one that is not named stays open");
  expect(text).toContain("We send on working days, 11:00, 16:00.");
  expect(text).toContain(
    "Heures ouvrées : 08:00–18:00 (Europe/Paris), lundi, mardi, mercredi, jeudi, vendredi, sauf jours fériés (FR).",
  );
  expect(text).toContain(
    "When our customer cancels, you get a file with the same number and the next version. Within 2 working hours you answer by file with its version: accepted, and you do not ship; or rejected, which means that it is too late.",
  );
  expect(text).toContain("A change by file: our files have none, so a person tells you.");
  expect(text).toContain("Répond au deuxième exemple : modifiée");
  expect(text).toContain("Nothing in them says that they are a test");
  expect(text).not.toMatch(/FORMAT\.md|: template/);
});

const ownXml = (answers: string): string => {
  writeFileSync(join(folder, "own.csv.liquid"), "CDE;QTE\n{% for line in lines %}{{ number }};{{ line.quantity }}\n{% endfor %}");
  return readFileSync(config, "utf8").replace(
    "format: order-xml",
    `format: template
      template: { file: own.csv.liquid }
      answers:
        format: xml
        ${answers}
        statuses: { OK: accepted, KO: rejected, PARTIEL: changed }`,
  );
};

it.each([
  [
    "attributes and elements in the line, the number beside it",
    'lines: Lignes/Ligne\n        paths: { order_number: Entete/Commande, version: "Entete/@version", status: Statut, line: "@numero", confirmed: Quantite, cancelled: "Quantite/@annulee", reason: Motif }',
  ],
  [
    "SKUs, and everything in the line",
    'lines: Ligne\n        paths: { order_number: "Ligne/@commande", status: "@statut", sku: Ref, confirmed: Qte }',
  ],
])(
  "in XML of the supplier's own, with %s: accepted, changed and rejected, and we read each as what it is",
  async (name, answers) => {
    const own = join(folder, "own-xml.yaml");
    writeFileSync(own, ownXml(answers));
    const target = join(folder, `xml-${name.length}`);
    expect((await soh("suppliers", "kit", "agriest", "--out", target, "--config", own)).err).toBe("");
    const made = files(join(target, "answers"));
    expect(made).toEqual(["accepted", "changed", "rejected"].map((status) => `AR_SE1002-1_${status}.xml`));
    const supplier = loadConfig(own, (key) => shopEnvironment[key]).suppliers.find((one) => one.id === "agriest");
    const ordered = [5, 2].map((units, index) => ({
      number: index + 1,
      skus: [`REF-100${index + 1}`],
      ordered: units,
      confirmed: 0,
      backordered: 0,
      shipped: 0,
      cancelled: 0,
      promisedOn: null,
    }));
    const outcomes = made.map((file) => {
      const read = supplier && createLanguage(supplier.document).read(readFileSync(join(target, "answers", file)));
      expect(read).toMatchObject({ ok: true, message: { acknowledgement: { purchaseOrder: "SE1002-1" } } });
      const answer = read?.ok && read.message.kind === "acknowledgement" ? read.message.acknowledgement : undefined;
      const applied = answer && applyAcknowledgement(ordered, answer);
      return applied?.kind === "applied" ? applied.lines.map((line) => [line.confirmed, line.cancelled]) : applied;
    });
    const partly = name.startsWith("SKUs") ? [1, 0] : [1, 1];
    expect(outcomes).toEqual([
      [
        [5, 0],
        [2, 0],
      ],
      [[5, 0], partly],
      [
        [0, 5],
        [0, 2],
      ],
    ]);
    expect(readFileSync(join(target, "README.md"), "utf8")).toMatch(/XML: `(Lignes\/)?Ligne` repeats for each line/);
  },
);

it("in XML without lines: answers for the whole purchase order", async () => {
  const own = join(folder, "whole-xml.yaml");
  writeFileSync(own, ownXml("paths: { order_number: Commande, status: Commande/@statut, reason: Motif }"));
  const target = join(folder, "whole-xml");
  expect((await soh("suppliers", "kit", "agriest", "--out", target, "--config", own)).err).toBe("");
  expect(files(join(target, "answers"))).toEqual(["AR_SE1002-1_accepted.xml", "AR_SE1002-1_rejected.xml"]);
  expect(readFileSync(join(target, "answers/AR_SE1002-1_rejected.xml"), "utf8")).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Answer>\n  <Commande statut="KO">SE1002-1</Commande>\n  <Motif>épuisé</Motif>\n</Answer>\n',
  );
});

it("tells no user and no password, and is the same for the same configuration and date", async () => {
  const again = join(folder, "again");
  const { status } = await soh("suppliers", "kit", "agriest", "--out", again, "--date", "2027-01-10");
  expect(status).toBe(0);
  for (const file of files(kit)) {
    const bytes = readFileSync(join(kit, file));
    expect(bytes.equals(readFileSync(join(again, file)))).toBe(true);
    expect(bytes.toString("latin1")).not.toMatch(/hidden-password|the-user|hush/);
  }
});

it("never touches a folder that is not empty", async () => {
  const full = join(folder, "full");
  mkdirSync(full);
  writeFileSync(join(full, "mine.txt"), "mine");
  const { status, out, err } = await soh("suppliers", "kit", "agriest", "--out", full);
  expect([status, out, err]).toEqual([1, "", `${full} is not empty: give another folder with --out\n`]);
  expect(files(full)).toEqual(["mine.txt"]);
  const file = await soh("suppliers", "kit", "agriest", "--out", join(full, "mine.txt"));
  expect([file.status, file.err.includes("cannot be written")]).toEqual([1, true]);
});

it("says which orders the supplier's limits hold, and refuses a supplier or a day that is none", async () => {
  const strict = join(folder, "strict.yaml");
  writeFileSync(
    strict,
    readFileSync(config, "utf8").replace(
      "format: order-xml\n      shipping",
      "format: order-xml\n      max: { name: 40, overflow: hold }\n      shipping",
    ),
  );
  const target = join(folder, "strict");
  const { status, out } = await soh("suppliers", "kit", "agriest", "--out", target, "--config", strict, "--json");
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ supplier: "agriest", held: [{ order: "A long company, street and description" }] });
  expect(existsSync(join(target, "samples/CDE_SE1004-1_1.xml"))).toBe(false);
  expect(readFileSync(join(target, "README.md"), "utf8")).toContain(
    "A long company, street and description: such a purchase order is not sent",
  );

  expect((await soh("suppliers", "kit", "lacour")).err).toContain(
    'no supplier "lacour" in the configuration. There are: agriest',
  );
  expect((await soh("suppliers", "kit", "agriest", "--date", "2027-02-30")).status).toBe(2);
});
