// `npm run demo`. See HELP in options.ts.
import { randomInt } from "node:crypto";
import { onLauncherGone } from "../launcher.ts";
import { runDemo } from "./demo.ts";
import { HELP, readOptions, type DemoOptions } from "./options.ts";
import { plainScreen, quietScreen, terminalScreen, type Screen } from "./screen.ts";

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

async function run(options: DemoOptions): Promise<void> {
  const screen = openScreen(options);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        screen.notice("Stopped at once.");
        process.exit(130); // The children are killed on exit.
      }
      stopping.abort();
    });
  }
  onLauncherGone(() => stopping.abort());
  // Nobody reads any more: a closed terminal, or a pipe that ended.
  process.stdout.on("error", () => stopping.abort());
  process.stderr.on("error", () => {});
  process.on("exit", screen.close);

  const { status, tally } = await runDemo(options, { screen, signal: stopping.signal });
  if (options.json && tally !== undefined) {
    await new Promise((written) => process.stdout.write(`${JSON.stringify(tally.figures)}\n`, written));
  }
  process.exit(status);
}

function openScreen(options: DemoOptions): Screen {
  if (options.json) {
    return quietScreen(process.stderr);
  }
  const colours = (process.env.NO_COLOR ?? "") === "";
  return process.stdout.isTTY ? terminalScreen(process.stdout, { colours }) : plainScreen(process.stdout);
}
