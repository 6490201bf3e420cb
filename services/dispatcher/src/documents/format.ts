import type { Content } from "../domain/purchase-order/content.ts";
import type { Encoding, FormatName, Limits } from "../domain/purchase-order/document.ts";
import type { ReadMessage } from "../domain/answers/message.ts";

export interface RenderOptions {
  /** To be declared in the document; the text is encoded afterwards. */
  readonly encoding: Encoding;
  readonly extras: Readonly<Record<string, string>>;
}

/**
 * One language that suppliers read. `formats/<name>/` holds its two directions and, in `examples/`, answers to the
 * purchase order SE1001-1 (`acknowledgement-….…` of every status), with which `npm run fuzz` begins.
 */
export interface Format {
  readonly name: FormatName;
  readonly mediaType: string;
  /** What it can say of a purchase order that was sent before. Where it cannot, a person must tell the supplier. */
  readonly says: { readonly replacement: boolean; readonly change: boolean; readonly cancellation: boolean };
  /** Each line must have a cost in it. */
  readonly needsPrice: boolean;
  /**
   * Several documents, each as `render` gave it, as the text of one file, also of a single one. Null: a file of this format
   * holds one. Throws BadDocument for a text that cannot stand beside others.
   */
  readonly join: ((texts: readonly string[], options: Pick<RenderOptions, "encoding">) => string) | null;
  /** What its definition allows at most. */
  readonly limits: Limits;
  /**
   * Lines end with \n. The same content gives the same text. Throws BadDocument when the content cannot be said in this
   * format, DocumentHeld where that can be mended (a price is missing).
   */
  render(content: Content, options: RenderOptions): string;
  /** Never throws on what a supplier wrote. */
  read(bytes: Uint8Array): ReadMessage;
}
