// What a document must satisfy before it is sent: the supplier's own XML Schema.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BadDocument, DocumentHeld } from "../domain/delivery/failure.ts";
import { plainXml } from "./formats/template/test/lacour.ts";
import { createLanguage } from "./language.ts";
import { BadSchema, openSchema } from "./schema.ts";
import { plainContent } from "./test/contents.ts";
import { plainSettings } from "./test/settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-schema-"));
  mkdirSync(join(folder, "in"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';

function file(name: string, content: string): { readonly file: string; readonly bytes: Uint8Array } {
  const path = join(folder, "in", name);
  writeFileSync(path, content);
  return { file: path, bytes: readFileSync(path) };
}

const schemaWith = (include: string): string => `<xs:schema ${XS}>${include}<xs:element name="A" type="T"/></xs:schema>`;
const TYPE = `<xs:schema ${XS}><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`;

test("a document that satisfies it is written; one that does not is a bad document, with the validator's line", () => {
  const xsd = new URL("formats/order-xml/order-xml.xsd", import.meta.url);
  const schema = { file: xsd.pathname, bytes: readFileSync(xsd) };
  const plain = createLanguage({ ...plainSettings, schema });
  expect(plain.write(plainContent()).bytes.length).toBeGreaterThan(100);
  plain.close();
  const other = createLanguage({ ...plainXml, schema });
  const write = () => other.write(plainContent());
  expect(write).toThrow(BadDocument);
  expect(write).not.toThrow(DocumentHeld);
  expect(write).toThrow(/^the document is not valid by .*order-xml\.xsd: line 2: Element 'PurchaseOrder'/);
  other.close();
});

test("what it includes is found beside it, by name and below", () => {
  file("type.xsd", TYPE);
  const schema = openSchema(file("main.xsd", schemaWith('<xs:include schemaLocation="type.xsd"/>')));
  expect(() => schema.validate(Buffer.from("<A>7</A>"))).not.toThrow();
  expect(() => schema.validate(Buffer.from("<A>\nseven</A>"))).toThrow(/not valid by .*main\.xsd: line 1: Element 'A'/);
  schema.close();
});

test("nothing outside its folder is read, also not through a link, and nothing from a network", () => {
  writeFileSync(join(folder, "type.xsd"), TYPE);
  symlinkSync(join(folder, "type.xsd"), join(folder, "in", "link.xsd"));
  for (const place of ["../type.xsd", join(folder, "type.xsd"), "link.xsd", "http://127.0.0.1:9/type.xsd"]) {
    expect(() => openSchema(file("main.xsd", schemaWith(`<xs:include schemaLocation="${place}"/>`)))).toThrow(BadSchema);
  }
});

test("a document cannot have files read", () => {
  file("secret.txt", "secret");
  const schema = openSchema(file("main.xsd", `<xs:schema ${XS}><xs:element name="A"/></xs:schema>`));
  const entity = `<!DOCTYPE A [<!ENTITY e SYSTEM "file://${join(folder, "in", "secret.txt")}">]><A>&e;</A>`;
  expect(() => schema.validate(Buffer.from(entity))).toThrow(BadDocument);
  schema.close();
});

test.each([
  ["no XML", "hello", /main\.xsd cannot be used: .*line 1: /],
  ["no schema", "<a/>", /main\.xsd cannot be used: .*schema/i],
  ["a type that does not exist", `<xs:schema ${XS}>\n<xs:element name="A" type="T"/></xs:schema>`, /main\.xsd line 2: .*T/],
])("a file with %s is refused when it is opened", (_what, content, message) => {
  expect(() => openSchema(file("main.xsd", content))).toThrow(BadSchema);
  expect(() => openSchema(file("main.xsd", content))).toThrow(message);
});

test("many schemas and documents do not fill the validator's memory", () => {
  const xsd = new URL("formats/order-xml/order-xml.xsd", import.meta.url);
  const bytes = readFileSync(xsd);
  for (let round = 0; round < 200; round++) {
    const language = createLanguage({ ...plainSettings, schema: { file: xsd.pathname, bytes } });
    language.write(plainContent());
    language.close();
  }
  expect(() => openSchema({ file: xsd.pathname, bytes }).close()).not.toThrow();
});
