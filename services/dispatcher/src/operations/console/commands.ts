// The commands that a person may want to copy. A value from outside stands in single quotes, whatever is in it.
import { html, type Html } from "./html.ts";

export function command(args: readonly string[], note?: string): Html {
  const words = ["npm run soh --", ...args.map(quote), ...(note === undefined ? [] : [`--note "${note}"`])];
  return html`<code class="command">${words.join(" ")}</code>`;
}

const quote = (arg: string): string => (/^[A-Za-z0-9._-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`);
