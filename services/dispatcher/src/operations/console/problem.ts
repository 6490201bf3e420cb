import { html } from "./html.ts";
import type { Page } from "./layout.ts";

const titles: Readonly<Record<number, string>> = {
  400: "Not understood",
  401: "Credentials needed",
  403: "Refused",
  404: "Not found",
  413: "Too large",
  429: "Too many failed logins",
  503: "Not available",
};

export function problemPage(problem: { readonly status: number; readonly message: string }): Page {
  const title = titles[problem.status] ?? "Something went wrong";
  const sentence = `${problem.message.slice(0, 1).toUpperCase()}${problem.message.slice(1)}.`;
  return {
    title,
    section: null,
    body: html`<div class="problem">
      <p class="status">${problem.status}</p>
      <h1>${title}</h1>
      <p>${sentence}</p>
      <p><a href="/">Go to the overview</a></p>
    </div>`,
  };
}
