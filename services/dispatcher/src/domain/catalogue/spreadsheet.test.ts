import { expect, test } from "vitest";
import { damagedCells, encodingByMark, separatorLine } from "./spreadsheet.ts";

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

test("a line that names the delimiter is read and taken away, quoted or not", () => {
  expect(separatorLine("sep=;\r\nsku;x\r\n")).toEqual({ delimiter: ";", rest: "sku;x\r\n" });
  expect(separatorLine('"sep=,"\nsku,x\n')).toEqual({ delimiter: ",", rest: "sku,x\n" });
  expect(separatorLine("SEP=\t\nsku\tx\n")).toEqual({ delimiter: "\t", rest: "sku\tx\n" });
  expect(separatorLine("sku;sep=;\n")).toBeUndefined();
});

test("UTF-16 is known by its byte order mark", () => {
  expect(encodingByMark(Uint8Array.of(0xff, 0xfe, 0x73, 0))).toBe("utf-16le");
  expect(encodingByMark(Uint8Array.of(0xfe, 0xff, 0, 0x73))).toBe("utf-16be");
  expect(encodingByMark(Uint8Array.of(0xef, 0xbb, 0xbf))).toBeUndefined();
});
