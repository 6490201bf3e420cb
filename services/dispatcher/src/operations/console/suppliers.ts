import type { HandlerConfig } from "../../config/load.ts";
import { serverText } from "../../config/transport-settings.ts";
import { purchaseOrderStates } from "../../domain/purchase-order/purchase-order.ts";
import { listSuppliers, type SupplierStatus } from "../queries/suppliers.ts";
import { readSummary, type StateCounts } from "../queries/summary.ts";
import { command } from "./commands.ts";
import { html, type Content, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { badge, facts, hash, time, type NameOf } from "./pieces.ts";
import type { ConsoleOptions } from "./options.ts";
import { address } from "./table.ts";

/** Suppliers' names by their ids; an id that is no longer configured names itself. */
export function supplierNames(config: HandlerConfig): NameOf {
  const names = new Map(config.suppliers.map((supplier) => [supplier.id, supplier.name]));
  return (id) => names.get(id) ?? id;
}

export async function suppliersPage({ db, config }: ConsoleOptions): Promise<Page> {
  const [suppliers, summary] = await Promise.all([listSuppliers(db, config.suppliers), readSummary(db, config.suppliers)]);
  return {
    title: "Suppliers",
    section: "suppliers",
    body: html`<h1>Suppliers</h1>
      ${suppliers.map((supplier) => showSupplier(supplier, summary.purchaseOrdersBySupplier[supplier.id]))}`,
  };
}

function showSupplier(supplier: SupplierStatus, counts: StateCounts | undefined): Html {
  const paused = supplier.pausedAt !== null;
  const silent = supplier.openedAt !== null;
  const dry = supplier.mode === "dry-run";
  return html`<section class="panel" id="${supplier.id}">
    <h2>
      ${supplier.name} ${paused ? badge("paused") : silent || dry ? "" : badge("active")} ${silent ? badge("silent") : ""}
      ${dry ? badge("dry-run") : ""} ${supplier.insecure === null ? "" : badge("insecure")}
    </h2>
    ${
      paused
        ? html`<div class="callout">
            <p><strong>Nothing is sent since ${time(supplier.pausedAt)}.</strong> ${supplier.pauseReason}</p>
            <p>
              What is wrong, and which key to change: ${command(["suppliers", "check", supplier.id])}. When it is mended:
              ${command(["resume", supplier.id], "why it works again")}
            </p>
          </div>`
        : ""
    }
    ${
      silent
        ? html`<div class="callout">
            <p>
              <strong>Its server does not answer since ${time(supplier.openedAt)}.</strong> One purchase order is let through to
              try at ${time(supplier.probeAt)}; the others wait and go when it answers.
            </p>
            <p>What is wrong: ${command(["suppliers", "check", supplier.id])}</p>
          </div>`
        : ""
    }
    ${
      supplier.insecure === null
        ? ""
        : html`<div class="callout">
            <p>
              <strong>Its connection is not secure:</strong> ${supplier.insecure}. The configuration accepts it
              (<code>suppliers.${supplier.id}.transport.insecure</code>).
            </p>
          </div>`
    }
    ${
      dry
        ? html`<div class="callout quiet">
            <p>
              <strong>In dry run:</strong> every document is written, nothing is sent, and no answer is read. What is made now
              waits for a person when <code>suppliers.${supplier.id}.mode</code> becomes live.
            </p>
          </div>`
        : ""
    }
    ${facts([
      ["Id", html`<code>${supplier.id}</code>`],
      ["Our account", supplier.account],
      ["Reads", supplier.format],
      ["Server", html`<code>${serverText(supplier)}</code>`],
      ["Orders go to", html`<code>${supplier.ordersFolder}</code>`],
      [
        "Answers come from",
        supplier.acknowledgementsFolder === null ? null : html`<code>${supplier.acknowledgementsFolder}</code>`,
      ],
      ["Catalogue", entries(supplier.catalogueEntries)],
      ["Sent last", time(supplier.lastSentAt)],
      ["Failures in a row", supplier.failuresInARow === 0 ? null : supplier.failuresInARow],
      ["Certificate seen last", hash(supplier.fingerprint)],
      ["Try its server", paused || silent ? null : command(["suppliers", "check", supplier.id])],
    ])}
    ${counts === undefined ? "" : stateCounts(supplier.id, counts)}
  </section>`;
}

const entries = (count: number): string | null =>
  count === 0 ? null : `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}`;

function stateCounts(supplier: string, counts: StateCounts): Content {
  const present = purchaseOrderStates.filter((state) => counts[state] > 0);
  return present.length === 0
    ? html`<p class="empty">No purchase orders yet.</p>`
    : html`<p class="chips">
        ${present.map(
          (state) =>
            html`<a class="chip" href="${address("/purchase-orders", { supplier, state })}"
              ><strong>${counts[state].toLocaleString("en")}</strong> ${badge(state)}</a
            >`,
        )}
      </p>`;
}
