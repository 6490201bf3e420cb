// `npm run test:rolling [-- --rounds N --seed S --json --keep]`.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { stopSignal } from "../command-line.ts";
import { NotStarted } from "../world/service.ts";
import { runRolling } from "./rolling.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    seed: { type: "string", default: String(randomInt(1_000_000)) },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const signal = stopSignal();

try {
  const options = { rounds: Math.max(1, Number.parseInt(values.rounds, 10) || 1), seed: values.seed, keep: values.keep };
  const { figures, problems } = await runRolling(options, { say, signal });
  problems.forEach(say);
  say(
    problems.length === 0
      ? `${figures.restarts} restarts, ${figures.webhooks} webhooks: none was answered with an error, nothing is lost, nothing came twice.`
      : `${problems.length} problems, see above.`,
  );
  if (values.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  say(error instanceof NotStarted ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
