// `npm run soh -- …`. Exit statuses: failure.ts. A process begins here, so what needs no dispatcher is composed here.
import { environmentLookup, EnvironmentError } from "@soh/shared/environment";
import { CommanderError } from "commander";
import { startAsking } from "./ask.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { createProgram } from "./program.ts";
import { printable } from "./table.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") {
    process.exit(EXIT.done); // The pipe's reader left first: `soh orders | head`.
  }
  process.stderr.write(`what was asked for cannot be written: ${error.message}\n`);
  process.exit(EXIT.refused);
});

try {
  const program = createProgram(
    {
      lookup: environmentLookup(),
      out: (bytes) => void process.stdout.write(bytes),
      err: (text) => void process.stderr.write(text),
      startAsking: () => (process.stdin.isTTY ? startAsking(process.stdin, process.stderr) : null),
    },
    // Only for the commands that need no dispatcher: every other starts without the rooms.
    async (...of) => (await import("./tools.ts")).composeTools(...of),
  );
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

function statusOf(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.done : EXIT.usage; // Commander has said what is wrong.
  }
  if (error instanceof CommandFailure) {
    process.stderr.write(`${printable(error.message)}\n`);
    return error.status;
  }
  const known = error instanceof EnvironmentError;
  process.stderr.write(`${known || !(error instanceof Error) ? String(error) : (error.stack ?? error.message)}\n`);
  return EXIT.refused;
}
