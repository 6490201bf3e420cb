// What a person can do about what did not go through: when, the command to copy, and what the supplier will see of it.
import { actions, needsNote } from "../../contract/actions.ts";
import type { Remedy } from "../../domain/purchase-order/remedy.ts";
import type { DeadLetter } from "../../attention/attention.ts";
import { command } from "./commands.ts";
import { html, type Html } from "./html.ts";

/** The answer to: which of these? */
const choices: Readonly<Record<Remedy, string>> = {
  retry: "The cause is mended",
  "mark-sent": "The supplier has it",
  "same-again": "It says it never got it",
  replace: "It is to forget what it has, or the order changed since",
  "order-again": "It wants a new number",
  "notice-accepted": "The supplier accepts it",
  "notice-too-late": "The supplier says it is too late",
  discard: "It is not to be sent any more",
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
          <dt>${own(remedy)?.when ?? choices[remedy]}</dt>
          <dd>
            ${command([remedy, name], actions[remedy].note.says)}
            <p>${own(remedy)?.seen ?? actions[remedy].atSupplier}</p>
          </dd>
        </div>`,
    )}
  </dl>`;
}

/** For a row of the list, opened by a click. */
export function remedyCommands({ kind, id, label, purchaseOrder, remedies }: DeadLetter): Html {
  // A notice is found by its id alone.
  const name = kind === "purchase-order" && purchaseOrder?.number === label ? label : id;
  const isSaid = kind === "purchase-order" || kind === "notice";
  const words = (remedy: Remedy) => (isSaid ? [remedy, name] : ["dead-letters", remedy, id]);
  return html`<details class="remedies">
    <summary>${remedies.map((remedy) => remedy.replaceAll("-", " ")).join(", ")}</summary>
    ${remedies.map((remedy) => html`<p>${command(words(remedy), needsNote(remedy) ? actions[remedy].note.says : undefined)}</p>`)}
  </details>`;
}
