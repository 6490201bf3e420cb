// The dispatcher's sections of handler.yaml: what each key means, its default, and what it becomes in memory.
// config/reference.yaml shows every key; config/handler.schema.json is generated from here (`npm run generate`).
import { isAbsolute, join } from "node:path/posix";
import { secret, shopsSchema } from "@soh/shared/config";
import { z } from "zod";
import type { Expectation } from "../domain/expectation.ts";
import type { HoldRule } from "../domain/hold-rules.ts";
import type { Party } from "../domain/content.ts";
import {
  boundedTexts,
  encodings,
  formatNames,
  pricedFormats,
  purposes,
  type BoundedText,
  type Limits,
} from "../domain/document.ts";
import { answersSchema } from "./answers.ts";
import type { Address } from "../domain/order.ts";
import { ruleErrors } from "../domain/rule-check.ts";
import { requirableFields, type Condition, type Pattern, type Rule } from "../domain/supplier.ts";
import { compilePattern, LONGEST_PATTERN } from "./pattern.ts";
import { calendarsSchema, deadline, schedule, workingDaysAhead } from "./schedule-schema.ts";
import { duration, instant, money, oneOrMore, port, wait, wholeNumber } from "./scalars.ts";

const phone = z.string().regex(/^\+[0-9]{4,15}$/, "expected a phone number in E.164, such as +33300000000");

const country = z.string().regex(/^[A-Z]{2}$/, "expected a country in two capital letters, such as FR");

const address = z
  .strictObject({
    street: z.string().min(1),
    street2: z.string().optional(),
    zip: z.string().min(1),
    city: z.string().min(1),
    province: z.string().optional(),
    country,
  })
  .transform((one): Address => ({
    company: null,
    name: null,
    ...one,
    street2: one.street2 ?? null,
    province: one.province ?? null,
  }));

/** `name` may be left out where the supplier's own name stands for it. */
const partyShape = {
  siret: z
    .string()
    .regex(/^\d{14}$/, "expected the 14 digits of a SIRET")
    .optional(),
  vat: z.string().min(4).optional().describe("VAT number, such as FR12345678901."),
  gln: z
    .string()
    .regex(/^\d{13}$/, "expected the 13 digits of a GLN")
    .optional(),
  contact: z.string().min(1).optional().describe("Whom to ask."),
  phone: phone.optional(),
  email: z.string().min(3).optional(),
  address: address.optional(),
};
const party = z.strictObject({ name: z.string().min(1).describe("The legal name."), ...partyShape }).transform(asParty);

function asParty(
  one: { readonly name: string } & { readonly [Key in keyof Omit<Party, "name">]?: Party[Key] | undefined },
): Party {
  return {
    name: one.name,
    siret: one.siret ?? null,
    vat: one.vat ?? null,
    gln: one.gln ?? null,
    contact: one.contact ?? null,
    phone: one.phone ?? null,
    email: one.email ?? null,
    address: one.address ?? null,
  };
}

export const buyerSchema = party.describe("Who orders from the suppliers, and whom they invoice.");

const countries = oneOrMore(z.string().regex(/^[A-Z]{2}$/, "expected a country in two capital letters, such as FR"));

const holdRule = z.union([
  z.strictObject({ value_over: money() }).transform((rule): HoldRule => ({ kind: "value-over", limit: rule.value_over })),
  z.strictObject({ tag: z.string().min(1) }).transform((rule): HoldRule => ({ kind: "tag", tag: rule.tag })),
  z.strictObject({ note: z.literal("present") }).transform((): HoldRule => ({ kind: "note-present" })),
  z
    .strictObject({ country: countries })
    .transform((rule): HoldRule => ({ kind: "country", countries: rule.country, held: "in" })),
  z
    .strictObject({ country: z.strictObject({ not_in: countries }) })
    .transform((rule): HoldRule => ({ kind: "country", countries: rule.country.not_in, held: "not-in" })),
  z.strictObject({ first_order: z.literal(true) }).transform((): HoldRule => ({ kind: "first-order" })),
  z.strictObject({ po_box: z.literal(true) }).transform((): HoldRule => ({ kind: "po-box" })),
]);

