/** Who does something by hand, and why: recorded in the audit trail. */
export interface Person {
  readonly actor: string;
  readonly note: string;
}

/** What became of a person's action: done, with the purchase orders that are ready by it, or why not, as a sentence for that person. */
export type ActionResult =
  | { readonly ok: true; readonly message: string; readonly ready: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** What people read: BCP 47, as in a page's `lang`. */
export const languages = ["en", "fr"] as const;
export type ReadersLanguage = (typeof languages)[number];
