import { ConfigError } from "@soh/shared/config";
import { loadConfig, type HandlerConfig } from "../config/load.ts";
import { documentProblems } from "../documents/documents.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export const configFile = (terminal: Terminal, file: string | undefined): string =>
  file ?? terminal.lookup("SOH_CONFIG") ?? "./config/handler.yaml";

/** The dispatcher's own reading of the file. Throws CommandFailure with every problem, each as file:line:column. */
export function readConfiguration(terminal: Terminal, file: string): HandlerConfig {
  try {
    return loadConfig(file, terminal.lookup, documentProblems);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    const count = `${error.problems.length} ${error.problems.length === 1 ? "problem" : "problems"}`;
    const unset = error.problems.some(({ message }) => message.startsWith("the environment variable"))
      ? "\nThe environment is the project's .env, or the file that SOH_ENV_FILE names."
      : "";
    throw new CommandFailure(EXIT.refused, `${error.message}\n${count} in ${file}.${unset}`, { cause: error });
  }
}
