// `npm run chaos`. See HELP in options.ts.
import { randomInt } from "node:crypto";
import { end, follow, stopSignal } from "../command-line.ts";
import { runChaos } from "./chaos.ts";
import { HELP, readOptions } from "./options.ts";

const reading = readOptions(process.argv.slice(2), () => String(randomInt(1_000_000)));
await follow(reading, HELP, async (options) => {
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string): void => void output.write(`${text}\n`);
  const signal = stopSignal({ first: () => say("Stopping …") });
  const { status, figures } = await runChaos(options, { say, signal });
  await end(status, options.json ? figures : undefined);
});
