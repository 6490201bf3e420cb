// What a supplier's catalogue says of one shop SKU, and what it makes of a purchase order's line: the supplier's own SKU,
// unit, pack and cost. Costs are per one of the supplier's unit; quantities of the shop are pieces.
import { isDecimal, sumDecimals, timesDecimal } from "../decimal.ts";
import type { Money } from "../order/order.ts";

export interface CatalogueEntry {
  /** The shop's, as the catalogue writes it; compared by `skuKey`. */
  readonly sku: string;
  readonly supplierSku: string;
  /** UN/ECE Recommendation 20 (or 21, with X): C62 is one piece. */
  readonly unit: string;
  /** Pieces in one unit. */
  readonly pack: number;
  /** Net price of one unit: what the supplier charges us. */
  readonly cost: Money | null;
  /** First day, YYYY-MM-DD; null: always. */
  readonly validFrom: string | null;
  readonly gtin: string | null;
  /** The manufacturer's part number. */
  readonly mpn: string | null;
  /** Hazard class, such as ADR 3. */
  readonly hazard: string | null;
}

/** What the supplier sells for a line, from the catalogue; without one it is the shop's own SKU, by the piece. */
export interface SupplierItem {
  readonly supplierSku: string;
  readonly unit: string;
  /** Pieces in one unit. */
  readonly packSize: number;
  /** In the supplier's unit. */
  readonly quantity: number;
  readonly unitCost: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly hazard: string | null;
}

/** Entries of the SKUs that a decision is about, loaded before it. */
export interface CatalogueView {
  /** Whether the supplier's catalogue has the SKU on the order's day. */
  has(supplier: string, sku: string | null): boolean;
  /** The entry that counts on the order's day. */
  entry(supplier: string, sku: string | null): CatalogueEntry | undefined;
}

export const emptyCatalogue: CatalogueView = { has: () => false, entry: () => undefined };

/** What a shop's and a catalogue's SKU are compared by: without regard to case and surrounding spaces, as rules are. */
export const skuKey = (sku: string): string => sku.trim().toLowerCase();

/** The entry with the latest first day that is not after `day` (YYYY-MM-DD). */
export function entryOn<Entry extends Pick<CatalogueEntry, "validFrom">>(
  entries: readonly Entry[],
  day: string,
): Entry | undefined {
  return entries
    .filter((one) => one.validFrom === null || one.validFrom <= day)
    .toSorted((a, b) => ((a.validFrom ?? "") < (b.validFrom ?? "") ? -1 : 1))
    .at(-1);
}

/** What these entries say on the order's day. `dayOf`: that day for a supplier, YYYY-MM-DD. */
export function catalogueView(
  entries: readonly (CatalogueEntry & { readonly supplier: string })[],
  dayOf: (supplier: string) => string,
): CatalogueView {
  const place = (supplier: string, sku: string): string => JSON.stringify([supplier, skuKey(sku)]);
  const dated = Map.groupBy(entries, (one) => place(one.supplier, one.sku));
  const entry: CatalogueView["entry"] = (supplier, sku) => {
    const all = sku === null ? undefined : dated.get(place(supplier, sku));
    return all && entryOn(all, dayOf(supplier));
  };
  return { entry, has: (supplier, sku) => entry(supplier, sku) !== undefined };
}

/** The calendar day of an instant at a place. */
export function dayAt(epochMs: number, timezone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short" }).format(epochMs);
}

/** Of one supplier. */
export interface CataloguePolicy {
  /** A line without an entry holds the purchase order. Where false, it goes by the shop's own SKU, by the piece. */
  readonly required: boolean;
  /** What becomes of pieces that are no whole packs. */
  readonly pack: "refuse" | "hold" | "round_up";
  /** Where `valid_from` begins: an IANA time zone. */
  readonly timezone: string;
  /** A line whose cost is not known, where prices are said. */
  readonly missingCost: "hold" | "omit";
  /** What a purchase order must be worth, at cost. */
  readonly minimum: { readonly net: Money; readonly below: "hold" | "combine" } | null;
}

/** Why this supplier cannot take the units at all: they are no whole packs, and it refuses those. */
export function refusal(input: {
  readonly policy: CataloguePolicy;
  readonly supplier: string;
  readonly entry: CatalogueEntry | undefined;
  readonly units: number;
}): string | undefined {
  const { policy, supplier, entry, units } = input;
  return policy.pack === "refuse" && entry !== undefined && units % entry.pack !== 0
    ? `${supplier} sells SKU "${entry.sku}" in packs of ${entry.pack}, and ${units} pieces are no whole packs`
    : undefined;
}

export interface PlannedItem extends SupplierItem {
  /** Of the unit cost. ISO 4217. */
  readonly currency: string | null;
  /** The supplier's catalogue has it. */
  readonly listed: boolean;
}

