// Requests as they are: no path is tidied up, no answer is thrown away because the body was not wanted.
import { request } from "node:http";
import { connect } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const PATIENCE_MS = 15_000;

export function ask(
  url: { readonly port: number; readonly path: string },
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array | string;
  } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", agent: false, timeout: PATIENCE_MS, method, headers, ...url }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on("error", reject);
    });
    // After the answer it no longer matters that the rest of the body was not taken.
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    sent.end(body);
  });
}

/** Begins a webhook of 1,000 bytes, sends ten of them, and waits. Resolves with the seconds until it was cut off. */
export function stall(port: number): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /webhooks/shopify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n0123456789");
    socket.on("error", () => {});
    socket.on("close", () => resolve((performance.now() - startedAt) / 1000));
    socket.resume();
  });
}
