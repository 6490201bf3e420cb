// `npm run demo`. See HELP in options.ts.
import { randomInt } from "node:crypto";
import { end, follow, stopSignal } from "../command-line.ts";
import { runDemo } from "./demo.ts";
import { HELP, readOptions, type DemoOptions } from "./options.ts";
import { plainScreen, quietScreen, terminalScreen, type Screen } from "./screen.ts";

const reading = readOptions(process.argv.slice(2), () => String(randomInt(1_000_000)));
await follow(reading, HELP, async (options) => {
  const screen = openScreen(options);
  const signal = stopSignal({ second: () => screen.notice("Stopped at once.") });
  process.on("exit", screen.close);
  const { status, tally } = await runDemo(options, { screen, signal });
  await end(status, options.json ? tally?.figures : undefined);
});

function openScreen(options: DemoOptions): Screen {
  if (options.json) {
    return quietScreen(process.stderr);
  }
  const colours = (process.env.NO_COLOR ?? "") === "";
  return process.stdout.isTTY ? terminalScreen(process.stdout, { colours }) : plainScreen(process.stdout);
}
