// Documents made to keep the reader busy: each is read or refused in well under a second.
import { expect, test } from "vitest";
import { readXml } from "./xml-read.ts";

const KB = 1024;

const repeated = (text: string, bytes: number): string => text.repeat(Math.floor(bytes / text.length));

test.each([
  ["attributes", (bytes: number) => `<a ${Array.from({ length: bytes / 12 }, (_, n) => `a${n}="x"`).join(" ")}/>`],
  [
    "elements of different names",
    (bytes: number) => `<a>${Array.from({ length: bytes / 9 }, (_, n) => `<a${n}/>`).join("")}</a>`,
  ],
  ["elements", (bytes: number) => `<a>${repeated("<a/>", bytes)}</a>`],
  ["references", (bytes: number) => `<a>${repeated("&amp;", bytes)}</a>`],
  ["levels", (bytes: number) => repeated("<a>", bytes / 2) + repeated("</a>", bytes / 2)],
])("15 MB of %s do not hold up the process for a second", (_what, make) => {
  const bytes = Buffer.from(make(15_000 * KB));
  const startedAt = performance.now();
  expect(readXml(bytes)).toEqual({ ok: false, reason: "larger than 524288 bytes" });
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test("a document of some thousand lines is read", () => {
  expect(readXml(Buffer.from(`<a>${repeated("<Line number='1'/>", 500 * KB)}</a>`))).toMatchObject({ ok: true, root: "a" });
});
