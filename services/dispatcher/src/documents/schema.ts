// Validation of our own documents by the supplier's XML Schema, before they are sent.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, relative, resolve, isAbsolute, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  ParseOption,
  readBuffer,
  openBuffer,
  closeBuffer,
  XmlDocument,
  XmlLibError,
  xmlCleanupInputProvider,
  xmlRegisterInputProvider,
  XsdValidator,
} from "libxml2-wasm";
import { BadDocument } from "../domain/delivery/failure.ts";

/** The schema cannot be used: a person must mend the file, or name another. */
export class BadSchema extends Error {
  override name = "BadSchema";
}

export const isXml = (mediaType: string): boolean => /^(application|text)\/([a-z0-9.-]+\+)?xml$/i.test(mediaType);

export interface DocumentSchema {
  /** Throws BadDocument with the validator's line and message. */
  validate(bytes: Uint8Array): void;
  /** Frees the memory outside JavaScript's. */
  close(): void;
}

/** Reads what the schema includes from its own folder; nothing else, and nothing from a network. Throws BadSchema. */
export function openSchema({ file, bytes }: { readonly file: string; readonly bytes: Uint8Array }): DocumentSchema {
  const validator = withFilesBeside(file, () => {
    try {
      using document = XmlDocument.fromBuffer(bytes, { url: pathToFileURL(file).href, option: ParseOption.XML_PARSE_NONET });
      return XsdValidator.fromDoc(document);
    } catch (error) {
      throw new BadSchema(`the schema ${file} cannot be used: ${explained(error)}`, { cause: error });
    }
  });
  return {
    validate(document) {
      try {
        using parsed = XmlDocument.fromBuffer(document, { option: ParseOption.XML_PARSE_NONET });
        validator.validate(parsed);
      } catch (error) {
        throw new BadDocument(`the document is not valid by ${file}: ${explained(error)}`, { cause: error });
      }
    },
    close: () => validator.dispose(),
  };
}

function explained(error: unknown): string {
  const [first, ...others] = error instanceof XmlLibError ? error.details : [];
  if (first === undefined) {
    return error instanceof Error ? error.message : String(error);
  }
  const where = first.file === undefined || first.file === "" ? "" : `${nameOf(first.file)} `;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const line = first.line > 0 ? `line ${first.line}: ` : "";
  return `${where}${line}${first.message.trim()}${more}`;
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1);

/**
 * The library asks for every file by its path or URL; it has no other way out of its memory. Without a provider, which is how
 * documents are validated, it finds none.
 */
function withFilesBeside<T>(file: string, work: () => T): T {
  const folder = realFolder(dirname(file));
  const pathOf = (name: string): string | undefined => {
    if (/^[a-z][a-z0-9+.-]+:/i.test(name) && !name.startsWith("file:")) {
      return undefined;
    }
    const path = resolve(folder, name.startsWith("file:") ? fileURLToPath(name) : name);
    if (!existsSync(path)) {
      return undefined;
    }
    const real = realpathSync(path);
    const inside = relative(folder, real);
    return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : real;
  };
  xmlRegisterInputProvider({
    match: (name) => pathOf(name) !== undefined,
    open: (name) => {
      const path = pathOf(name);
      return path === undefined ? undefined : openBuffer(readFileSync(path));
    },
    read: readBuffer,
    close: (handle) => {
      closeBuffer(handle);
      return true;
    },
  });
  try {
    return work();
  } finally {
    xmlCleanupInputProvider();
  }
}

const realFolder = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : folder);
