// What every format must do, whatever it looks like. Each format's own test calls this.
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { cases } from "../../domain/test/cases.ts";
import { acknowledgementStatuses } from "../../domain/answers/acknowledgement.ts";
import type { Content } from "../../domain/purchase-order/content.ts";
import type { DocumentSettings, FormatName } from "../../domain/purchase-order/document.ts";
import { BadDocument, DocumentHeld } from "../../domain/delivery/failure.ts";
import { acknowledgementExamples, ANSWERED } from "../../test/fuzz/samples.ts";
import { mapTexts } from "../characters.ts";
import { contentFieldNames, contentFields, type Place, type Places } from "../fields.ts";
import { createLanguage } from "../language.ts";
import { xmlText } from "../xml-text.ts";
import { awkwardTexts, fullContent, generatedContents, plainContent, priced } from "./contents.ts";
import { publishedFolder, type Validate } from "./published.ts";
import { plainSettings } from "./settings.ts";

export interface ContractSubject {
  readonly format: FormatName;
  readonly settings?: Partial<DocumentSettings>;
  /** Of `extras`: where { COLOUR: "red" } shows. */
  readonly places: Places;
  /** Prefix → namespace, for the places. */
  readonly namespaces?: Record<string, string>;
  /** Every text at a place; by XPath unless the format is no XML. */
  readonly find?: (bytes: Uint8Array, place: string) => readonly string[];
  /** By the format's published definition, or by one of our own. */
  readonly validate: Validate;
  /** Fields whose text must read back whole, whatever it is (up to the format's limits). Default: all. */
  readonly free?: readonly FreeText[];
  /** Fills in what the format cannot do without, so that generated orders are not held for it. */
  readonly complete?: (content: Content) => Content;
  /** It reads acknowledgements, and has examples of them. */
  readonly answers: boolean;
}

export const freeTexts = [
  "deliver to.company",
  "deliver to.name",
  "deliver to.street",
  "deliver to.street2",
  "deliver to.city",
  "customer.name",
  "instructions",
  "line.description",
  "line.supplier SKU",
  "line.note",
] as const;
type FreeText = (typeof freeTexts)[number];

/** Orders that are validated against the published definition, per purpose. */
const ORDERS = cases(1_000);
const SEED = 20_261_123;

