// The examples beside each format: a supplier's engineer reads them, and fuzzing begins with them.
import { existsSync, readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import { acknowledgementExamples } from "../test/fuzz/samples.ts";
import { formatNames } from "./registry.ts";

const schemaOf = (name: string): URL => new URL(`formats/${name}/${name}.xsd`, import.meta.url);

test.each(formatNames.filter((name) => existsSync(schemaOf(name))))("the examples of %s are valid by its schema", (name) => {
  using xsd = XmlDocument.fromBuffer(readFileSync(schemaOf(name)));
  using validator = XsdValidator.fromDoc(xsd);
  for (const text of acknowledgementExamples(name).values()) {
    using document = XmlDocument.fromBuffer(Buffer.from(text));
    expect(() => validator.validate(document)).not.toThrow();
  }
});
