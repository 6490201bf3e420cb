// One command, from its words to its exit status: main.ts in a process of its own, the tests in theirs.
import { EnvironmentError } from "@soh/shared/environment";
import { CommanderError } from "commander";
import { CommandFailure, EXIT } from "./failure.ts";
import { createProgram } from "./program.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    // Only for the commands that need no dispatcher: every other starts without the rooms.
    const program = createProgram(terminal, async (...of) => (await import("./tools.ts")).composeTools(...of));
    await program.parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.done : EXIT.usage; // Commander has said what is wrong.
    }
    if (error instanceof CommandFailure) {
      terminal.err(`${printable(error.message)}\n`);
      return error.status;
    }
    const known = error instanceof EnvironmentError;
    terminal.err(`${known || !(error instanceof Error) ? String(error) : (error.stack ?? error.message)}\n`);
    return EXIT.refused;
  }
}
