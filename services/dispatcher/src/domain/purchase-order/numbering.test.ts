import { expect, test } from "vitest";
import { fileName, purchaseOrderNumber } from "./numbering.ts";

test("a number follows the supplier's pattern", () => {
  expect(purchaseOrderNumber({ pattern: "SE{order}-{n}", max: 15, alphabet: "A-Z0-9-" }, { order: "1001", n: 2 })).toEqual({
    number: "SE1001-2",
  });
});

test("a number that is too long names the pattern and the limit", () => {
  expect(purchaseOrderNumber({ pattern: "{order}F{n}", max: 5, alphabet: "A-Z0-9" }, { order: "100123", n: 1 })).toEqual({
    problem: '"100123F1" of pattern "{order}F{n}" is 8 characters long; the supplier takes 5',
  });
});

test("a number outside the alphabet is a problem; a dash at either end of the alphabet is itself", () => {
  expect(purchaseOrderNumber({ pattern: "{order}-{n}", max: 20, alphabet: "A-Z0-9" }, { order: "1", n: 1 })).toHaveProperty(
    "problem",
  );
  expect(purchaseOrderNumber({ pattern: "{order}-{n}", max: 20, alphabet: "-0-9" }, { order: "1", n: 1 })).toHaveProperty(
    "number",
  );
});

test("a file name without {version} or {copy} gets them from the second on", () => {
  expect(fileName("{number}.xml", { number: "A1", version: 1, copy: 1 })).toBe("A1.xml");
  expect(fileName("{number}.xml", { number: "A1", version: 2, copy: 1 })).toBe("A1-v2.xml");
  expect(fileName("{number}.xml", { number: "A1", version: 2, copy: 3 })).toBe("A1-v2-c3.xml");
  expect(fileName("CDE_{number}_{version}.xml", { number: "A1", version: 2, copy: 1 })).toBe("CDE_A1_2.xml");
});

test("file names of different numbers differ, whatever characters they hold, and have no separators", () => {
  const numbers = ["A/1", "A\\1", "A 1", "A=1", "A=2f=1", "A..1", "Aé1", "A\u001e5", "A\u01e5", "A1", "../A", "A\u0000"];
  const names = numbers.map((number) => fileName("{number}.xml", { number, version: 1, copy: 1 }));
  expect(new Set(names).size).toBe(numbers.length);
  expect(names.every((name) => /^[A-Za-z0-9._=-]+$/.test(name))).toBe(true);
});
