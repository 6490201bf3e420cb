import { expect, test } from "vitest";
import { damagedCells } from "./spreadsheet.ts";

test.each([
  ["1,23E+11", "a number that lost its last digits"],
  ["1.23457E+12", "a number that lost its last digits"],
  ["01/03/2026", "a date"],
  ["3-mars", "a date"],
  ["mars-03", "a date"],
  ["Mar-03", "a date"],
  ["12.04.26", "a date"],
  ["36000291452", "a GTIN that lost the zeros"],
])("a SKU %s is named with its row and cell: it looks like %s", (value, what) => {
  const found = damagedCells(
    ["sku", "supplier_sku"],
    [
      { row: 2, cells: ["AGR-1", "44-1"] },
      { row: 3, cells: ["AGR-2", value] },
    ],
  );
  expect(found).toEqual([
    { row: 3, column: "supplier_sku", value, reason: expect.stringMatching(new RegExp(`${what}.*format the column as text`)) },
  ]);
});

test.each(["AGR-1", "44-1", "E12", "12E", "1234567", "12345678901", "036000291452", "3A-mars", "10/20", "MARS"])(
  "a SKU %s is as it may well be",
  (value) => {
    const found = damagedCells(["sku", "supplier_sku"], [{ row: 2, cells: [value, "x"] }]);
    expect(found).toEqual([]);
  },
);
