// What every kind of alert keeps, run over the list of all of them: a new one cannot forget a language, a page or its example.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alertKinds } from "../features.ts";
import { startFixture, type Fixture } from "../operations/test/fixture.ts";
import { languages } from "../domain/person.ts";

/** Of a notice, `message` is its id. */
const message = null;
const po = { purchase_order: "po1", message, supplier: "agriest", number: "SE1001-1", purpose: null };
const order = { order: "gid-1", order_name: "#1001" };
const reason = "the server refused the login";
const file = { supplier: "agriest", path: "OUT/AR_1.xml", reason };
const answer = { purchase_order: "po1", message, supplier: "agriest", number: "SE1001-1", path: "OUT/AR_1.xml", reason };
const due = "2027-01-11 12:00:00 UTC";
const letter = { dead_letter: "dl1", shop: "sermat.myshopify.com", topic: "shop/redact", webhook_id: "w1" };

/** Of each kind, values as they occur: every branch of its sentence. */
const examples: Readonly<Record<string, readonly Readonly<Record<string, string | number | boolean | null>>[]>> = {
  "supplier.paused": [{ supplier: "agriest", reason }],
  "supplier.insecure": [{ supplier: "agriest", why: "its certificate is not verified" }],
  "supplier.silent": [{ supplier: "agriest", probe: due }],
  "supplier.unreachable": [
    { supplier: "agriest", purchase_orders: 1 },
    { supplier: "agriest", purchase_orders: 12 },
  ],
  "supplier.missing": [{ supplier: "agriest", purchase_orders: 2 }],
  "delivery.unknown": [
    { ...po, reason, path: "IN/CDE_1.xml" },
    { ...po, message: "m1", number: null, purpose: "cancellation", reason, path: null },
  ],
  "delivery.failed": [
    { ...po, reason: `${reason}.` },
    { ...po, message: "m1", purpose: "change", reason },
  ],
  "delivery.retrying": [{ ...po, failures: 3, reason, next: due }],
  "delivery.found": [{ ...po, path: "IN/CDE_1.xml", how: "it was there already" }],
  "journal.unwritable": [{ reason: "The journal cannot be written" }],
  "journal.missing": [{}],
  "database.restored": [{ at: 1, sent: 2, unknown: 1, lost: 3 }],
  "acknowledgement.overdue": [
    { purchase_order: "po1", message, supplier: "agriest", number: "SE1001-1", due, untaken: false },
    { purchase_order: "po1", message, supplier: "agriest", number: "SE1001-1", due, untaken: true },
  ],
  "notice.overdue": [
    { purchase_order: "po1", message: "m1", supplier: "agriest", number: "SE1001-1", due, purpose: "cancellation" },
  ],
  "notice.sent": [
    {
      purchase_order: "po1",
      message: "m1",
      supplier: "agriest",
      number: "SE1001-1",
      due,
      purpose: "change",
      ...order,
      why: null,
    },
    {
      purchase_order: "po1",
      message: "m1",
      supplier: "agriest",
      number: "SE1001-1",
      due: null,
      purpose: "cancellation",
      ...order,
      why: reason,
    },
  ],
  "notice.by_hand": [
    {
      purchase_order: "po1",
      message: "m1",
      supplier: "agriest",
      number: "SE1001-1",
      order_name: "#1001",
      task: "Tell agriest to cancel it",
    },
  ],
  "notice.broken": [{ purchase_order: "po1", number: null, reason }],
  "purchase_order.held": [{ purchase_order: "po1", supplier: "agriest", number: "SE1001-1", holds: "minimum (12 EUR of 50)" }],
  "purchase_order.cancel_wanted": [
    { purchase_order: "po1", supplier: "agriest", number: "SE1001-1", order_name: "#1001", reason, sending: true },
    { purchase_order: "po1", supplier: "agriest", number: "SE1001-1", order_name: "#1001", reason, sending: false },
  ],
  "line.unmatched": [
    { ...order, line: "1", reason, cause: "no-rule" },
    { ...order, line: "1", reason, cause: "tie" },
    { ...order, line: "1", reason, cause: "pack" },
  ],
  "line.facts_missing": [{ ...order, line: "1", reason }],
  "order.unplannable": [{ order: "gid-1", reason }],
  "webhook.unreadable": [{ ...letter, reason }],
  "shop.request": [letter],
  "shop.app_uninstalled": [{ shop: letter.shop }],
  "acknowledgement.too_late": [
    { ...answer, message: "m1", purpose: "change" },
    { ...answer, message: "m1", purpose: "cancellation", reason: null },
  ],
  "acknowledgement.rejected": [{ ...answer, surprise: "it was cancelled" }],
  "acknowledgement.changed": [{ ...answer, reason: null, surprise: null }],
  "acknowledgement.unexpected": [{ ...answer, surprise: "it was never sent" }],
  "file.quarantined": [{ ...file, file: "f1" }],
  "file.not_put_away": [file],
  "file.not_touched": [file],
  "file.not_given": [file],
  "folder.refused": [{ supplier: "agriest", reason }],
};

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

