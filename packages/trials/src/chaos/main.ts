// `npm run chaos`. See HELP in options.ts.
import { randomInt } from "node:crypto";
import { onLauncherGone } from "../launcher.ts";
import { runChaos } from "./chaos.ts";
import { HELP, readOptions, type ChaosOptions } from "./options.ts";

const reading = readOptions(process.argv.slice(2), () => String(randomInt(1_000_000)));
switch (reading.kind) {
  case "help":
    process.stdout.write(HELP);
    break;
  case "wrong":
    process.stderr.write(`${reading.message}\n`);
    process.exitCode = 2;
    break;
  case "run":
    await run(reading.options);
}

async function run(options: ChaosOptions): Promise<void> {
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string): void => void output.write(`${text}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        process.exit(130); // The children are killed on exit.
      }
      say("Stopping …");
      stopping.abort();
    });
  }
  onLauncherGone(() => stopping.abort());
  // Nobody reads any more: a closed terminal, or a pipe that ended.
  process.stdout.on("error", () => stopping.abort());
  process.stderr.on("error", () => {});

  const { status, figures } = await runChaos(options, { say, signal: stopping.signal });
  if (options.json && figures !== undefined) {
    await new Promise((written) => process.stdout.write(`${JSON.stringify(figures)}\n`, written));
  }
  process.exit(status);
}
