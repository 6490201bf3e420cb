// What others published of a format: its definition and its samples, in a folder by the format's name, in the one that
// XML_SCHEMAS names. They are not ours to ship: where they are absent, tests check what they can without.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DtdValidator, XmlDocument, XmlDtd, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import type { FormatName } from "../../domain/purchase-order/document.ts";

export const publishedFolder = process.env["XML_SCHEMAS"];

/** Throws where a document breaks the definition. Returns false where the definition is not there. */
export type Validate = (bytes: Uint8Array) => boolean;

/** By the XML Schema in `file`, below the format's folder; which one may depend on a document's root element. */
export function publishedSchema(format: FormatName, file: string | ((root: string) => string)): Validate {
  xmlRegisterFsInputProviders(); // They include each other by relative paths.
  return validation(format, file, (path) => {
    using xsd = XmlDocument.fromBuffer(readFileSync(path), { url: path });
    return XsdValidator.fromDoc(xsd);
  });
}

/** By the document type definition in `file`, below the format's folder. */
export const publishedDtd = (format: FormatName, file: string): Validate =>
  validation(format, file, (path) => new DtdValidator(XmlDtd.fromBuffer(readFileSync(path))));

function validation(
  format: FormatName,
  file: string | ((root: string) => string),
  load: (path: string) => XsdValidator | DtdValidator,
): Validate {
  const folder = publishedFolder === undefined ? undefined : join(publishedFolder, format);
  const loaded = new Map<string, XsdValidator | DtdValidator>(); // Each takes its time.
  return (bytes) => {
    using document = XmlDocument.fromBuffer(bytes);
    if (folder === undefined || !existsSync(folder)) {
      return false;
    }
    const path = join(folder, typeof file === "string" ? file : file(document.root.name));
    const validator = loaded.get(path) ?? load(path);
    loaded.set(path, validator);
    validator.validate(document);
    return true;
  };
}

/** Such as samples/ of a format's folder, by what their names match; none where they are not there. */
export function publishedSamples(folder: string, match: RegExp): readonly (readonly [name: string, bytes: Buffer])[] {
  const path = publishedFolder === undefined ? undefined : join(publishedFolder, folder);
  return path === undefined || !existsSync(path)
    ? []
    : readdirSync(path)
        .filter((name) => match.test(name))
        .map((name) => [name, readFileSync(join(path, name))] as const);
}