export const dispatchSchema = z
  .strictObject({
    since: instant().describe(
      "Orders created earlier are stored as historic; only a person sends them. Mandatory: without it, the first tag on an old order would order it again.",
    ),
    release: z
      .strictObject({
        paid: z
          .boolean()
          .default(true)
          .describe("Paid (or partially refunded) orders go by themselves. false: a person releases each."),
        terms: z
          .boolean()
          .default(false)
          .describe("Orders with payment terms, which the customer pays by invoice later, go by themselves, too."),
        or_tag: oneOrMore(z.string().min(1)).default([]).describe("Orders with one of these tags go by themselves, too."),
        test_orders: z.enum(["dry-run", "send"]).default("dry-run").describe("dry-run: test orders are rendered and never sent."),
      })
      .prefault({}),
    hold: z
      .array(holdRule)
      .default([])
      .describe(
        "Orders that wait for a person: over a value, with a tag or a note, to a country or a post office box, or the first to a supplier.",
      ),
    unmatched: z
      .enum(["dispatch-rest", "hold-order"])
      .default("dispatch-rest")
      .describe("What happens to an order's other lines when one matches no supplier."),
    fallback: z
      .enum(["none", "stock"])
      .default("none")
      .describe(
        "Where rules of several suppliers match equally specifically: none, the highest priority gets the line; stock, the next that has it in stock where those before have too little.",
      ),
    split: z
      .enum(["never", "allowed"])
      .default("never")
      .describe("Whether the units of one line may come from several suppliers, where none has them all."),
    attributes: z
      .strictObject({
        requested_date: z
          .array(z.string().min(1))
          .default(["Delivery date", "Delivery-Date", "Date de livraison"])
          .describe("Note attributes with the day, or two days, on which the customer wishes the delivery."),
        pickup_point: z
          .array(z.string().min(1))
          .default(["Pickup point", "Point relais"])
          .describe("Note attributes with the carrier's id of the place where the customer collects."),
        pickup_codes: z
          .array(z.string().min(1))
          .default([])
          .describe("Shipping codes that begin so end with the pickup point's id, such as MONDIAL-RELAY-."),
      })
      .prefault({})
      .describe("Where apps of the shop write the customer's wishes. Names are compared without regard to case."),
  })
  .refine((dispatch) => dispatch.split === "never" || dispatch.fallback === "stock", {
    path: ["split"],
    message: "expected `fallback: stock` beside it: without that, stock decides nothing",
  })
  .transform((dispatch) => ({
    since: dispatch.since,
    release: { paid: dispatch.release.paid, terms: dispatch.release.terms, tags: dispatch.release.or_tag },
    testOrders: dispatch.release.test_orders,
    holds: dispatch.hold,
    unmatched: dispatch.unmatched,
    sourcing: { fallback: dispatch.fallback, split: dispatch.split },
    attributes: {
      requestedDate: dispatch.attributes.requested_date,
      pickupPoint: dispatch.attributes.pickup_point,
      pickupCodePrefixes: dispatch.attributes.pickup_codes,
    },
  }))
  .describe("Which orders go to the suppliers, and when.");

const text = z.string().min(1);

const glob = text.max(LONGEST_PATTERN, `expected at most ${LONGEST_PATTERN} characters`);

const regexes = z.union([text, z.array(text).min(1)]).transform((value, context): readonly Pattern[] =>
  (Array.isArray(value) ? value : [value]).flatMap((source, index) => {
    try {
      return [compilePattern(source)];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message, path: Array.isArray(value) ? [index] : [] });
      return [];
    }
  }),
);

const skuPattern = z
  .strictObject({
    prefix: oneOrMore(text)
      .transform((prefixes): Condition => ({ kind: "sku-prefix", prefixes }))
      .optional(),
    glob: oneOrMore(glob)
      .transform((globs): Condition => ({ kind: "sku-glob", globs }))
      .optional(),
    regex: regexes.transform((patterns): Condition => ({ kind: "sku-regex", patterns })).optional(),
  })
  .transform((all, context): Condition => {
    const [only, another] = Object.values(all).filter((one) => one !== undefined);
    if (only === undefined || another !== undefined) {
      context.addIssue({ code: "custom", message: "expected one of prefix, glob and regex" });
      return z.NEVER;
    }
    return only;
  });

const sku = z.union([oneOrMore(text).transform((skus): Condition => ({ kind: "sku-exact", skus })), skuPattern]);

