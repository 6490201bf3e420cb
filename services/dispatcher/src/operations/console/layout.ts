import { html, type Content, type Html } from "./html.ts";
import { STYLE_PATH } from "./assets.ts";

export type Section = "overview" | "orders" | "purchase-orders" | "suppliers" | "dead-letters";

export interface Page {
  readonly title: string;
  /** The entry of the navigation that this page belongs to. */
  readonly section: Section | null;
  readonly body: Content;
}

const sections: readonly { readonly section: Section; readonly path: string; readonly label: string }[] = [
  { section: "overview", path: "/", label: "Overview" },
  { section: "orders", path: "/orders", label: "Orders" },
  { section: "purchase-orders", path: "/purchase-orders", label: "Purchase orders" },
  { section: "suppliers", path: "/suppliers", label: "Suppliers" },
  { section: "dead-letters", path: "/dead-letters", label: "Dead letters" },
];

export async function renderPage(page: Page): Promise<string> {
  const document: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Order Handler</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${STYLE_PATH}" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="top">
          <div class="frame">
            <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="22" height="22" />Order Handler</a>
            <nav aria-label="Sections">
              ${sections.map(
                ({ section, path, label }) =>
                  html`<a href="${path}" ${section === page.section ? html`aria-current="page"` : ""}>${label}</a>`,
              )}
              <a href="/queues">Queues</a>
            </nav>
          </div>
        </header>
        <main id="content" class="frame">${page.body}</main>
        <footer class="frame">
          Times are UTC. This console only shows; people act with <code>npm run soh -- --help</code> or the API.
        </footer>
      </body>
    </html>`;
  return String(await document);
}
