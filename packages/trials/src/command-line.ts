// What the commands of this package share: reading what the command line says, and ending when they are told to.
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { onLauncherGone } from "./launcher.ts";

export type Reading<Options> =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** `options`: what they mean, or in a sentence what is wrong with them. */
export function readArguments<Options>(
  args: readonly string[],
  command: {
    readonly name: string;
    readonly known: ParseArgsOptionsConfig;
    readonly options: (values: Values) => Options | string;
  },
): Reading<Options> {
  const { name, known } = command;
  const wrong = (message: string): Reading<Options> => ({
    kind: "wrong",
    message: `${name}: ${message}. See npm run ${name} -- --help`,
  });
  const options: ParseArgsOptionsConfig = { ...known, help: { type: "boolean", short: "h" } };
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  if (values.help === true) {
    return { kind: "help" };
  }
  for (const token of tokens) {
    const problem =
      token.kind === "positional"
        ? `"${token.value}" is not understood`
        : token.kind === "option"
          ? objection(token, options[token.name]?.type)
          : "";
    if (problem !== "") {
      return wrong(problem);
    }
  }
  const read = command.options(values);
  return typeof read === "string" ? wrong(read) : { kind: "run", options: read };
}

/** Undefined: it is none, or out of bounds. */
export function wholeNumber(text: string | boolean, least: number, most: number): number | undefined {
  const number = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

function objection(
  token: { readonly rawName: string; readonly value: string | undefined },
  type: "string" | "boolean" | undefined,
): string {
  if (type === undefined) {
    return `unknown option ${token.rawName}`;
  }
  if (type === "string" && (token.value === undefined || token.value === "" || token.value.startsWith("--"))) {
    return `${token.rawName} needs a value`;
  }
  return type === "boolean" && token.value !== undefined ? `${token.rawName} takes no value` : "";
}

/** Shows the help, says what is wrong (status 2), or runs. */
export async function follow<Options>(
  reading: Reading<Options>,
  help: string,
  run: (options: Options) => Promise<void>,
): Promise<void> {
  switch (reading.kind) {
    case "help":
      process.stdout.write(help);
      break;
    case "wrong":
      process.stderr.write(`${reading.message}\n`);
      process.exitCode = 2;
      break;
    case "run":
      await run(reading.options);
  }
}

/**
 * Aborts at the first signal, when the launcher is gone, or when nobody reads any more (a closed terminal, a pipe that ended); a
 * second signal ends the process at once, with status 130: children are killed on exit.
 */
export function stopSignal(on: { readonly first?: () => void; readonly second?: () => void } = {}): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        on.second?.();
        process.exit(130);
      }
      on.first?.();
      stopping.abort();
    });
  }
  onLauncherGone(() => stopping.abort());
  process.stdout.on("error", () => stopping.abort());
  process.stderr.on("error", () => {});
  return stopping.signal;
}

/** The last line of output: the figures. Then the process ends with this status. */
export async function end(status: number, figures?: object): Promise<never> {
  if (figures !== undefined) {
    await new Promise((written) => process.stdout.write(`${JSON.stringify(figures)}\n`, written));
  }
  process.exit(status);
}