/** What the supplier is asked for so many pieces: whole units, as few as hold them all. */
export function itemFor(input: {
  readonly entry: CatalogueEntry | undefined;
  readonly sku: string | null;
  readonly units: number;
}): PlannedItem {
  const { entry, units } = input;
  if (entry === undefined) {
    return {
      supplierSku: input.sku ?? "",
      unit: "C62",
      packSize: 1,
      quantity: units,
      unitCost: null,
      currency: null,
      gtin: null,
      mpn: null,
      hazard: null,
      listed: false,
    };
  }
  return {
    supplierSku: entry.supplierSku,
    unit: entry.unit,
    packSize: entry.pack,
    quantity: unitsFor(units, entry.pack),
    unitCost: entry.cost?.amount ?? null,
    currency: entry.cost?.currency ?? null,
    gtin: entry.gtin,
    mpn: entry.mpn,
    hazard: entry.hazard,
    listed: true,
  };
}

/** The supplier's units that hold so many pieces. */
export const unitsFor = (pieces: number, packSize: number): number => Math.ceil(pieces / packSize);

/** What a purchase order costs, exact; undefined where a cost is missing or the currencies differ. */
export function netOf(items: readonly Pick<PlannedItem, "unitCost" | "currency" | "quantity">[]): Money | undefined {
  const currency = items[0]?.currency ?? null;
  if (currency === null || items.some((item) => item.unitCost === null || item.currency !== currency)) {
    return undefined;
  }
  return { amount: sumDecimals(items.map((item) => timesDecimal(item.unitCost ?? "0", item.quantity))), currency };
}

/** The one currency of the costs that are known; null where there is none, or several. */
export function currencyOf(items: readonly Pick<PlannedItem, "currency">[]): string | null {
  const all = new Set(items.flatMap((item) => item.currency ?? []));
  const [only = null] = all;
  return all.size === 1 ? only : null;
}

// Rows of a catalogue file.

export const catalogueColumns = [
  "sku",
  "supplier_sku",
  "unit",
  "pack",
  "cost",
  "currency",
  "valid_from",
  "gtin",
  "mpn",
  "hazard",
] as const;
export type CatalogueColumn = (typeof catalogueColumns)[number];

export const decimalMarks = ["point", "comma", "either"] as const;
export type DecimalMark = (typeof decimalMarks)[number];

export interface CellProblem {
  readonly column: CatalogueColumn | null;
  readonly value: string | null;
  readonly reason: string;
}

/** The columns of a header line, without regard to case; spaces and dashes are underscores. */
export function readHeader(
  header: readonly string[],
): { readonly ok: true; readonly columns: readonly CatalogueColumn[] } | { readonly ok: false; readonly reason: string } {
  const columns: CatalogueColumn[] = [];
  for (const text of header) {
    const name = text
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_");
    const column = catalogueColumns.find((one) => one === name);
    if (column === undefined) {
      return { ok: false, reason: `the column "${text.trim()}" is not known. Columns: ${catalogueColumns.join(", ")}` };
    }
    if (columns.includes(column)) {
      return { ok: false, reason: `the column ${column} is there twice` };
    }
    columns.push(column);
  }
  const missing = (["sku", "supplier_sku"] as const).find((one) => !columns.includes(one));
  return missing === undefined ? { ok: true, columns } : { ok: false, reason: `the column ${missing} is missing` };
}

const LONGEST_TEXT = 100;
const LARGEST_PACK = 1_000_000;

