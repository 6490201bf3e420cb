// Sending bytes to an HTTP server: over a connection that is kept, one exchange at a time; or over one of their own.
import { connect, type Socket } from "node:net";
import { createAnswerReader, type HttpAnswer } from "./http-answers.ts";
import type { RawRequest } from "./raw-requests.ts";

export type Exchanged = { readonly ms: number } & ({ readonly answer: HttpAnswer } | { readonly lost: string });

export interface KeptConnection {
  /** Never rejects. `ms`: from the first byte sent to the last of the answer. */
  exchange(bytes: Buffer, options: { readonly head: boolean; readonly timeoutMs: number }): Promise<Exchanged>;
  close(): void;
}

const HOST = "127.0.0.1";

export function keepConnection(port: number): KeptConnection {
  let kept: Socket | undefined;

  const opened = (): Socket => {
    if (kept === undefined || kept.destroyed || !kept.writable) {
      kept = connect(port, HOST);
      kept.setNoDelay(true);
      kept.on("error", () => {});
    }
    return kept;
  };

  return {
    exchange: (bytes, { head, timeoutMs }) =>
      new Promise((resolve) => {
        const socket = opened();
        const reader = createAnswerReader();
        const startedAt = performance.now();
        const end = (result: { readonly answer: HttpAnswer } | { readonly lost: string }): void => {
          clearTimeout(timer);
          socket.off("data", take).off("close", closed);
          if ("lost" in result) {
            socket.destroy();
          }
          resolve({ ...result, ms: performance.now() - startedAt });
        };
        const read = (answers: () => HttpAnswer[], otherwise?: string): void => {
          try {
            const [answer] = answers();
            if (answer !== undefined) {
              end({ answer });
            } else if (otherwise !== undefined) {
              end({ lost: otherwise });
            }
          } catch (error) {
            end({ lost: String(error) });
          }
        };
        const take = (chunk: Buffer): void => read(() => reader.push(chunk, head));
        const closed = (): void => read(() => reader.end(), "the connection was closed without an answer");
        const timer = setTimeout(() => end({ lost: `no answer within ${timeoutMs} ms` }), timeoutMs);
        socket.on("data", take).on("close", closed);
        socket.write(bytes);
      }),
    close: () => void kept?.destroy(),
  };
}

/** Milliseconds without a byte after which no more answers are awaited. */
const QUIET_MS = 25;
const FIRST_ANSWER_MS = 150;

/** All answers that come, until the server closes or falls silent. Never rejects. */
export function sendRaw(
  port: number,
  request: RawRequest,
  longestMs: number,
): Promise<{ readonly answers: readonly HttpAnswer[]; readonly broken: string | undefined; readonly ms: number }> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const reader = createAnswerReader();
    const answers: HttpAnswer[] = [];
    let broken: string | undefined;
    const read = (more: () => HttpAnswer[]): void => {
      try {
        answers.push(...more());
      } catch (error) {
        broken = String(error);
      }
    };
    const socket = connect(port, HOST, () => {
      socket.write(request.bytes);
      if (request.after === "close") {
        socket.end();
      } else if (request.after === "break") {
        setTimeout(() => socket.destroy(), 3);
      }
    });
    let timer = setTimeout(() => socket.destroy(), request.after === "silence" ? longestMs : FIRST_ANSWER_MS);
    socket.on("data", (chunk) => {
      read(() => reader.push(chunk));
      if (request.after !== "silence") {
        clearTimeout(timer);
        timer = setTimeout(() => socket.destroy(), QUIET_MS);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      read(() => reader.end());
      resolve({ answers, broken, ms: performance.now() - startedAt });
    });
  });
}
