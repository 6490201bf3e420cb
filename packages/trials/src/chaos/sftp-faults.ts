// The plan's faults are FTP's. An SFTP server meets them at the requests that do the same.
import type { FaultHook } from "@soh/simulators/ftps-server";

const COMMANDS: Readonly<Record<string, string>> = { WRITE: "STOR", STAT: "SIZE", RENAME: "RNTO", READ: "RETR" };
/** SSH_FX_FAILURE: what OpenSSH says of nearly everything. */
const FAILURE = 4;

export const asSftp =
  (hook: FaultHook): FaultHook =>
  async (event) => {
    const command = COMMANDS[event.command];
    if (command === undefined) {
      return undefined;
    }
    // Between its halves a rename is done and not answered: closed there, the second half is never carried out.
    const phase = event.phase === "between" ? "after" : event.phase;
    const action = await hook({ ...event, command, phase });
    if (action?.do !== "reply") {
      return action;
    }
    // A no comes from the first half: what the second one fails at, the protocol assumes not to happen (docs/delivery.md).
    return command === "RNTO" && phase === "after" ? undefined : { ...action, code: FAILURE };
  };
