// `npm run soh -- …`. Exit statuses: failure.ts. A process begins here.
import { environmentLookup } from "@soh/shared/environment";
import { startAsking } from "./ask.ts";
import { EXIT } from "./failure.ts";
import { runCommand } from "./run.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") {
    process.exit(EXIT.done); // The pipe's reader left first: `soh orders | head`.
  }
  process.stderr.write(`what was asked for cannot be written: ${error.message}\n`);
  process.exit(EXIT.refused);
});

process.exitCode = await runCommand(process.argv.slice(2), {
  lookup: environmentLookup(),
  out: (bytes) => void process.stdout.write(bytes),
  err: (text) => void process.stderr.write(text),
  startAsking: () => (process.stdin.isTTY ? startAsking(process.stdin, process.stderr) : null),
});
