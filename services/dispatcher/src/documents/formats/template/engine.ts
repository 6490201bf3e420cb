// Liquid, in a sandbox: no files, nothing of JavaScript, no clock, no chance; bounded in time, memory and output.
import { Context, Liquid, LiquidError, toValueSync, type Emitter } from "liquidjs";
import { BadDocument, DocumentHeld } from "../../../domain/delivery/failure.ts";
import type { TemplateSettings } from "../../../domain/purchase-order/document.ts";
import { xmlText } from "../../xml-text.ts";
import { bounded, MEMORY, MOST_CHARACTERS, MOST_SOURCE, RENDER_MS } from "./bounds.ts";
import { filters, plain } from "./filters.ts";
import type { Scope } from "./scope.ts";

/** Tags that read files. */
const TAGS_WITH_FILES = ["include", "render", "layout", "block"];
/** Filters with a clock, a machine's zone or chance in them: the same content must give the same document. */
const UNREPEATABLE_FILTERS = ["sample", "date_to_string", "date_to_long_string", "date_to_xmlschema", "date_to_rfc822"];

/** The same scope gives the same text. Throws BadDocument with the template's line, DocumentHeld where a change can mend it. */
export type Template = (scope: Scope) => string;

/** Throws BadDocument, with the template's line, where it is no template. */
export function parseTemplate({ file, source, escape }: TemplateSettings): Template {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    cache: false,
    dynamicPartials: false,
    // In memory, and empty: even a tag that we forgot finds no file.
    templates: {},
    parseLimit: MOST_SOURCE,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY,
    outputEscape: escape === "xml" ? (value: unknown) => escapeXml(plain(value)) : plain,
  });
  for (const name of TAGS_WITH_FILES) {
    delete liquid.tags[name];
  }
  UNREPEATABLE_FILTERS.forEach((name) => liquid.unregisterFilter(name));
  Object.entries(filters).forEach(([name, filter]) => liquid.registerFilter(name, filter));

  const guarded = <T>(work: () => T): T => {
    try {
      return bounded(work);
    } catch (error) {
      throw explained(file, error);
    }
  };
  const parsed = guarded(() => liquid.parse(source.replaceAll(/\r\n?/g, "\n")));
  return (scope) =>
    guarded(() => {
      const output = new BoundedOutput();
      const context = new Context(scope, liquid.options, { sync: true }, { liquid });
      toValueSync(liquid.renderer.renderTemplates(parsed, context, output));
      return output.buffer;
    });
}

class BoundedOutput implements Emitter {
  buffer = "";

  write(text: unknown): void {
    this.buffer += plain(text);
    if (this.buffer.length > MOST_CHARACTERS) {
      throw new RangeError(`it writes more than ${MOST_CHARACTERS} characters`);
    }
  }
}

const REFERENCES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

const escapeXml = (text: string): string => xmlText(text).replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? "");

function explained(file: string, error: unknown): BadDocument {
  const position = LiquidError.is(error) ? lineOf(error) : undefined;
  const original = thrownFirst(error);
  const at = `template ${file}${position === undefined ? "" : ` line ${position}`}`;
  const message = original instanceof Error ? original.message : String(original);
  const text = `${at}: ${message.replace(/, line:\d+, col:\d+$/, "").replace(/, file:[^,]*$/, "")}`;
  return original instanceof DocumentHeld ? new DocumentHeld(text, { cause: error }) : new BadDocument(text, { cause: error });
}

function lineOf(error: unknown): number | undefined {
  const token: unknown = typeof error === "object" && error !== null && "token" in error ? error.token : undefined;
  if (typeof token === "object" && token !== null && "getPosition" in token && typeof token.getPosition === "function") {
    const position: unknown = token.getPosition();
    return Array.isArray(position) && typeof position[0] === "number" ? position[0] : undefined;
  }
  return undefined;
}

/** What was thrown in the first place. */
function thrownFirst(error: unknown): unknown {
  return error instanceof Error && "originalError" in error && error.originalError instanceof Error
    ? thrownFirst(error.originalError)
    : error;
}
