import { describe, expect, test } from "vitest";
import { createOrderGenerator, DEFAULT_MIX, editNotice, type GeneratedOrder, type OrderGeneratorOptions } from "./orders.ts";

const SINCE = Date.parse("2026-12-01T00:00:00+01:00");
const NOW = Date.parse("2026-12-08T10:00:00+01:00");
const DAY_MS = 86_400_000;

const AGRIEST = {
  name: "agriest",
  vendors: ["Agriest", "Kramp"],
  skuPrefixes: ["AGR-"],
  requiresPhone: true,
  shipping: { mapped: ["Standard", "Livraison avec hayon"], unmapped: "hold" },
} as const;
const FOURNIAL = { name: "fournial", vendors: ["Fournial"], skuPrefixes: ["FOU"] } as const;

function generator(options: Partial<OrderGeneratorOptions> = {}) {
  return createOrderGenerator({
    seed: 7,
    shop: "sermat-equipement.myshopify.com",
    suppliers: [AGRIEST, FOURNIAL],
    holds: { valueOver: 3000, tags: ["attention"] },
    since: SINCE,
    now: () => NOW,
    ...options,
  });
}

const many = (count: number, options: Partial<OrderGeneratorOptions> = {}): GeneratedOrder[] => {
  const { next } = generator(options);
  return Array.from({ length: count }, () => next());
};

const fiveHundred = many(500);
const ofKind = (kind: string) => fiveHundred.filter((order) => order.kind === kind);
const statesOf = ({ expected }: GeneratedOrder) => expected.purchaseOrders.map(({ state, holds }) => [state, ...holds].join(" "));

describe("a seed", () => {
  test("repeats every order byte for byte, and another one gives others", () => {
    expect(many(60)).toEqual(fiveHundred.slice(0, 60));
    expect(many(60, { seed: "other" }).map(({ body }) => body)).not.toEqual(fiveHundred.slice(0, 60).map(({ body }) => body));
  });

  test.each([1, 2, "three"])("%s brings every kind, trait, country and currency within 500 orders", (seed) => {
    const orders = many(500, { seed });
    expect(new Set(orders.map(({ kind }) => kind))).toEqual(new Set(Object.keys(DEFAULT_MIX)));
    expect([...new Set(orders.flatMap(({ traits }) => traits))].sort()).toEqual(
      [
        ["emoji", "markup", "right-to-left", "control-characters", "long-company", "line-breaks", "invisible-characters"],
        ["decomposed-accents", "looks-like-code", "long-title", "several-suppliers", "huge-ids", "no-phone", "phone-of-billing"],
        ["phone-of-customer", "phone-of-order", "no-shipping-address", "no-billing-address", "no-customer"],
        ["note", "note-attributes", "tags", "po-number", "null-sku", "empty-sku", "null-vendor", "custom-line", "gift-card"],
        ["no-shipping-needed", "properties-list", "properties-object", "discount", "removed", "sent"],
        ["country-BE", "country-DE", "country-CH", "country-ES", "country-GB", "country-US"],
        ["currency-CHF", "currency-GBP", "currency-JPY", "currency-USD"],
      ]
        .flat()
        .sort(),
    );
  });

  test("most orders are plainly released, so that a demonstration is lively", () => {
    const released = fiveHundred.filter(({ expected: { purchaseOrders } }) =>
      purchaseOrders.some(({ state }) => state === "released"),
    );
    expect(released.length).toBeGreaterThan(400);
  });
});