/** The console has it: it answers, or says that it knows no such order. */
async function isPage(path: string): Promise<boolean> {
  const { statusCode, body } = await fixture.page(path);
  return statusCode === 200 || (statusCode === 404 && /there is no (?:purchase )?order/i.test(body));
}

test("each kind is declared once, and has an example", () => {
  const names = alertKinds.map(({ kind }) => kind);
  expect(Object.keys(examples).toSorted()).toEqual(names.toSorted());
});

test("the documentation lists each, with its sort and severity", () => {
  const rows = readFileSync(new URL("../../../../docs/alerts.md", import.meta.url), "utf8").matchAll(
    /^\| `([a-z_.]+)` +\| (\w+) +\| ([\w, ]+?) +\|/gm,
  );
  const listed = [...rows].map(([, kind, sort, severity]) => `${kind} ${sort} ${severity}`);
  const declared = alertKinds.map((one) => `${one.kind} ${one.sort} ${one.severity}${one.quiet === true ? ", quiet" : ""}`);
  expect(listed.toSorted()).toEqual(declared.toSorted());
});

const cases = alertKinds.flatMap((kind) => (examples[kind.kind] ?? []).map((values) => [kind.kind, kind, values] as const));

test.each(cases)("%s", async (name, kind, values) => {
  expect(name).toMatch(/^[a-z_]+\.[a-z_]+$/);
  expect(kind.values.parse(JSON.parse(JSON.stringify(values)))).toEqual(values);
  expect(kind.subject(values)).not.toBe("");
  expect(await isPage(kind.page(values))).toBe(true);
  expect(kind.all === undefined || (await isPage(kind.all))).toBe(true);
  // An event that nobody is told of, and that stays until it is seen, helps nobody.
  expect(kind.quiet === true && kind.sort === "event").toBe(false);

  const [english = "", french = ""] = languages.map((language) => {
    const { what, remedy } = kind.say[language](values);
    expect(what).toMatch(/^\p{Lu}.*[.:;]$/u);
    expect(remedy).toMatch(/^$|\.$/);
    return `${what} ${remedy}`;
  });
  expect(english).not.toBe(french);
  expect(kind.title.en).not.toBe(kind.title.fr);
  expect(`${english} ${french}`).not.toMatch(/undefined|null|NaN|\[object|\.\./);
  // In French a colon stands apart.
  expect(french).not.toMatch(/\S[:;](?: |$)/);
  // What it is about is named: with the log alone, a person finds it.
  const names = [values.number ?? values.purchase_order, values.order_name ?? values.order, values.supplier, values.shop];
  expect(names.every((one) => one === undefined) || names.some((one) => english.includes(String(one)))).toBe(true);
});
