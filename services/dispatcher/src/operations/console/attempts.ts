import { serverText } from "../../config/transport-settings.ts";
import type { AttemptDetail } from "../queries/attempts.ts";
import type { PurchaseOrderDetail } from "../queries/purchase-orders.ts";
import { html, type Html } from "./html.ts";
import { badge, facts, hash, purchaseOrderPath, size, time } from "./pieces.ts";

/** Each try with everything that proves it: where, under which names, which bytes, when, and how it ended. */
export function attemptTable(po: Pick<PurchaseOrderDetail, "id" | "attempts">): Html {
  const { attempts } = po;
  if (attempts.length === 0) {
    return html`<p class="empty">Nothing was sent yet.</p>`;
  }
  return html`<ol class="attempts">
    ${attempts.toReversed().map(
      (attempt) =>
        html`<li>
          <h3>
            ${attempt.kind === "order" ? "" : `${attempt.kind}, `}Attempt ${attempt.number}
            ${badge(`attempt-${attempt.state}`, attempt.state)}
          </h3>
          ${
            attempt.message === null
              ? ""
              : html`<p class="message">
                  ${attempt.failure === null ? "" : html`<strong>${attempt.failure}:</strong>`} ${attempt.message}
                </p>`
          }
          ${facts([
            ["Version and copy", `${attempt.version} · ${attempt.copy}`],
            ["Server", html`<code>${serverText(attempt)}</code>`],
            ...inFile(po.id, attempt),
            ["Final name", html`<code>${attempt.final_path}</code>`],
            ["Uploaded as", html`<code>${attempt.temporary_path}</code>`],
            ["Marker", attempt.marker && html`<code>${attempt.marker.path}</code> ${marked(attempt.marker)}`],
            [
              "Delivery note",
              attempt.deliveryNote && html`<code>${attempt.deliveryNote.path}</code> ${marked(attempt.deliveryNote)}`,
            ],
            ["Size", size(attempt.size)],
            ["SHA-256", hash(attempt.hash)],
            ["Certificate", attempt.fingerprint === null ? null : hash(attempt.fingerprint)],
            ["Started", time(attempt.started_at)],
            ["Intent written", attempt.intent_at === null ? null : time(attempt.intent_at)],
            ["Ended", time(attempt.ended_at)],
          ])}
        </li>`,
    )}
  </ol>`;
}

const marked = ({ placedAt }: NonNullable<AttemptDetail["marker"]>): Html =>
  placedAt === null ? html`not known to be there` : html`${time(placedAt)}`;

/** What was in the file besides, and the file itself. */
function inFile(id: string, { id: attempt, contents }: AttemptDetail): [string, Html][] {
  if (contents === null) {
    return [];
  }
  const others = contents.filter((one) => one.id !== id);
  const named = others.map(
    (one, index) => html`${index === 0 ? "" : ", "}<a href="${purchaseOrderPath(one.id)}">${one.number ?? one.id}</a>`,
  );
  return [
    ...(others.length === 0 ? [] : [["In one file with", html`${named}`] satisfies [string, Html]]),
    ["The file", html`<a href="${purchaseOrderPath(id)}/files/${attempt}" download>Download</a>`],
  ];
}
