// One control connection: reads lines, runs one command at a time, sends its reply, and lets faults in between.
//
//   a line → recorded → fault "before" → executed (a transfer asks for fault "data") → fault "after" → reply sent
//
// A client that goes away ends the session, but not a command that has begun: a real server finishes its rename too.
import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import type { SecureContext, TLSSocket } from "node:tls";
import { execute, pathOf } from "./commands.ts";
import type { Answer, CommandSettings, Conversation, FileChange } from "./conversation.ts";
import { encrypt, openDoor, type Door, type Reply, type TransferEnd } from "./data-connection.ts";
import { disturbanceOf, meet, type FaultAction, type FaultGate, type FaultPhase } from "./faults.ts";
import type { Folder } from "./folder.ts";
import type { OpenHandles } from "./open-handles.ts";

export interface Session {
  /** Drops the connection, after a last reply if there is one to give. */
  drop(lastReply?: Reply): void;
}

export interface SessionOptions {
  readonly socket: Socket;
  readonly number: number;
  readonly host: string;
  readonly folder: Folder;
  readonly secureContext: SecureContext;
  /** Of data connections. */
  readonly dataContext: SecureContext;
  readonly settings: CommandSettings & { readonly requireSessionReuse: boolean };
  readonly gate: FaultGate;
  readonly handles: OpenHandles;
  /** A command arrived. The function it returns is told the code of the final reply, if one is ever sent. */
  onCommand(command: string, argument: string): (code: number) => void;
  onFile(change: FileChange): void;
  /** Called once; with the error where a fault hook, an observer or the disk made it end. */
  onEnd(error?: unknown): void;
}

/** Characters of a line without an end: more is no FTP client. */
const LONGEST_LINE = 8_192;

const REPLIES: Readonly<Record<TransferEnd, Reply>> = {
  complete: { code: 226, text: "Transfer complete." },
  broken: { code: 426, text: "Failure reading or writing network stream." },
  dropped: { code: 451, text: "Failure writing to local file." },
  closed: { code: 421, text: "Closing." },
};

export function openSession(options: SessionOptions): Session {
  const { socket, number, secureContext, settings, gate, handles } = options;
  const decoder = new StringDecoder(settings.encoding);
  const queue: string[] = [];
  let unfinishedLine = "";
  let control: Socket | TLSSocket = socket;
  let door: Door | undefined;
  let current = { command: "CONNECT", argument: "" };
  let busy = false;
  let ended = false;

  const conversation: Conversation = {
    folder: options.folder,
    settings,
    get encrypted() {
      return control !== socket || settings.encryption === "none";
    },
    workingDirectory: "/",
    user: undefined,
    loggedIn: false,
    protectedData: false,
    binary: false,
    renameFrom: undefined,
    announce: (change) => options.onFile(change),

    async openDoor() {
      door?.close();
      const { requireSessionReuse } = settings;
      door = await openDoor({
        host: options.host,
        peer: socket.remoteAddress,
        secureContext: settings.encryption === "none" ? undefined : options.dataContext,
        requireSessionReuse,
        handles,
      });
      return door;
    },

    async transfer(work) {
      if (!door) {
        return { reply: { code: 425, text: "Use EPSV or PASV first." }, end: undefined };
      }
      if (!conversation.protectedData && settings.encryption !== "none") {
        return { reply: { code: 522, text: "Data connections must be encrypted." }, end: undefined };
      }
      say({ code: 150, text: "Ok to transfer data." });
      const admitted = await door.admit();
      if ("code" in admitted) {
        return { reply: admitted, end: undefined };
      }
      const fault = await consult("data");
      const end = await work(admitted, fault && disturbanceOf(gate, fault));
      if (end === "closed") {
        drop();
      }
      return { reply: end === "dropped" && fault?.do === "reply" ? fault : REPLIES[end], end };
    },
  };

  function consult(phase: FaultPhase): Promise<FaultAction | undefined> {
    const { command, argument } = current;
    const path = pathOf(conversation, command, argument);
    return gate.consult({ phase, command, argument: hidden(command, argument), path, session: number });
  }

  async function run(command: string, argument: string, work: () => Promise<Answer>): Promise<void> {
    current = { command, argument };
    const replied = options.onCommand(command, hidden(command, argument));
    const answer: Answer | "close" = (await meet(gate, await consult("before"))) ?? (await executed(work));
    if (answer === "close" || ended) {
      drop();
      return;
    }
    replied(answer.code);
    if (answer.next === "encrypt") {
      await encryptControl(answer);
      return;
    }
    say(answer);
    if (answer.next === "quit") {
      control.end();
    }
  }

  async function executed(work: () => Promise<Answer>): Promise<Answer | "close"> {
    const answer = await work();
    return ended ? "close" : ((await meet(gate, await consult("after"))) ?? answer);
  }

  /** Works through the queue, unless it is being worked through. */
  async function workOff(): Promise<void> {
    if (busy) {
      return;
    }
    busy = true;
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
      const [, verb = "", argument = ""] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
      const command = verb.toUpperCase();
      await run(command, argument, () => execute(conversation, command, argument));
    }
    busy = false;
  }

  function onData(chunk: Buffer): void {
    if (ended) {
      return;
    }
    const lines = (unfinishedLine + decoder.write(chunk)).split("\n");
    unfinishedLine = lines.pop() ?? "";
    if (unfinishedLine.length > LONGEST_LINE) {
      drop({ code: 500, text: "Line too long." });
      return;
    }
    for (const line of lines.map((text) => text.replace(/\r$/, ""))) {
      // The one command that does not wait for its turn: it ends the transfer that the others wait for.
      if (line.toUpperCase() === "ABOR") {
        door?.close();
      }
      queue.push(line);
    }
    workOff().catch(fail);
  }

  /** Replies 234 in clear text and goes on in TLS. Nothing may follow AUTH in clear text: it could be a stranger's. */
  async function encryptControl(answer: Answer): Promise<void> {
    control.off("data", onData);
    control.pause();
    if (queue.length > 0 || unfinishedLine !== "") {
      drop();
      return;
    }
    await new Promise<void>((resolve) => control.write(formatted(answer), settings.encoding, () => resolve()));
    control = encrypt(socket, secureContext, handles);
    control.on("data", onData);
  }

  function say(answer: Answer): void {
    if (!ended && control.writable) {
      control.write(formatted(answer), settings.encoding);
    }
  }

  function drop(lastReply?: Reply): void {
    if (lastReply) {
      say(lastReply);
      control.end(() => socket.destroy());
    } else {
      control.destroy();
      socket.destroy();
    }
    end();
  }

  function fail(error: unknown): void {
    control.destroy();
    socket.destroy();
    end(error);
  }

  function end(error?: unknown): void {
    if (!ended) {
      ended = true;
      queue.length = 0;
      door?.close();
      options.onEnd(error);
    }
  }

  handles.add(socket);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => end());
  if (settings.encryption === "implicit") {
    control = encrypt(socket, secureContext, handles);
  }
  // The greeting is a command too, so that faults can meet it.
  run("CONNECT", "", () => Promise.resolve({ code: 220, text: "Ready." }))
    .then(() => control.on("data", onData))
    .catch(fail);
  return { drop };
}

function hidden(command: string, argument: string): string {
  return command === "PASS" ? "***" : argument;
}

function formatted({ code, text, lines }: Answer): string {
  return lines ? [`${code}-${text}`, ...lines, `${code} End`, ""].join("\r\n") : `${code} ${text}\r\n`;
}