export function formatContract(subject: ContractSubject): void {
  const settings: DocumentSettings = { ...plainSettings, ...subject.settings, format: subject.format };
  const language = createLanguage(settings);
  const needsPrice = language.needsPrice;
  const find = subject.find ?? ((bytes, place) => findInXml(bytes, place, subject.namespaces));
  const fit = (content: Content): Content => (needsPrice ? priced(content) : content);
  const shown = (bytes: Uint8Array, place: Place): readonly string[] =>
    "string" === typeof place ? find(bytes, place) : "at" in place ? find(bytes, place.at) : [];

  describe(`${subject.format}, as every format`, () => {
    test("the same content gives the same bytes", () => {
      const content = fullContent();
      expect(createLanguage(settings).write(content).bytes.equals(language.write(content).bytes)).toBe(true);
    });

    test("tabs, line ends and other white space in a text of one line go out as one space, and none at its ends", () => {
      const content = fullContent();
      const spoiled = mapTexts(content, (text) => `\t${text.replaceAll(" ", "\t \r\n\u00a0\u2028\v\f\u0085")}\n`);
      const rough = {
        ...spoiled,
        purpose: content.purpose,
        notes: content.notes,
        lines: spoiled.lines.map((line, index) => ({ ...line, notes: content.lines[index]?.notes ?? [] })),
      };
      expect(language.write(rough).bytes.toString("latin1")).toBe(language.write(content).bytes.toString("latin1"));
    });

    test("a line without a SKU is refused for that, with its line and title and what to do", () => {
      const content = fit(plainContent());
      const lines = content.lines.map((line) => ({ ...line, supplierSku: "", shopSku: "" }));
      expect(() => language.write({ ...content, lines })).toThrow(
        'line 1, "Dent de herse", has no SKU for the supplier to ship by: give its product one in Shopify',
      );
    });

    test.skipIf(subject.format === "template")("an order of nobody leaves no empty element", () => {
      const nobody = { name: "", email: null, language: null };
      const content = fit(plainContent({ customer: nobody }));
      const written = language.write(subject.complete?.(content) ?? content).bytes.toString("latin1");
      expect(written).not.toMatch(/<([\w:.-]+)>\s*<\/\1>|<[\w:.-]+\/>/);
    });

    test.each(
      contentFieldNames
        .map((field) => [field, subject.places[field]] as const)
        .filter(([, place]) => typeof place === "string" || "at" in place),
    )("has a place for %s", (field, place) => {
      const expected = typeof place === "object" && "shows" in place ? place.shows : contentFields[field](fullContent());
      expect(expected).toBeTruthy();
      const extras = field === "extras" ? { COLOUR: "red" } : {};
      const { bytes } = createLanguage({ ...settings, extras }).write(fullContent());
      expect(shown(bytes, place)).toContain(expected);
    });

    const purposes = ["replacement", "change", "cancellation"] as const;
    const said = ["original" as const, ...purposes.filter((purpose) => language.says[purpose])];

    test.each(purposes.filter((purpose) => !language.says[purpose]))("it cannot say %s, and refuses to", (purpose) => {
      expect(() => language.write(fullContent({ purpose }))).toThrow(BadDocument);
    });

    test.each(said)(`${ORDERS} generated orders, as %s: each is valid, or held for what is too long`, (purpose) => {
      const problems: string[] = [];
      let valid = 0;
      const complete = subject.complete ?? ((content: Content) => content);
      for (const [index, content] of generatedContents({ seed: SEED, count: ORDERS, price: needsPrice, purpose }).entries()) {
        try {
          subject.validate(language.write(complete(content)).bytes);
          valid++;
        } catch (error) {
          problems.push(...(error instanceof DocumentHeld ? [] : [`order ${index} of seed ${SEED}: ${String(error)}`]));
        }
      }
      expect(problems.slice(0, 3)).toEqual([]);
      expect(valid).toBeGreaterThan(ORDERS * 0.9);
    });

    test.skipIf(publishedFolder === undefined)("its published definition was really there", () => {
      expect(subject.validate(language.write(fullContent()).bytes)).toBe(true);
    });

    test.each(awkwardTexts)("%s in every free text: valid, and reads back the same", (_what, awkward) => {
      const expected = xmlText(awkward).replaceAll(/\s+/g, " ").trim();
      for (const field of subject.free ?? freeTexts) {
        const { bytes } = language.write(fit(withText(field, awkward)));
        subject.validate(bytes);
        expect([field, shown(bytes, subject.places[field]).map((one) => one.replaceAll(/\s+/g, " ").trim())]).toEqual([
          field,
          expect.arrayContaining([expected]),
        ]);
      }
    });

    test("with less than its fields, it is still valid", () => {
      const bare = plainContent({
        deliverTo: null,
        shipping: null,
        notes: [],
        customer: { name: "", email: null, language: null },
      });
      expect(() => subject.validate(language.write(fit(bare)).bytes)).not.toThrow();
    });

    test.runIf(!needsPrice)("without a price policy there is no amount in it", () => {
      const text = language.write(plainContent()).bytes.toString("utf8");
      expect(text).not.toMatch(/8\.40|12\.50|16\.80/);
    });

    test.runIf(needsPrice)("a line without a cost holds the purchase order, and says which", () => {
      expect(() => language.write(plainContent())).toThrow(DocumentHeld);
      expect(() => language.write(plainContent())).toThrow(/line 1/);
    });

    test("windows-1252: what it has stays, what it lacks becomes the nearest, and the document is valid", () => {
      const write = createLanguage({ ...settings, encoding: "windows-1252" });
      const { bytes, notes } = write.write(fit(withText("deliver to.city", "Besançon – Łódź €")));
      expect(notes).toEqual(["windows-1252 lacks some characters: Ł as L, ź as z"]);
      subject.validate(bytes);
      const text = new TextDecoder("windows-1252").decode(bytes);
      expect(text).toContain("Besançon – Lódz €");
      expect(text).not.toContain("\ufffd");
    });

    test("windows-1252 with characters: hold names the character", () => {
      const strict = createLanguage({ ...settings, encoding: "windows-1252", characters: "hold" });
      expect(() => strict.write(fit(withText("deliver to.city", "Łódź")))).toThrow(/"Ł" .* windows-1252/);
      expect(() => strict.write(fit(plainContent()))).not.toThrow();
    });

    test("crlf: every line ends so", () => {
      const text = createLanguage({ ...settings, newline: "crlf" })
        .write(fit(plainContent()))
        .bytes.toString("utf8");
      expect(text).toMatch(/\r\n/);
      expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    });

    test("a street too long goes on in the second line; with that taken, it is held, naming field and limit", () => {
      const short = createLanguage({ ...settings, limits: { street: 20 } });
      const street = "12 rue de la République Française";
      const content = fit(plainContent({ deliverTo: { ...plainContent().deliverTo, ...nowhere, street, street2: null } }));
      const { bytes } = short.write(content);
      expect(shown(bytes, subject.places["deliver to.street"])).toContain("12 rue de la");
      const full = { ...content, deliverTo: { ...nowhere, street, street2: "taken" } };
      expect(() => short.write(full)).toThrow(/deliver_to.street has 33 characters, and the supplier takes 20/);
    });

    test.runIf(subject.answers)("reads acknowledgements of every status in its examples", () => {
      const read = [...acknowledgementExamples(subject.format).values()].map((text) => language.read(Buffer.from(text)));
      expect(read.filter((one) => !one.ok)).toEqual([]);
      const answers = read.flatMap((one) =>
        one.ok && one.message.kind === "acknowledgement" ? [one.message.acknowledgement] : [],
      );
      expect(new Set(answers.map((one) => one.purchaseOrder))).toEqual(new Set([ANSWERED]));
      expect(new Set(answers.map((one) => one.status))).toEqual(new Set(acknowledgementStatuses));
    });

    test.each([
      ["nothing", ""],
      ["another document", "<Invoice><Number>1</Number></Invoice>"],
      ["half a document", "<Order"],
      ["no text", "\u0000\u0001\u0002"],
    ])("%s is not read, with a reason", (_what, text) => {
      expect(language.read(Buffer.from(text))).toMatchObject({ ok: false, reason: expect.stringMatching(/./) });
    });
  });
}

