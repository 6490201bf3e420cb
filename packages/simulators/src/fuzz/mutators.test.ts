import { expect, test } from "vitest";
import { hostileFile } from "./files.ts";
import { spoilJson } from "./json.ts";
import { caseRandom } from "./mutation.ts";
import { hostilePayload } from "./payloads.ts";
import { rawRequest } from "./raw-requests.ts";
import { hostileRequest, type RequestIngredients } from "./requests.ts";

const SAMPLE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Acknowledgement version="1"><OrderNumber>SE1001-1</OrderNumber><Status>accepted</Status><Lines><Line number="1"><Confirmed>5</Confirmed></Line></Lines></Acknowledgement>\n';
const ORDER =
  '{"id":1,"name":"#1001","created_at":"2027-01-10T09:00:00Z","note":"Merci","line_items":[{"id":2,"sku":"A","quantity":1}]}';
const ingredients: RequestIngredients = { shop: "sermat.myshopify.com", secret: "hush", maxBodyBytes: 5_000_000, body: ORDER };

const fileAt = (seed: string, index: number, sample = SAMPLE) =>
  hostileFile(caseRandom(seed, "files", index), { sample, match: "AR_*.xml" });

test("the same seed and number give the same file, payload and request; others give others", () => {
  const all = (seed: string, index: number) => [
    fileAt(seed, index),
    hostilePayload(caseRandom(seed, "payloads", index), ORDER),
    hostileRequest(caseRandom(seed, "requests", index), index, ingredients),
    rawRequest(caseRandom(seed, "requests", index)),
  ];
  for (let index = 0; index < 80; index++) {
    expect(all("a", index)).toEqual(all("a", index));
  }
  const names = new Set(Array.from({ length: 300 }, (_, index) => fileAt("a", index).name));
  expect(names.size).toBeGreaterThan(200);
  expect(fileAt("a", 1).name).not.toBe(fileAt("b", 1).name);
});

test("3,000 files are everything that the parsers must bear", () => {
  const files = Array.from({ length: 3_000 }, (_, index) => fileAt("all", index));
  const done = files.map((file) => file.how).join("\n");
  for (const how of [
    "in order",
    "truncated",
    "bits flipped",
    "a billion laughs",
    "an external entity",
    "UTF-16LE without a mark",
    "declared as another",
    "an unknown version",
    "a value a hostile number",
    "nested deeply",
    "large: ",
    "huge: ",
  ]) {
    expect(done).toContain(how);
  }
  expect(Math.max(...files.map((file) => file.bytes.length))).toBeGreaterThan(1_000_000);
  const names = files.map((file) => file.name);
  for (const part of ["../", "..\\", "\u0000", "\n", "\u202E", "/etc/passwd"]) {
    expect(names.some((name) => name.includes(part))).toBe(true);
  }
  expect(names.some((name) => name.length > 255)).toBe(true);
});

test("a format that is not XML is spoilt by its numbers, words and separators", () => {
  const files = Array.from({ length: 500 }, (_, index) => fileAt("csv", index, "order;line;confirmed\nSE1001-1;1;5\n"));
  const done = files.map((file) => file.how).join("\n");
  expect(done).toContain("a separator for another");
  expect(done).not.toContain("billion laughs");
});

test("spoilt JSON is JSON, as long as no number is beyond JSON", () => {
  for (let index = 0; index < 1_000; index++) {
    const { text } = spoilJson(caseRandom("json", "payloads", index), ORDER);
    expect(() => JSON.parse(text)).not.toThrow();
  }
});

test("2,000 requests: signed ones that must be taken in, and as many that never may", () => {
  const requests = Array.from({ length: 2_000 }, (_, index) =>
    hostileRequest(caseRandom("r", "requests", index), index, ingredients),
  );
  const count = (accepted: string) => requests.filter((request) => request.accepted === accepted).length;
  expect(count("must")).toBeGreaterThan(300);
  expect(count("may")).toBeGreaterThan(100);
  expect(count("never")).toBeGreaterThan(1_000);
});
