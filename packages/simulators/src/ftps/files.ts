// The commands that touch the folder. File operations are synchronous: what a command did is on disk before anybody
// hears of it. A path out of the root's reach is answered as one that does not exist.
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmdirSync, statSync, unlinkSync, writeSync } from "node:fs";
import type { Answer, Conversation, FileChange } from "./conversation.ts";
import { receive, send } from "./data-connection.ts";
import { factsLine, timeValue, unixLine, type Entry } from "./folder.ts";

export async function store(session: Conversation, argument: string): Promise<Answer> {
  const path = session.folder.resolve(session.workingDirectory, argument);
  const file = session.folder.onDisk(path);
  const descriptor = file === undefined ? undefined : opened(file, "w");
  if (descriptor === undefined) {
    return { code: 553, text: "Could not create file." };
  }
  let outcome: Awaited<ReturnType<Conversation["transfer"]>>;
  try {
    outcome = await session.transfer((socket, disturbance) =>
      receive(socket, (bytes) => writeSync(descriptor, bytes), disturbance),
    );
  } finally {
    closeSync(descriptor);
  }
  if (outcome.end !== undefined) {
    session.announce({ kind: "stored", path, complete: outcome.end === "complete" });
  }
  return outcome.reply;
}

export async function retrieve(session: Conversation, argument: string): Promise<Answer> {
  const path = session.folder.resolve(session.workingDirectory, argument);
  const file = session.folder.look(path)?.isFile() ? session.folder.onDisk(path) : undefined;
  const descriptor = file === undefined ? undefined : opened(file, "r");
  if (descriptor === undefined) {
    return { code: 550, text: "Failed to open file." };
  }
  try {
    return (await session.transfer((socket, disturbance) => send(socket, chunksOf(descriptor), disturbance))).reply;
  } finally {
    closeSync(descriptor);
  }
}

export async function list(session: Conversation, argument: string, verb: "LIST" | "NLST" | "MLSD"): Promise<Answer> {
  const path = session.folder.resolve(session.workingDirectory, withoutFlags(argument));
  const entries = session.folder.list(path);
  if (entries === undefined || (verb === "MLSD" && !session.folder.look(path)?.isDirectory())) {
    return { code: 550, text: "No such directory." };
  }
  // Names that begin with a dot are hidden from a plain LIST, as by ls.
  const all = verb === "MLSD" || /^-\w*a/.test(argument);
  const lineOf = { LIST: (entry: Entry) => unixLine(entry, Date.now()), NLST: (entry: Entry) => entry.name, MLSD: factsLine }[
    verb
  ];
  const lines = entries.filter(({ name }) => all || !name.startsWith(".")).map((entry) => `${lineOf(entry)}\r\n`);
  return (
    await session.transfer((socket, disturbance) =>
      send(socket, [Buffer.from(lines.join(""), session.settings.encoding)], disturbance),
    )
  ).reply;
}

/** What a command did; a change is announced once it is done, outside the guard for errors of the disk. */
interface Done {
  readonly answer: Answer;
  readonly change?: FileChange;
}

export function rename(session: Conversation, argument: string): Answer {
  const from = session.renameFrom;
  session.renameFrom = undefined;
  if (from === undefined) {
    return { code: 503, text: "RNFR required first." };
  }
  return attempt(session, argument, "Rename failed.", (file, path) => {
    const source = session.folder.onDisk(from);
    if (source === undefined || (!session.settings.renameOverwrites && session.folder.look(path))) {
      return { answer: { code: 550, text: "Rename failed." } };
    }
    renameSync(source, file);
    return { answer: { code: 250, text: "Rename successful." }, change: { kind: "renamed", path, from } };
  });
}

export function remove(session: Conversation, argument: string): Answer {
  return attempt(session, argument, "Delete operation failed.", (file, path) => {
    unlinkSync(file);
    return { answer: { code: 250, text: "Delete operation successful." }, change: { kind: "deleted", path } };
  });
}

export function makeFolder(session: Conversation, argument: string): Answer {
  return attempt(session, argument, "Create directory operation failed.", (folder, path) => {
    mkdirSync(folder);
    return { answer: { code: 257, text: `${quoted(path)} created` } };
  });
}

export function removeFolder(session: Conversation, argument: string): Answer {
  return attempt(session, argument, "Remove directory operation failed.", (folder) => {
    rmdirSync(folder);
    return { answer: { code: 250, text: "Remove directory operation successful." } };
  });
}

export function enter(session: Conversation, argument: string): Answer {
  const path = session.folder.resolve(session.workingDirectory, argument);
  if (!session.folder.look(path)?.isDirectory()) {
    return { code: 550, text: "Failed to change directory." };
  }
  session.workingDirectory = path;
  return { code: 250, text: "Directory successfully changed." };
}

/** One reply for a missing file, an unreadable one and a missing folder: the client cannot tell them apart. */
export function size(session: Conversation, argument: string): Answer {
  if (!session.binary) {
    return { code: 550, text: "SIZE not allowed in ASCII mode." };
  }
  const stats = session.folder.look(session.folder.resolve(session.workingDirectory, argument));
  return stats?.isFile() ? { code: 213, text: String(stats.size) } : { code: 550, text: "Could not get file size." };
}

export function modificationTime(session: Conversation, argument: string): Answer {
  const stats = session.folder.look(session.folder.resolve(session.workingDirectory, argument));
  return stats?.isFile()
    ? { code: 213, text: timeValue(stats.mtime) }
    : { code: 550, text: "Could not get file modification time." };
}

export function facts(session: Conversation, argument: string): Answer {
  const path = session.folder.resolve(session.workingDirectory, argument);
  const stats = session.folder.look(path);
  return stats
    ? { code: 250, text: "Listing", lines: [` ${factsLine({ name: path, stats })}`] }
    : { code: 550, text: "No such file or directory." };
}

/** LIST and NLST take flags, as ls does, before the path. */
export function withoutFlags(argument: string): string {
  return argument.replace(/^-\w+ ?/, "");
}

/** A path in a reply: quotes inside are doubled (RFC 959). */
export function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

function attempt(
  session: Conversation,
  argument: string,
  failure: string,
  operate: (file: string, path: string) => Done,
): Answer {
  const path = session.folder.resolve(session.workingDirectory, argument);
  const file = session.folder.onDisk(path);
  if (file === undefined || path === "/") {
    return { code: 550, text: failure };
  }
  let done: Done;
  try {
    done = operate(file, path);
  } catch (error) {
    if (error instanceof Error && "syscall" in error) {
      return { code: 550, text: failure };
    }
    throw error;
  }
  if (done.change) {
    session.announce(done.change);
  }
  return done.answer;
}

function opened(file: string, flags: "r" | "w"): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() ? undefined : openSync(file, flags);
  } catch {
    return undefined;
  }
}

function* chunksOf(descriptor: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = readSync(descriptor, chunk);
    if (length === 0) {
      return;
    }
    yield chunk.subarray(0, length);
  }
}