const nowhere = {
  company: "GAEC du Val",
  name: "Jeanne Martin",
  street: null,
  street2: null,
  zip: "35000",
  city: "Rennes",
  province: null,
  country: "FR",
  phone: null,
};

/** The full content with one text replaced. */
function withText(field: FreeText, text: string): Content {
  const full = fullContent();
  const deliverTo = { ...nowhere, street: "12 rue des Prés", ...full.deliverTo };
  const [line, ...rest] = full.lines;
  const withLine = (over: object): Content => ({ ...full, lines: line === undefined ? rest : [{ ...line, ...over }, ...rest] });
  switch (field) {
    case "deliver to.company":
      return { ...full, deliverTo: { ...deliverTo, company: text } };
    case "deliver to.name":
      return { ...full, deliverTo: { ...deliverTo, name: text } };
    case "deliver to.street":
      return { ...full, deliverTo: { ...deliverTo, street: text } };
    case "deliver to.street2":
      return { ...full, deliverTo: { ...deliverTo, street2: text } };
    case "deliver to.city":
      return { ...full, deliverTo: { ...deliverTo, city: text } };
    case "customer.name":
      return { ...full, customer: { ...full.customer, name: text } };
    case "instructions":
      return { ...full, notes: [text] };
    case "line.description":
      return withLine({ description: text });
    case "line.supplier SKU":
      return withLine({ supplierSku: text });
    case "line.note":
      return withLine({ notes: [text] });
  }
}

/** The texts at an XPath. */
export function findInXml(bytes: Uint8Array, place: string, namespaces?: Record<string, string>): readonly string[] {
  using document = XmlDocument.fromBuffer(bytes);
  return document.find(place, namespaces).map((node) => node.content);
}
