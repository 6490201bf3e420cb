import type { Lookup } from "@soh/shared/environment";
import type { Asking } from "./ask.ts";

/** What a command has of the world around it. */
export interface Terminal {
  readonly lookup: Lookup;
  out(bytes: string | Uint8Array): void;
  err(text: string): void;
  /** Null where nobody can be asked: stdin is no terminal. */
  startAsking(): Asking | null;
}
