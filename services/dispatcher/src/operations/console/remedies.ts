// What a person can do about what did not go through: when, the command to copy, and what the supplier will see of it.
import { needsNote, seenBySupplier, type Remedy } from "../../domain/purchase-order/remedy.ts";
import type { DeadLetter } from "../queries/dead-letters.ts";
import { command } from "./commands.ts";
import { html, type Html } from "./html.ts";

interface Choice {
  /** The answer to: which of these? */
  readonly when: string;
  readonly note: string;
}

const choices: Readonly<Record<Remedy, Choice>> = {
  retry: { when: "The cause is mended", note: "what was mended" },
  "mark-sent": { when: "The supplier has it", note: "who said so" },
  "same-again": { when: "It says it never got it", note: "who said so" },
  replace: { when: "It is to forget what it has, or the order changed since", note: "who said so" },
  "order-again": { when: "It wants a new number", note: "who said so" },
  "notice-accepted": { when: "The supplier accepts it", note: "who said so" },
  "notice-too-late": { when: "The supplier says it is too late", note: "who said so" },
  discard: { when: "It is not to be sent any more", note: "why" },
};

const inOrder = Object.keys(choices);

/** Of a notice that a person tells. */
const needNotBeTold = {
  when: "The supplier need not be told",
  seen: "The supplier sees nothing: its purchase order stands as it is.",
};

/** For a purchase order or notice, one below the other. */
export function choiceList(name: string, remedies: readonly Remedy[], options: { readonly byHand?: boolean } = {}): Html {
  const own = (remedy: Remedy) => (remedy === "discard" && options.byHand === true ? needNotBeTold : undefined);
  const shown = remedies.toSorted((a, b) => inOrder.indexOf(a) - inOrder.indexOf(b));
  return html`<dl class="choices">
    ${shown.map(
      (remedy) =>
        html`<div>
          <dt>${own(remedy)?.when ?? choices[remedy].when}</dt>
          <dd>
            ${command([remedy, name], choices[remedy].note)}
            <p>${own(remedy)?.seen ?? seenBySupplier[remedy]}</p>
          </dd>
        </div>`,
    )}
  </dl>`;
}

/** For a row of the list, opened by a click. */
export function remedyCommands({ kind, id, label, purchaseOrder, remedies }: DeadLetter): Html {
  // A notice is found by its id alone.
  const name = purchaseOrder?.number === label ? label : id;
  const words = (remedy: Remedy) => (kind === "purchase-order" ? [remedy, name] : ["dead-letters", remedy, id]);
  return html`<details class="remedies">
    <summary>${remedies.map((remedy) => remedy.replaceAll("-", " ")).join(", ")}</summary>
    ${remedies.map((remedy) => html`<p>${command(words(remedy), needsNote(remedy) ? choices[remedy].note : undefined)}</p>`)}
  </details>`;
}
