// The examples beside each format: a supplier's engineer reads them, and fuzzing begins with them.
import { existsSync, readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import { acknowledgementExamples, ANSWERED } from "../test/fuzz/samples.ts";
import { acknowledgementStatuses } from "../domain/acknowledgement.ts";
import { formatNames, formatOf } from "./registry.ts";

const schemaOf = (name: string): URL => new URL(`formats/${name}/${name}.xsd`, import.meta.url);

test.each(formatNames)("%s has examples of acknowledgements, of every status, that it reads", (name) => {
  const read = [...acknowledgementExamples(name).values()].map((text) => formatOf(name).readAcknowledgement(Buffer.from(text)));
  expect(read.every((one) => one.ok && one.answer.purchaseOrder === ANSWERED)).toBe(true);
  expect(new Set(read.map((one) => one.ok && one.answer.status))).toEqual(new Set(acknowledgementStatuses));
});

test.each(formatNames.filter((name) => existsSync(schemaOf(name))))("the examples of %s are valid by its schema", (name) => {
  using xsd = XmlDocument.fromBuffer(readFileSync(schemaOf(name)));
  using validator = XsdValidator.fromDoc(xsd);
  for (const text of acknowledgementExamples(name).values()) {
    using document = XmlDocument.fromBuffer(Buffer.from(text));
    expect(() => validator.validate(document)).not.toThrow();
  }
});
