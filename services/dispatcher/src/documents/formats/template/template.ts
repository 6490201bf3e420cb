// A language that the merchant describes with a Liquid template: any XML, CSV or text. docs/formats/template.md.
import { ParseOption, XmlDocument, XmlLibError } from "libxml2-wasm";
import type { DocumentSettings, Encoding, TemplateSettings } from "../../../domain/purchase-order/document.ts";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import { encode } from "../../characters.ts";
import type { Format } from "../../format.ts";
import { isXml } from "../../schema.ts";
import { parseTemplate } from "./engine.ts";
import { scopeOf } from "./scope.ts";
import { withoutSlowFailures } from "./slow-failures.ts";

/** Throws BadDocument where the settings have no template, or one that cannot be parsed. */
export function createTemplateFormat(settings: DocumentSettings): Format {
  const { template } = settings;
  if (template === null) {
    throw new BadDocument("the format template needs a template");
  }
  const fill = withoutSlowFailures(parseTemplate(template));
  const says = (purpose: TemplateSettings["purposes"][number]): boolean => template.purposes.includes(purpose);
  return {
    name: "template",
    mediaType: template.mediaType,
    says: { replacement: says("replacement"), change: says("change"), cancellation: says("cancellation") },
    needsPrice: false,
    join: template.header === null ? null : joinLines(template.file, template.header),
    limits: {},
    render(content, options) {
      if (!says(content.purpose)) {
        throw new BadDocument(
          `template ${template.file} does not say ${content.purpose}: tell the supplier yourself, or add it to document.template.purposes`,
        );
      }
      const text = fill(scopeOf(content, options));
      if (text.trim() === "") {
        throw new BadDocument(`template ${template.file} renders nothing for purchase order ${content.number}`);
      }
      if (isXml(template.mediaType)) {
        checkXml(text, { file: template.file, encoding: options.encoding });
      }
      return text;
    },
    read: () => ({
      ok: false,
      reason: "how this supplier answers is not configured: describe it in document.answers",
    }),
  };
}

/** The lines of one after the other, with those of the header from the first alone. */
function joinLines(file: string, header: number): Format["join"] {
  return (texts) => {
    const documents = texts.map((text) => text.replace(/\n?$/, "\n").split("\n"));
    const [first = []] = documents;
    const top = first.slice(0, header);
    const differs = documents.find((lines) => lines.length <= header + 1 || top.some((line, index) => line !== lines[index]));
    if (differs !== undefined) {
      throw new BadDocument(
        `template ${file}: a document does not begin with the ${header} lines that are said to be its header, followed by others`,
      );
    }
    return `${[...top, ...documents.flatMap((lines) => lines.slice(header, -1))].join("\n")}\n`;
  };
}

/** Throws BadDocument with the document's line. */
function checkXml(text: string, { file, encoding }: { readonly file: string; readonly encoding: Encoding }): void {
  const declared = /^<\?xml[^>]*\sencoding=["']([A-Za-z0-9._-]+)["']/.exec(text)?.[1];
  if ((declared ?? "utf-8").toLowerCase() !== encoding) {
    throw new BadDocument(
      `template ${file}: the document ${declared === undefined ? "declares no encoding" : `declares ${declared}`} and is written in ${encoding}: begin it with <?xml version="1.0" encoding="{{ encoding }}"?>`,
    );
  }
  try {
    XmlDocument.fromBuffer(encode(text, encoding), { option: ParseOption.XML_PARSE_NONET }).dispose();
  } catch (error) {
    if (error instanceof XmlLibError) {
      const [first] = error.details;
      throw new BadDocument(
        `template ${file}: line ${first?.line ?? 1} of the document is not well-formed XML: ${(first?.message ?? error.message).trim()}`,
        { cause: error },
      );
    }
    throw error;
  }
}
