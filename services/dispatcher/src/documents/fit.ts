// Text too long for a supplier's system goes on in the next free field, else the purchase order is held: nothing is cut.
import type { Content } from "../domain/purchase-order/content.ts";
import type { BoundedText, Limits } from "../domain/purchase-order/document.ts";
import { DocumentHeld } from "../domain/delivery/failure.ts";

/** Throws DocumentHeld, naming the field, its length and the limit. */
export function fit(content: Content, limits: Limits, overflow: "flow" | "hold"): Content {
  const flows = overflow === "flow";

  /** The text in two fields, where the second is free. */
  const over = (
    field: string,
    bound: BoundedText,
    first: string | null,
    second: string | null,
  ): readonly [string | null, string | null] => {
    const most = limits[bound];
    if (most === undefined || first === null || first.length <= most || !flows || second !== null) {
      return [check(field, bound, first), second];
    }
    const at = breakAt(first, most);
    return [first.slice(0, at).trimEnd(), check(`what remains of ${field}`, bound, first.slice(at).trimStart())];
  };

  const check = <T extends string | null>(field: string, bound: BoundedText, text: T): T => {
    const most = limits[bound];
    if (most !== undefined && text !== null && text.length > most) {
      throw new DocumentHeld(`${field} has ${text.length} characters, and the supplier takes ${most}`);
    }
    return text;
  };

  const pieces = (field: string, bound: BoundedText, text: string): string[] => {
    const most = limits[bound];
    if (most === undefined || text.length <= most) {
      return [text];
    }
    if (!flows) {
      check(field, bound, text);
    }
    const at = breakAt(text, most);
    return [text.slice(0, at).trimEnd(), ...pieces(field, bound, text.slice(at).trimStart())].filter((one) => one !== "");
  };

  const { deliverTo } = content;
  const address = (): Content["deliverTo"] => {
    if (deliverTo === null) {
      return null;
    }
    const [name, afterName] = over("deliver_to.name", "name", deliverTo.name, deliverTo.company);
    const [street, street2] = over("deliver_to.street", "street", deliverTo.street, deliverTo.street2);
    return {
      ...deliverTo,
      name,
      company: check("deliver_to.company", "name", afterName),
      street,
      street2: check("deliver_to.street2", "street", street2),
      zip: check("deliver_to.zip", "zip", deliverTo.zip),
      city: check("deliver_to.city", "city", deliverTo.city),
      phone: check("deliver_to.phone", "phone", deliverTo.phone),
    };
  };
  return {
    ...content,
    deliverTo: address(),
    notes: content.notes.flatMap((note) => pieces("the order's note", "note", note)),
    lines: content.lines.map((line) => {
      const [description = "", ...rest] = pieces(`the description of line ${line.number}`, "description", line.description);
      return {
        ...line,
        description,
        notes: [...rest, ...line.notes].flatMap((note) => pieces(`a note of line ${line.number}`, "note", note)),
      };
    }),
  };
}

/** Where to break: after the last space that fits, else in the middle of the word, never within one character. */
function breakAt(text: string, most: number): number {
  const space = text.lastIndexOf(" ", most);
  const at = space > most / 2 ? space : most;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff && at > 1 ? at - 1 : at;
}
