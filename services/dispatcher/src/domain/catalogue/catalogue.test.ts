import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  catalogueColumns,
  currencyOf,
  dayAt,
  entryOn,
  itemFor,
  netOf,
  readCatalogueRow,
  readHeader,
  writeCatalogueRow,
  type CatalogueEntry,
} from "./catalogue.ts";

const entry: CatalogueEntry = {
  sku: "AGR-1",
  supplierSku: "44-100",
  unit: "XBX",
  pack: 10,
  cost: { amount: "12.50", currency: "EUR" },
  validFrom: "2027-01-01",
  gtin: "4006381333931",
  mpn: "M-1",
  hazard: "ADR 3",
};

const row = (over: Partial<Record<(typeof catalogueColumns)[number], string>>, decimal?: "point" | "comma") =>
  readCatalogueRow(
    catalogueColumns,
    catalogueColumns.map((column) => over[column] ?? (column === "sku" || column === "supplier_sku" ? "A" : "")),
    decimal,
  );

describe("a row", () => {
  it("needs only the two SKUs: a piece, always valid, without a cost", () => {
    expect(row({})).toEqual({
      ok: true,
      entry: {
        sku: "A",
        supplierSku: "A",
        unit: "C62",
        pack: 1,
        cost: null,
        validFrom: null,
        gtin: null,
        mpn: null,
        hazard: null,
      },
    });
  });

  it.each([
    ["12,50", undefined, "12.50"],
    ["12.5", undefined, "12.5"],
    ["1,234", "comma", "1.234"],
    ["1.234", "point", "1.234"],
    ["0,125", undefined, "0.125"],
    ["007", undefined, "7"],
    ["1.2340", undefined, "1.234"],
  ] as const)("reads the cost %s (%s) as %s", (cost, decimal, amount) => {
    expect(row({ cost, currency: "eur" }, decimal)).toMatchObject({ ok: true, entry: { cost: { amount, currency: "EUR" } } });
  });

  it("reads days as a person in France writes them", () => {
    expect(row({ valid_from: "31/1/2027" })).toMatchObject({ entry: { validFrom: "2027-01-31" } });
  });

  it.each([
    ["sku", "", "expected a text"],
    ["unit", "piece", "UN/ECE"],
    ["pack", "1.5", "whole number"],
    ["pack", "0", "whole number"],
    ["cost", "1.234,50", "separators between thousands"],
    ["cost", "1,234", "may be 1234 or 1.234"],
    ["cost", "-1", "without sign"],
    ["currency", "EURO", "three letters"],
    ["valid_from", "2027-02-30", "exists"],
    ["gtin", "4006381333932", "its check digit is 2 and should be 1"],
    ["gtin", "3,01E+12", "a spreadsheet"],
    ["hazard", "a\u0007", "control"],
    ["mpn", "x".repeat(101), "at most 100"],
  ] as const)("with %s %j names the column and the reason", (column, value, reason) => {
    const read = row({ currency: "EUR", [column]: value });
    expect(read).toMatchObject({ ok: false, problems: [{ column }] });
    expect(read.ok ? "" : read.problems[0]?.reason).toContain(reason);
  });

  it("names every column that is wrong, and a cost without its currency", () => {
    const read = row({ pack: "x", cost: "1" });
    expect(read.ok ? [] : read.problems.map((one) => one.column)).toEqual(["pack", "currency"]);
  });

  it("with too few cells is no row", () => {
    expect(readCatalogueRow(["sku", "supplier_sku"], ["A"])).toMatchObject({ ok: false, problems: [{ column: null }] });
  });

  test("written and read again it is the same", () => {
    const text = fc.stringMatching(/^[A-Za-z0-9;,"é-]{1,20}$/);
    const entries = fc.record({
      sku: text,
      supplierSku: text,
      unit: fc.constantFrom("C62", "MTR", "XBX"),
      pack: fc.integer({ min: 1, max: 1_000_000 }),
      cost: fc.option(
        fc.record({
          amount: fc.tuple(fc.nat(99_999), fc.stringMatching(/^\d\d(\d{0,3}[1-9])?$/)).map((parts) => parts.join(".")),
          currency: fc.constantFrom("EUR", "CHF"),
        }),
      ),
      validFrom: fc.option(fc.constantFrom("2027-01-01", "2028-02-29")),
      gtin: fc.option(fc.constantFrom("4006381333931", "96385074")),
      mpn: fc.option(text),
      hazard: fc.option(text),
    });
    fc.assert(
      fc.property(entries, (one) => {
        expect(readCatalogueRow(catalogueColumns, writeCatalogueRow(one))).toEqual({ ok: true, entry: one });
      }),
    );
  });
});

describe("a header", () => {
  it("is read without regard to case, spaces and dashes", () => {
    expect(readHeader(["SKU", " Supplier SKU", "valid-from"])).toEqual({
      ok: true,
      columns: ["sku", "supplier_sku", "valid_from"],
    });
  });

  it.each([
    [["sku", "prix"], 'the column "prix" is not known'],
    [["sku", "sku"], "the column sku is there twice"],
    [["sku"], "the column supplier_sku is missing"],
  ])("%j is refused", (header, reason) => {
    const read = readHeader(header);
    expect(read.ok ? "" : read.reason).toContain(reason);
  });
});

describe("of several dated entries", () => {
  const dated = [{ validFrom: "2027-02-01" }, { validFrom: null }, { validFrom: "2027-01-01" }];

  it.each([
    ["2026-12-31", null],
    ["2027-01-01", "2027-01-01"],
    ["2027-01-31", "2027-01-01"],
    ["2027-03-01", "2027-02-01"],
  ])("on %s the one from %s counts", (day, from) => {
    expect(entryOn(dated, day)?.validFrom).toBe(from);
  });

  it("none counts before the first", () => {
    expect(entryOn([{ validFrom: "2027-02-01" }], "2027-01-31")).toBeUndefined();
  });

  it("a day begins where the supplier's catalogue says", () => {
    const at = Date.parse("2026-12-31T23:30:00Z");
    expect([dayAt(at, "UTC"), dayAt(at, "Europe/Paris")]).toEqual(["2026-12-31", "2027-01-01"]);
  });
});

describe("what is ordered", () => {
  it("is as few whole units as hold the pieces", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1_000 }), (units, pack) => {
        const { quantity } = itemFor({ entry: { ...entry, pack }, sku: "AGR-1", units });
        expect(quantity * pack).toBeGreaterThanOrEqual(units);
        expect((quantity - 1) * pack).toBeLessThan(units);
      }),
    );
  });

  it("costs exactly the sum of its lines", () => {
    const amounts = fc.tuple(fc.nat(1_000_000), fc.nat(9_999), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 20 }), (all) => {
        const items = all.map(([whole, part, quantity]) => ({
          unitCost: `${whole}.${String(part).padStart(4, "0")}`,
          currency: "EUR",
          quantity,
        }));
        const exact = all.reduce((sum, [whole, part, quantity]) => sum + BigInt(whole * 10_000 + part) * BigInt(quantity), 0n);
        expect(BigInt(netOf(items)?.amount.replace(".", "") ?? "-1")).toBe(exact);
      }),
    );
  });

  it("has no price where a cost is missing or currencies differ", () => {
    const item = itemFor({ entry, sku: "AGR-1", units: 10 });
    expect(netOf([item, { ...item, unitCost: null, currency: null }])).toBeUndefined();
    expect(netOf([item, { ...item, currency: "CHF" }])).toBeUndefined();
    expect(currencyOf([item, { ...item, currency: "CHF" }])).toBeNull();
    expect(currencyOf([item, { ...item, unitCost: null, currency: null }])).toBe("EUR");
  });
});