describe("the body", () => {
  test("has ids as bare digits, whatever their size, and the same in admin_graphql_api_id", () => {
    const [order] = ofKind("hugeIds");
    const { id, line_items: lines } = order!.payload;
    expect(id).toBeGreaterThan(2n ** 53n);
    expect(order!.body).toContain(`"id":${id},"admin_graphql_api_id":"gid://shopify/Order/${id}"`);
    expect(order!.body).toContain(`"id":${lines[0]!.id},"admin_graphql_api_id":"gid://shopify/LineItem/${lines[0]!.id}"`);
    expect(Number(id).toString()).not.toBe(String(id));
  });

  test("is JSON with the payload's content, and other bytes when it is written anew", () => {
    for (const { body, payload } of fiveHundred) {
      const read: object = JSON.parse(body);
      expect(Object.keys(read)).toEqual(Object.keys(payload));
      expect(read).toHaveProperty("note", payload.note);
      expect(JSON.stringify(read)).not.toBe(body);
    }
  });

  test("ids, names and numbers are each order's own", () => {
    for (const key of ["id", "name", "order_number", "token"] as const) {
      expect(new Set(fiveHundred.map(({ payload }) => payload[key])).size).toBe(500);
    }
    const lineIds = fiveHundred.flatMap(({ payload }) => payload.line_items.map(({ id }) => id));
    expect(new Set(lineIds).size).toBe(lineIds.length);
    expect(fiveHundred[0]?.payload.name).toBe("#1001");
  });

  test("money is decimal text that adds up, without decimals in yen", () => {
    for (const { payload } of fiveHundred) {
      const goods = payload.line_items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0);
      const shipping = Number(payload.total_shipping_price_set.shop_money.amount);
      expect(Number(payload.total_price)).toBeCloseTo(goods - Number(payload.total_discounts) + shipping, 2);
      expect(payload.total_price).toMatch(/^\d+\.\d\d$/);
      const { amount, currency_code: currency } = payload.total_price_set.presentment_money;
      expect(amount).toMatch(currency === "JPY" ? /^\d+$/ : /^\d+\.\d\d$/);
    }
  });

  test("times are whole seconds with the shop's offset, the oldest not before since unless historic", () => {
    for (const { payload, expected } of fiveHundred) {
      expect(payload.created_at).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00$/);
      expect(Date.parse(payload.created_at) < SINCE).toBe(expected.historic);
      expect(Date.parse(payload.updated_at)).toBeGreaterThan(Date.parse(payload.created_at));
    }
  });

  test("an order made in the first seconds is not before since, though payloads have no milliseconds", () => {
    const since = SINCE + 567;
    for (const { payload } of many(50, { since, now: () => since + 1_500, mix: { plain: 1 } })) {
      expect(Date.parse(payload.created_at)).toBe(SINCE + 1_000);
    }
  });
});

describe("what is expected", () => {
  test("a plain order is released, one purchase order for each supplier in it", () => {
    for (const order of ofKind("plain")) {
      const suppliers = new Set(order.plan.lines.map(({ supplier = "nobody" }) => supplier));
      expect(order.expected.unmatchedLines).toBe(0);
      expect(order.expected.purchaseOrders.map(({ supplier }) => supplier).sort()).toEqual([...suppliers].sort());
      expect(new Set(statesOf(order))).toEqual(new Set(["released"]));
    }
  });

  test("awkward text, huge ids, other currencies and hidden telephone numbers change nothing", () => {
    for (const kind of ["awkwardText", "hugeIds", "foreignCurrency", "phoneElsewhere", "atValueLimit"]) {
      expect(ofKind(kind).length).toBeGreaterThan(0);
      expect(new Set(ofKind(kind).flatMap(statesOf))).toEqual(new Set(["released"]));
    }
  });

  test.each([
    ["test", "dry-run dry-run"],
    ["unpaid", "held release"],
    ["overValue", "held value"],
    ["tagged", "held tag"],
  ])("every purchase order of the kind %s is %s", (kind, state) => {
    expect(new Set(ofKind(kind).flatMap(statesOf))).toEqual(new Set([state]));
  });

  test("without a telephone number or with an unknown method only the supplier that minds waits", () => {
    for (const [kind, hold] of [
      ["withoutPhone", "incomplete"],
      ["unmappedShipping", "shipping"],
    ] as const) {
      const orders = ofKind(kind).flatMap(({ expected }) => expected.purchaseOrders);
      expect(new Set(orders.map(({ supplier, holds }) => `${supplier} ${holds.join()}`))).toEqual(
        new Set([`agriest ${hold}`, "fournial "]),
      );
    }
  });

  test("historic and fulfilled orders, and those with nothing to ship, go to nobody", () => {
    for (const kind of ["historic", "fulfilled", "nothingToShip"]) {
      for (const { expected } of ofKind(kind)) {
        expect(expected).toEqual({ historic: kind === "historic", purchaseOrders: [], unmatchedLines: 0 });
      }
    }
  });

  test("lines that nobody has are counted, and the others go", () => {
    for (const order of [...ofKind("unmatched"), ...ofKind("customLine")]) {
      expect(order.expected.unmatchedLines).toBeGreaterThan(0);
      expect(order.expected.purchaseOrders.every(({ state }) => state === "released")).toBe(true);
    }
  });

  test("an order with everything at once waits for every reason", () => {
    for (const order of ofKind("everythingAtOnce")) {
      expect(order.expected.unmatchedLines).toBe(2);
      expect(order.expected.purchaseOrders.every(({ holds }) => holds.includes("tag"))).toBe(true);
    }
  });

  test("a line without a SKU holds its own purchase order, a missing delivery address every one", () => {
    for (const order of ofKind("withoutSku")) {
      expect(statesOf(order).filter((state) => state === "held incomplete")).toHaveLength(1);
    }
    for (const kind of ["withoutAddress", "nobodyKnown"]) {
      expect(new Set(ofKind(kind).flatMap(statesOf))).toEqual(new Set(["held incomplete"]));
    }
  });

  test("neither vendors nor SKUs ever name a supplier that the line was not made for", () => {
    const named = ({ vendors, skuPrefixes }: typeof AGRIEST | typeof FOURNIAL, vendor: string | null, sku: string | null) =>
      vendors.some((name) => name === vendor) || skuPrefixes.some((prefix) => sku?.startsWith(prefix));
    for (const { plan } of fiveHundred) {
      for (const { supplier, vendor, sku } of plan.lines.filter(({ ships }) => ships)) {
        const names = [AGRIEST, FOURNIAL].filter((candidate) => named(candidate, vendor, sku)).map(({ name }) => name);
        expect(names).toEqual(supplier === undefined ? [] : [supplier]);
      }
    }
  });
});