const conditions = {
  sku: sku.describe("Exactly these SKUs; or {prefix: …}, {glob: …} or {regex: …}."),
  catalogue: z
    .literal(true)
    .transform((): Condition => ({ kind: "catalogue" }))
    .describe("The supplier's catalogue has an entry for the SKU."),
  property: z
    .strictObject({ name: text, value: text.optional() })
    .transform(({ name, value }): Condition => ({ kind: "property", name, value: value ?? null }))
    .describe("A property of the line, with this value; without one, it is there and not empty."),
  vendor: oneOrMore(text)
    .transform((vendors): Condition => ({ kind: "vendor", vendors }))
    .describe("The product's vendor in Shopify."),
  product_type: oneOrMore(text)
    .transform((types): Condition => ({ kind: "product-type", types }))
    .describe("The product's type in Shopify. Not known yet: lines that only it could decide wait as facts missing."),
  tag: oneOrMore(text)
    .transform((tags): Condition => ({ kind: "tag", tags }))
    .describe("The order has one of these tags."),
  country: oneOrMore(country)
    .transform((countries): Condition => ({ kind: "country", countries }))
    .describe("The country that is shipped to."),
  default: z
    .literal(true)
    .transform((): Condition => ({ kind: "default" }))
    .describe("Takes what no other rule takes. At most one supplier has it, in a rule of its own."),
};

const rule = z
  .strictObject({
    ...z.strictObject(conditions).partial().shape,
    priority: z
      .union([
        z.number(),
        z
          .string()
          .regex(/^-?\d+$/, "expected a whole number")
          .transform(Number),
      ])
      .pipe(z.int("expected a whole number"))
      .default(0)
      .describe("Between suppliers whose rules match equally specifically the highest wins."),
  })
  .transform(({ priority, ...all }): Rule => ({
    conditions: Object.values(all).filter((one) => one !== undefined),
    priority,
  }))
  .refine(({ conditions: all }) => all.length > 0, `expected at least one of ${Object.keys(conditions).join(", ")}`)
  .refine(({ conditions: all }) => all.length <= 1 || all.every((one) => one.kind !== "default"), {
    path: ["default"],
    message: "expected no other condition beside it: it takes what no other rule takes",
  });

const number = z
  .strictObject({
    pattern: text
      .refine((one) => one.includes("{n}"), "expected {n}, which makes the number unique")
      .describe("{order}: the shop's order number; {n}: from 1 until unique."),
    max: wholeNumber(1, 100).default(35).describe("Most characters that the supplier takes."),
    alphabet: text.default("A-Za-z0-9-").describe("Characters that the supplier takes."),
  })
  .describe("How purchase orders to this supplier are numbered. A number that does not fit is held.");

const limit = wholeNumber(5, 10_000).optional();
const limits = z
  .strictObject({
    ...boundedTexts.reduce(
      (shape, name) => ({ ...shape, [name]: limit }),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- filled by the reduction
      {} as Record<BoundedText, typeof limit>,
    ),
    overflow: z.enum(["flow", "hold"]).default("flow"),
  })
  .transform(({ overflow, ...all }) => {
    const limits: Limits = Object.fromEntries(Object.entries(all).filter(([, most]) => most !== undefined));
    return { limits, overflow };
  });

const template = z
  .strictObject({
    file: text.describe("The Liquid template; relative to this file."),
    media_type: z
      .string()
      .regex(/^[a-z]+\/[a-z0-9.+-]+$/, "expected a media type, such as text/csv")
      .optional()
      .describe("Of the documents. Default: by the file's name, before .liquid."),
    escape: z
      .enum(["xml", "none"])
      .optional()
      .describe("xml: every output is escaped, the default of XML. none: the default of everything else."),
    purposes: z
      .array(z.enum(purposes))
      .refine((all) => all.includes("original"), "expected original among them")
      .default(["original"])
      .describe("What the template can say: the supplier must understand its changes and cancellations, too."),
  })
  .describe("For the format template: see docs/formats/template.md.");

