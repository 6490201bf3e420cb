// One supplier's language: a format with the supplier's own encoding, lengths, fields and schema.
import type { Content } from "../domain/purchase-order/content.ts";
import type { DocumentSettings, FormatName, Limits } from "../domain/purchase-order/document.ts";
import { boundedTexts } from "../domain/purchase-order/document.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import { decode, encode, inEncoding } from "./characters.ts";
import { fit } from "./fit.ts";
import type { ReadMessage } from "../domain/answers/message.ts";
import type { Format } from "./format.ts";
import { readAnswer } from "./answers.ts";
import { formatOf } from "./registry.ts";
import { BadSchema, isXml, openSchema } from "./schema.ts";
import { mapLines, oneLine } from "./single-lines.ts";
import { xmlText } from "./xml-text.ts";

export interface RenderedDocument {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** What of the order's text could not be written as it is, for people. */
  readonly notes: readonly string[];
}

export interface Language {
  readonly format: FormatName;
  readonly says: Format["says"];
  readonly needsPrice: boolean;
  /** The same content gives the same bytes. Throws BadDocument, or DocumentHeld, which a change can mend. */
  write(content: Content): RenderedDocument;
  /**
   * Documents that it wrote, as one file. Throws BadDocument where one cannot stand beside others, or a file of this format
   * holds only one: `joins` says so before.
   */
  join(documents: readonly Uint8Array[]): Buffer;
  readonly joins: boolean;
  /** Never throws on what a supplier wrote. */
  read(bytes: Uint8Array): ReadMessage;
  /** Frees what validates its documents. Nothing is written afterwards. */
  close(): void;
}

/** Throws BadDocument for a template that is none, BadSchema for a schema that cannot be used. */
export function createLanguage(settings: DocumentSettings): Language {
  const format = formatOf(settings);
  const { encoding, characters, extras, overflow, answers } = settings;
  if (settings.schema !== null && !isXml(format.mediaType)) {
    throw new BadSchema(`a schema is for XML, and the documents are ${format.mediaType}`);
  }
  const schema = settings.schema === null ? null : openSchema(settings.schema);
  const limits = tighter(settings.limits, format.limits);
  const bytesOf = (text: string): Buffer => encode(settings.newline === "crlf" ? text.replaceAll("\n", "\r\n") : text, encoding);
  return {
    format: format.name,
    says: format.says,
    needsPrice: format.needsPrice,
    write(content) {
      if (content.lines.length === 0) {
        throw new BadDocument(`purchase order ${content.number} has no lines`);
      }
      const nameless = content.lines.find((line) => line.supplierSku.trim() === "");
      if (nameless !== undefined) {
        throw new BadDocument(
          `line ${nameless.number}, "${oneLine(nameless.description)}", has no SKU for the supplier to ship by: give its product one in Shopify`,
        );
      }
      // A character may become several (ß, ss): so lengths are measured afterwards.
      const noted = new Notes(encoding);
      const readable = mapLines(content, {
        line: (text) => oneLine(noted.withoutIllegal(text.replaceAll(/[\v\f]/g, " "))),
        note: noted.withoutIllegal,
      });
      const written = fit(inEncoding(readable, { encoding, characters, onReplaced: noted.replaced }), limits, overflow);
      const text = format.render(written, { encoding, extras: inEncoding(extras, { encoding, characters }) });
      const bytes = bytesOf(text);
      schema?.validate(bytes);
      return { bytes, mediaType: format.mediaType, notes: noted.all() };
    },
    joins: format.join !== null,
    join(documents) {
      if (format.join === null) {
        throw new BadDocument(`a file of the format ${format.name} holds one purchase order`);
      }
      const texts = documents.map((bytes) => decode(bytes, encoding).replaceAll("\r\n", "\n"));
      return bytesOf(format.join(texts, { encoding }));
    },
    read: answers === null ? format.read : (bytes) => readAnswer(bytes, answers),
    close: () => schema?.close(),
  };
}

class Notes {
  readonly #encoding: string;
  readonly #replacements = new Map<string, string>();
  #leftOut = 0;

  constructor(encoding: string) {
    this.#encoding = encoding;
  }

  readonly withoutIllegal = (text: string): string => {
    const clean = xmlText(text);
    this.#leftOut += text.replaceAll(/\r\n?/g, "\n").length - clean.length;
    return clean;
  };

  readonly replaced = (character: string, by: string): void => void this.#replacements.set(character, by);

  all(): string[] {
    const replacements = [...this.#replacements].map(([character, by]) => `${character} as ${by}`);
    return [
      ...(this.#leftOut > 0 ? [`characters that XML cannot carry were left out: ${this.#leftOut}`] : []),
      ...(replacements.length > 0
        ? [
            `${this.#encoding} lacks some characters: ${replacements.slice(0, MOST_SHOWN).join(", ")}${replacements.length > MOST_SHOWN ? ", …" : ""}`,
          ]
        : []),
    ];
  }
}

/** A text in Chinese has many. */
const MOST_SHOWN = 20;

function tighter(a: Limits, b: Limits): Limits {
  return Object.fromEntries(
    boundedTexts.flatMap((name) => {
      const most = Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
      return Number.isFinite(most) ? [[name, most]] : [];
    }),
  );
}
