import type { AttemptsTable } from "../../database/schema.ts";
import { html, type Html } from "./html.ts";
import { badge, facts, hash, size, time } from "./pieces.ts";

/** Each try with everything that proves it: where, under which names, which bytes, when, and how it ended. */
export function attemptTable(attempts: readonly AttemptsTable[]): Html {
  if (attempts.length === 0) {
    return html`<p class="empty">Nothing was sent yet.</p>`;
  }
  return html`<ol class="attempts">
    ${attempts.toReversed().map(
      (attempt) =>
        html`<li>
          <h3>Attempt ${attempt.number} ${badge(`attempt-${attempt.state}`, attempt.state)}</h3>
          ${
            attempt.message === null
              ? ""
              : html`<p class="message">
                  ${attempt.failure === null ? "" : html`<strong>${attempt.failure}:</strong>`} ${attempt.message}
                </p>`
          }
          ${facts([
            ["Version and copy", `${attempt.version} · ${attempt.copy}`],
            ["Server", html`<code>${attempt.host}:${attempt.port}</code>`],
            ["Final name", html`<code>${attempt.final_path}</code>`],
            ["Uploaded as", html`<code>${attempt.temporary_path}</code>`],
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