describe("what follows", () => {
  const { next, ...follow } = generator({ seed: "follow" });
  const at = NOW + DAY_MS;

  test("an unpaid order is released when it is paid", () => {
    const paid = follow.paid(next("unpaid"), at);
    expect(paid.topic).toBe("orders/paid");
    expect(paid.payload).toMatchObject({
      financial_status: "paid",
      total_outstanding: "0.00",
      updated_at: "2026-12-09T10:00:00+01:00",
    });
    expect(new Set(statesOf(paid))).toEqual(new Set(["released"]));
  });

  test("an update may change nothing but the time, or lift a hold", () => {
    const order = next("tagged");
    const same = follow.updated(order, at);
    expect({ ...same.payload, updated_at: "" }).toEqual({ ...order.payload, updated_at: "" });
    const lifted = follow.updated(same, at + 1_000, { tags: [] });
    expect(new Set(statesOf(lifted))).toEqual(new Set(["released"]));
    expect(() => follow.updated(lifted, at)).toThrow(RangeError);
  });

  test("a cancelled order has nothing left to send", () => {
    const cancelled = follow.cancelled(next("plain"), at, "inventory");
    expect(cancelled.payload).toMatchObject({
      cancel_reason: "inventory",
      financial_status: "refunded",
      current_total_price: expect.any(String),
    });
    expect(cancelled.payload.line_items.every((line) => line.current_quantity === 0 && line.fulfillable_quantity === 0)).toBe(
      true,
    );
    expect(cancelled.expected.purchaseOrders).toEqual([]);
    expect(follow.cancelled(next("unpaid"), at).payload.financial_status).toBe("voided");
  });

  test("an edit gives lines other quantities, and its notice carries the differences", () => {
    const order = next("plain");
    const edited = follow.edited(order, at, ({ current }, index) => (index === 0 ? current + 2 : current));
    const [line] = edited.payload.line_items;
    const [before] = order.payload.line_items;
    expect(line).toMatchObject({ quantity: before!.quantity + 2, current_quantity: before!.current_quantity + 2 });
    expect(editNotice(order, edited)).toContain(`"order_id":${order.payload.id},`);
    expect(editNotice(order, edited)).toContain(`"line_items":{"additions":[{"id":${line!.id},"delta":2}],"removals":[]}`);

    const removed = follow.edited(edited, at + 1_000, () => 0);
    expect(removed.expected.purchaseOrders).toEqual([]);
    expect(removed.payload.line_items[0]?.quantity).toBe(line!.quantity);
    expect(editNotice(edited, removed)).toContain(`"delta":${line!.current_quantity}`);
  });

  test("what was sent by hand leaves the purchase order", () => {
    const sent = follow.fulfilled(next("plain"), at);
    expect(sent.payload).toMatchObject({ fulfillment_status: "fulfilled", fulfillments: [{ status: "success" }] });
    expect(sent.expected.purchaseOrders).toEqual([]);
  });
});

describe("what is refused", () => {
  test("suppliers whose SKUs or vendors cannot be told apart", () => {
    expect(() => generator({ suppliers: [AGRIEST, { ...FOURNIAL, skuPrefixes: ["AGR"] }] })).toThrow(
      "AGR- could mean agriest and fournial",
    );
    expect(() => generator({ suppliers: [AGRIEST, { ...FOURNIAL, vendors: ["Kramp"] }] })).toThrow("Kramp could mean");
  });

  test("an order before the beginning", () => {
    expect(() => generator({ now: () => SINCE - 1 }).next()).toThrow(RangeError);
    expect(() => generator({ since: NOW - 1, now: () => NOW - 1 }).next()).toThrow(RangeError);
  });
});