const documentShape = z.strictObject({
  format: z.enum(formatNames).describe("The language of the purchase order."),
  template: template.optional(),
  schema: text
    .optional()
    .describe(
      "XML Schema (XSD) that each document must satisfy before it is sent; relative to this file, like what it includes.",
    ),
  answers: answersSchema.optional(),
  encoding: z.enum(encodings).default("utf-8").describe("The encoding of the files."),
  newline: z.enum(["lf", "crlf"]).default("lf"),
  characters: z
    .enum(["transliterate", "hold"])
    .default("transliterate")
    .describe("Characters that the encoding lacks: written with the nearest that it has, or the purchase order is held."),
  max: limits
    .prefault({})
    .describe(
      "Most characters that the supplier's system takes. What is longer goes on in the next free field (overflow: flow), and where there is none, or with overflow: hold, the purchase order is held. Nothing is cut.",
    ),
  extras: z
    .record(text, z.string())
    .default({})
    .describe("Fields of the supplier's own, in the place that the format has for such."),
  contract: text.optional().describe("Number of the contract with the supplier."),
  invoice_to: party.optional().describe("Whom the supplier invoices, when it is not the buyer."),
  seller: z.strictObject(partyShape).prefault({}).describe("The supplier, as its own system knows it."),
  price: z
    .union([
      z.enum(["none", "cost"]).transform((policy) => ({ policy, missing: "hold" as const })),
      z.strictObject({
        policy: z.enum(["none", "cost"]),
        missing: z.enum(["hold", "omit"]).default("hold").describe("A line whose cost the catalogue does not tell."),
      }),
    ])
    .default({ policy: "none", missing: "hold" })
    .describe("none, or cost: what the supplier charges us, from its catalogue. Never the shop's price."),
  customer_email: z
    .enum(["send", "omit"])
    .default("send")
    .describe("Whether the supplier gets the end customer's e-mail address."),
  partial: z.boolean().optional().describe("Whether the supplier may ship in parts. Without it, nothing is said."),
  backorder: z.boolean().optional().describe("Whether the supplier may ship later what it lacks."),
  substitution: z.boolean().optional().describe("Whether the supplier may ship something else instead."),
  carrier: text.optional().describe("The carrier to ship with."),
  carrier_account: text.optional().describe("Our account at that carrier."),
  requested_date: workingDaysAhead()
    .optional()
    .describe("When delivery is asked for where the customer wishes no date, such as +3 working days."),
  incoterm: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected an Incoterm in three capital letters, such as DAP")
    .optional(),
  delivery_note: z
    .strictObject({
      neutral: z.boolean().default(false).describe("Without the supplier's own name."),
      prices: z.boolean().default(false),
      sender: text.optional().describe("Who the customer shall see as the sender."),
    })
    .optional()
    .describe("What the delivery note in the parcel shall be like. Without it, nothing is said."),
  shipping: z
    .looseObject({ unmapped: z.enum(["hold", "omit"]).default("hold") })
    .catchall(text)
    .transform(({ unmapped, ...codes }) => ({ codes, unmapped }))
    .default({ codes: {}, unmapped: "omit" })
    .describe(
      "The customer's shipping method → the supplier's code. `unmapped` says what to do with any other: hold (default) or omit.",
    ),
});

const documentSection = documentShape.superRefine((document, context) => {
  const complain = (path: readonly string[], message: string): void =>
    context.addIssue({ code: "custom", path: [...path], message });
  if (document.format === "template" && document.template === undefined) {
    complain(["template"], "expected the template, because the format is template");
  }
  if (document.format !== "template" && document.template !== undefined) {
    complain(["template"], `the format ${document.format} has no template: expected format: template`);
  }
});

const tlsVersion = z.enum(["TLSv1.2", "TLSv1.3"]);

const ftps = z.strictObject({
  kind: z.literal("ftps").describe("FTP with explicit TLS, always verified."),
  host: text,
  port: port().default(21),
  user: text,
  password: secret(),
  tls: z
    .strictObject({
      ca: text
        .optional()
        .describe("PEM file with the certificate authority to trust instead of the system's; relative to this file."),
      min: tlsVersion.default("TLSv1.2"),
      max: tlsVersion.default("TLSv1.3"),
    })
    .prefault({}),
  connections: wholeNumber(1, 10).default(1).describe("Most connections at once."),
  timeout: duration().prefault("30s").describe("Longest silence of the server."),
});

const absoluteFolder = text
  .refine(isAbsolute, "expected an absolute folder at the supplier, such as /IN")
  .transform((folder) => (folder === "/" ? folder : join(folder).replace(/\/$/, "")));

const temporary = z.union([
  z.strictObject({ suffix: text }).transform(({ suffix }) => ({ prefix: "", suffix })),
  z.strictObject({ prefix: text }).transform(({ prefix }) => ({ prefix, suffix: "" })),
]);

const folders = z.strictObject({
  orders: z.strictObject({
    path: absoluteFolder,
    name: text
      .refine((one) => one.includes("{number}"), "expected {number}")
      .refine((one) => !one.includes("/"), "expected a file name, without a folder")
      .describe("{number}, {version}, {copy}. Characters outside letters, digits, dot, dash and underscore are encoded."),
    temporary: temporary.prefault({ suffix: ".tmp" }).describe("What the supplier's reader ignores while the file is uploaded."),
  }),
  acknowledgements: z
    .strictObject({
      path: absoluteFolder,
      match: text.default("*").describe("Glob of the file names to read."),
      after: z.enum(["archive", "delete"]).default("archive").describe("archive: into the folder `archive` below; delete."),
      every: duration().prefault("1m").describe("How often it is looked at."),
    })
    .optional(),
});