/** One row of a file, or every reason why it is none. */
export function readCatalogueRow(
  columns: readonly CatalogueColumn[],
  cells: readonly string[],
  decimal: DecimalMark = "either",
): { readonly ok: true; readonly entry: CatalogueEntry } | { readonly ok: false; readonly problems: readonly CellProblem[] } {
  if (cells.length !== columns.length) {
    const reason = `${cells.length} cells, where the header has ${columns.length}: a delimiter in a text needs quotes around it`;
    return { ok: false, problems: [{ column: null, value: null, reason }] };
  }
  const problems: CellProblem[] = [];
  const cell = (column: CatalogueColumn): string => cells[columns.indexOf(column)]?.trim() ?? "";
  const complain = (column: CatalogueColumn, reason: string): void => {
    problems.push({ column, value: cell(column).slice(0, LONGEST_TEXT).toWellFormed(), reason });
  };
  const text = (column: CatalogueColumn): string | null => {
    const value = cell(column);
    if (value.length > LONGEST_TEXT) {
      complain(column, `expected at most ${LONGEST_TEXT} characters`);
    } else if (/\p{Cc}/u.test(value)) {
      complain(column, "expected no control characters");
    }
    return value === "" ? null : value;
  };
  const needed = (column: CatalogueColumn): string => {
    const value = text(column);
    if (value === null) {
      complain(column, "expected a text");
    }
    return value ?? "";
  };

  const sku = needed("sku");
  const supplierSku = needed("supplier_sku");
  const unit = (text("unit") ?? "C62").toUpperCase();
  if (!/^[A-Z0-9]{2,3}$/.test(unit)) {
    complain("unit", "expected a UN/ECE Recommendation 20 code, such as C62 (piece), MTR, KGM or XBX (box)");
  }
  const packText = text("pack") ?? "1";
  const pack = Number(packText);
  if (!/^\d+$/.test(packText) || pack < 1 || pack > LARGEST_PACK) {
    complain("pack", `expected the pieces in one unit: a whole number from 1 to ${LARGEST_PACK}`);
  }
  const costText = text("cost");
  const amount = costText === null ? null : readAmount(costText, decimal);
  if (amount !== null && typeof amount !== "string") {
    complain("cost", amount.problem);
  }
  const currency = text("currency")?.toUpperCase() ?? null;
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) {
    complain("currency", "expected three letters (ISO 4217), such as EUR");
  } else if (currency === null && costText !== null) {
    complain("currency", "expected the currency of the cost, such as EUR");
  }
  const dateText = text("valid_from");
  const validFrom = dateText === null ? null : readDay(dateText);
  if (validFrom === undefined) {
    complain("valid_from", "expected a day that exists, as 2027-01-31 or 31/01/2027");
  }
  const gtin = text("gtin");
  const gtinProblem = gtin === null ? undefined : objectionToGtin(gtin);
  if (gtinProblem !== undefined) {
    complain("gtin", gtinProblem);
  }
  const mpn = text("mpn");
  const hazard = text("hazard");
  if (problems.length > 0) {
    return { ok: false, problems };
  }
  const cost = typeof amount === "string" && currency !== null ? { amount, currency } : null;
  return { ok: true, entry: { sku, supplierSku, unit, pack, cost, validFrom: validFrom ?? null, gtin, mpn, hazard } };
}

/** An entry as the cells of a row, in the order of `catalogueColumns`. */
export const writeCatalogueRow = (entry: CatalogueEntry): readonly string[] => [
  entry.sku,
  entry.supplierSku,
  entry.unit,
  String(entry.pack),
  entry.cost === null ? "" : isAmbiguous(entry.cost.amount) ? `${entry.cost.amount}0` : entry.cost.amount,
  entry.cost?.currency ?? "",
  entry.validFrom ?? "",
  entry.gtin ?? "",
  entry.mpn ?? "",
  entry.hazard ?? "",
];

/** 12.50, 12,50; never with separators between thousands, which nobody can tell from decimals. */
function readAmount(text: string, decimal: DecimalMark): string | { readonly problem: string } {
  const form = decimal === "point" ? "12.50" : decimal === "comma" ? "12,50" : "12.50 or 12,50";
  const allowed = decimal === "point" ? /^\d+(\.\d+)?$/ : decimal === "comma" ? /^\d+(,\d+)?$/ : /^\d+([.,]\d+)?$/;
  if (!allowed.test(text)) {
    return { problem: `expected an amount such as ${form}, without sign, currency or separators between thousands` };
  }
  if (decimal === "either" && isAmbiguous(text)) {
    return {
      problem: `it may be ${text.replace(/[.,]/, "")} or ${text.replace(",", ".")}: say which mark the file's decimals have`,
    };
  }
  // Without zeros that say nothing: two files that mean the same cost are the same.
  const amount = text
    .replace(",", ".")
    .replace(/^0+(?=\d)/, "")
    .replace(/(\.\d{2}\d*?)0+$/, "$1");
  const [whole = "", fraction = ""] = amount.split(".");
  return isDecimal(amount) && whole.length <= 12 && fraction.length <= 6
    ? amount
    : { problem: "expected at most 12 digits before and 6 after the decimal mark" };
}

/** 1.234 is a little more than one, or more than a thousand. */
const isAmbiguous = (amount: string): boolean => /^[1-9]\d{0,2}[.,]\d{3}$/.test(amount);

function readDay(text: string): string | undefined {
  const [, day = "", month = "", year = ""] = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text) ?? [];
  const iso = year === "" ? text : [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-");
  const time = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
}

/** GS1 General Specifications 7.9: weights 3 and 1 from the right, the sum with the check digit a multiple of ten. */
function objectionToGtin(text: string): string | undefined {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(text)) {
    return "expected the 8, 12, 13 or 14 digits of a GTIN: a spreadsheet may have made a number of it";
  }
  const digits = [...text].map(Number);
  const check = digits.pop() ?? 0;
  const sum = digits.toReversed().reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0);
  const right = (10 - (sum % 10)) % 10;
  return right === check ? undefined : `its check digit is ${check} and should be ${right}: a digit is wrong`;
}
