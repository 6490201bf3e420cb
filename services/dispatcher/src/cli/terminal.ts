import type { Lookup } from "@soh/shared/environment";

/** What a command has of the world around it. */
export interface Terminal {
  readonly lookup: Lookup;
  out(bytes: string | Uint8Array): void;
  err(text: string): void;
}