const expectation = z
  .strictObject({
    expect: z.enum(["none", "received", "accepted"]),
    within: deadline()
      .optional()
      .describe("Deadline after sending, such as 4h, 4 working hours or 2 working days; an alert when it passes."),
  })
  .refine((one) => one.expect === "none" || one.within !== undefined, {
    path: ["within"],
    message: "expected a deadline, such as 4h",
  })
  .refine((one) => one.expect !== "none" || one.within === undefined, {
    path: ["within"],
    message: "expected no deadline, because no answer is expected",
  })
  .transform(({ expect, within }): Expectation[] => (expect === "none" || within === undefined ? [] : [{ expect, within }]));

const acknowledgement = z
  .union([
    expectation,
    z
      .array(expectation)
      .min(1)
      .transform((all) => all.flat()),
  ])
  .refine((all) => new Set(all.map((one) => one.expect)).size === all.length, "expected each of received and accepted once")
  .describe("What the supplier answers, and until when after sending: one thing, or a list of both.");

const retry = z
  .strictObject({
    waits: z
      .array(wait())
      .min(1)
      .max(20)
      .prefault(["5s", "30s", "2m", "10m", "1h", "3h"])
      .describe("Longest wait after the first failure, the second and so on; each is drawn at random between nothing and this."),
    every: wait().prefault("6h").describe("Longest wait from then on."),
    for: duration().prefault("3d").describe("How long from then on; then it has failed, and a person decides."),
  })
  .prefault({})
  .describe("When a purchase order is tried again that did not get through.");

const breaker = z
  .strictObject({
    after: wholeNumber(1, 100).default(5).describe("Failures in a row, of any purchase orders, that open it."),
    probe: wait().prefault("30s").describe("When a first purchase order is let through to try; doubles with each that fails."),
    longest: wait().prefault("10m").describe("It never waits longer than this."),
  })
  .refine((one) => one.longest >= one.probe, { path: ["longest"], message: "expected at least `probe`" })
  .prefault({})
  .describe("While a supplier's server is down its purchase orders wait together, and one at a time is let through to try.");

const timezone = text.refine((one) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: one }).format(0) !== "";
  } catch {
    return false;
  }
}, "expected a time zone, such as Europe/Paris");

const catalogue = z
  .strictObject({
    required: z
      .boolean()
      .default(false)
      .describe("A line that the catalogue does not have holds the purchase order. false: it goes by the shop's own SKU."),
    pack: z
      .enum(["refuse", "hold", "round_up"])
      .default("hold")
      .describe("Pieces that are no whole packs: the line is unmatched, the purchase order is held, or a whole pack is ordered."),
    timezone: timezone.default("UTC").describe("Where the days of valid_from begin."),
  })
  .prefault({})
  .describe("How the supplier's catalogue is used: `soh catalogue import` brings it.");

const minimum = z
  .strictObject({
    net: money().describe("At cost, from the catalogue."),
    below: z
      .enum(["hold", "combine"])
      .default("hold")
      .describe("hold: a person decides. combine: it waits until those that wait reach the minimum together."),
  })
  .describe("What a purchase order must be worth.");

const supplierKeys = z.strictObject({
  name: text.describe("As people call it."),
  mode: z
    .enum(["live", "dry-run"])
    .default("live")
    .describe("dry-run: every document is written and none is sent. What was made in dry run then waits for a person's release."),
  account: text.optional().describe("The merchant's customer number at this supplier."),
  number,
  rules: z
    .array(rule)
    .min(1)
    .describe(
      "Which lines are this supplier's. All that a rule says must hold; of several values any will do. The most specific rule wins: sku, catalogue, sku prefix, glob or regex, property, vendor, product_type, tag, country, default.",
    ),
  require: z.array(z.enum(requirableFields)).default([]).describe("Fields without which a purchase order is held."),
  catalogue,
  minimum: minimum.optional(),
  hold: z
    .array(holdRule)
    .default([])
    .describe("Orders that wait for a person before they go to this supplier, besides those of dispatch.hold."),
  schedule,
  document: documentSection,
  transport: ftps,
  folders,
  acknowledgement: acknowledgement.default([]),
  retry,
  breaker,
});

