// Asking a person, line by line.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Ask {
  /** Throws Stopped when the person ends it (Ctrl-C, Ctrl-D). A `hidden` answer is not shown while it is typed. */
  (question: string, options: { readonly hidden: boolean }): Promise<string>;
}

export interface Asking {
  readonly ask: Ask;
  close(): void;
}

export class Stopped extends Error {
  override name = "Stopped";
}

/**
 * On a terminal: whatever is typed is echoed by us, so that a secret need not be. What is typed or pasted ahead is kept for
 * the questions that follow, and not shown: it may be a secret's answer.
 */
export function startAsking(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asking {
  let shown = false;
  const screen = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (shown) {
        output.write(chunk);
      }
      done();
    },
  });
  const lines = createInterface({ input, output: screen, terminal: true, historySize: 0 });
  const ahead: string[] = [];
  let ended = false;
  let waiting: { answer(line: string): void; stop(error: Stopped): void } | undefined;

  lines.on("line", (line) => {
    shown = false;
    if (waiting === undefined) {
      ahead.push(line);
    } else {
      waiting.answer(line);
      waiting = undefined;
    }
  });
  const end = (): void => {
    ended = true;
    waiting?.stop(new Stopped("stopped"));
    waiting = undefined;
  };
  lines.on("SIGINT", end);
  lines.on("close", end);

  return {
    async ask(question, { hidden }) {
      const typed = ahead.shift();
      if (typed !== undefined) {
        output.write(`${question}${hidden ? "" : typed}\n`);
        return typed;
      }
      if (ended) {
        throw new Stopped("stopped");
      }
      if (hidden) {
        output.write(question);
      } else {
        shown = true;
        lines.setPrompt(question);
        lines.prompt(true);
      }
      try {
        return await new Promise<string>((answer, stop) => (waiting = { answer, stop }));
      } finally {
        if (hidden || ended) {
          output.write("\n");
        }
      }
    },
    close: () => lines.close(),
  };
}
