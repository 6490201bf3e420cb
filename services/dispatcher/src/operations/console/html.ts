// `html` escapes whatever is put into it. Everything on a page goes through it: titles, SKUs and names come from the shop's
// customers, reasons from suppliers' servers.
import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export { html };
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
/** What may stand in a page: text is escaped. */
export type Content = Html | string | number | null | readonly Content[];