const supplier = supplierKeys
  .refine((one) => one.acknowledgement.every(({ within }) => within.kind === "time") || one.schedule.calendar !== null, {
    path: ["acknowledgement"],
    message: "working time needs schedule.calendar, which says what it is",
  })
  .refine((one) => one.document.requested_date === undefined || one.schedule.calendar !== null, {
    path: ["document", "requested_date"],
    message: "working days need schedule.calendar, which says what they are",
  });

export const suppliersSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "expected a short lower-case name, such as agriest"), supplier)
  .refine((all) => Object.keys(all).length > 0, "expected at least one supplier")
  .superRefine((all, context) => {
    const unread = context.issues.length > 0; // Then not every rule is what it says to be.
    const complain = (path: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    const places = Object.entries(all).map(([id, { transport, folders }]) => {
      const at = (folder: string): string => `${transport.host}:${transport.port}${folder}`.toLowerCase();
      const answers = folders.acknowledgements;
      return {
        id,
        folders,
        orders: at(folders.orders.path),
        answers: answers && { place: at(answers.path), match: answers.match },
      };
    });
    for (const [index, one] of places.entries()) {
      for (const other of places.slice(0, index)) {
        if (other.orders === one.orders) {
          complain([one.id, "folders", "orders", "path"], `the supplier ${other.id} has the same server and folder`);
        }
        if (
          one.answers &&
          other.answers?.place === one.answers.place &&
          mayMatchTheSame(one.answers.match, other.answers.match)
        ) {
          complain(
            [one.id, "folders", "acknowledgements", "match"],
            `the supplier ${other.id} reads the same folder, and both may match one file`,
          );
        }
      }
      // Else we would take our own purchase orders for answers, and put them away.
      for (const writer of places.filter((place) => place.orders === one.answers?.place)) {
        const { name, temporary: t } = writer.folders.orders;
        if (
          one.answers &&
          [name, `${t.prefix}${name}`, `${name}${t.suffix}`].some((pattern) =>
            mayMatchTheSame(one.answers?.match ?? "*", pattern.replace(/\{.*\}/, "*")),
          )
        ) {
          complain(
            [one.id, "folders", "acknowledgements", "match"],
            `it may match the purchase orders that are written into the same folder`,
          );
        }
      }
    }
    for (const found of unread ? [] : ruleErrors(Object.entries(all).map(([id, { rules }]) => ({ id, rules })))) {
      complain([found.supplier, "rules", found.rule], found.message);
    }
    for (const [id, one] of Object.entries(all)) {
      if (one.acknowledgement.length > 0 && one.folders.acknowledgements === undefined) {
        complain([id, "folders"], "an acknowledgement is expected, so expected the folder acknowledgements");
      }
      const { format, price } = one.document;
      if (pricedFormats.includes(format) && price.policy === "none") {
        complain([id, "document", "price"], `the format ${format} needs a price in each line, so expected cost`);
      }
    }
  })
  .describe("The suppliers, by a short name that must not change later.");

/** Whether one file name could match both globs: unless what stands before the first wildcard, or after the last, differs. */
function mayMatchTheSame(a: string, b: string): boolean {
  const ends = (glob: string): readonly [string, string] => {
    const parts = glob.toLowerCase().split(/[*?]/);
    return [parts[0] ?? "", parts.at(-1) ?? ""];
  };
  const [startA, endA] = ends(a);
  const [startB, endB] = ends(b);
  return (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA));
}

/** The sections that the dispatcher reads: all of them. */
export const sections = {
  shops: shopsSchema,
  calendars: calendarsSchema,
  buyer: buyerSchema,
  dispatch: dispatchSchema,
  suppliers: suppliersSchema,
};

/** The suppliers, where every calendar that one names is among these. */
export const suppliersWith = (calendars: Readonly<Record<string, unknown>>) =>
  suppliersSchema.superRefine((all, context) => {
    const known = Object.keys(calendars);
    for (const [id, { schedule: own }] of Object.entries(all)) {
      if (own.calendar !== null && !known.includes(own.calendar)) {
        const expected =
          known.length === 0 ? "there are none: write the section calendars" : `expected one of ${known.join(", ")}`;
        context.addIssue({
          code: "custom",
          path: [id, "schedule", "calendar"],
          message: `there is no calendar "${own.calendar}"; ${expected}`,
        });
      }
    }
  });

export type SupplierSection = z.output<typeof supplier>;
