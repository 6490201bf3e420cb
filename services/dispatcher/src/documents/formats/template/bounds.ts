// What a template may use. It comes from the merchant's own configuration, but one mistake in it must not stop the others.
import { createContext, Script } from "node:vm";

/** Of a template's own text. */
export const MOST_SOURCE = 256 * 1024;
/** Of a document, and of any text that a filter makes or prints. */
export const MOST_CHARACTERS = 1024 * 1024;
/** Milliseconds between two nodes of the template. */
export const RENDER_MS = 2_000;
/** Characters and list entries that Liquid's own filters and ranges make, added up. */
export const MEMORY = 10_000_000;
/** Milliseconds after which it is broken off wherever it is, also within one filter. */
const HARD_MS = 5_000;

export class TookTooLong extends Error {
  override name = "TookTooLong";
}

const context = createContext({});
// A function of ours that is called within the script ends with it: V8 breaks off whatever runs.
const call = new Script("work()");

/** The function's result. Throws TookTooLong when it has not ended in time: also an endless loop is broken off. */
export function bounded<T>(work: () => T, ms = HARD_MS): T {
  let result: { readonly value: T } | undefined;
  context["work"] = () => {
    result = { value: work() };
  };
  try {
    call.runInContext(context, { timeout: ms });
  } catch (error) {
    // It is an Error of the script's own realm, so not `instanceof` ours.
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw new TookTooLong(`it takes longer than ${ms / 1_000} seconds`, { cause: error });
    }
    throw error;
  } finally {
    context["work"] = undefined;
  }
  if (result === undefined) {
    throw new Error("the work has not been done");
  }
  return result.value;
}
