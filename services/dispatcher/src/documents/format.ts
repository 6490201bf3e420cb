import type { Acknowledgement } from "../domain/acknowledgement.ts";
import type { Content } from "../domain/content.ts";

export interface RenderedDocument {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export type ReadAnswer =
  | { readonly ok: true; readonly answer: Acknowledgement }
  | { readonly ok: false; readonly reason: string };

/**
 * One language that suppliers read. `formats/<name>/` holds its two directions and, in `examples/`, answers of every
 * status to the purchase order SE1001-1 (`acknowledgement-….…`), with which `npm run fuzz` begins.
 */
export interface Format {
  readonly name: string;
  /** The same content gives the same bytes. Throws BadDocument when the content cannot be said in this format. */
  render(content: Content): RenderedDocument;
  /** Never throws on what a supplier wrote. */
  readAcknowledgement(bytes: Uint8Array): ReadAnswer;
}
