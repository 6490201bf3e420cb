// The journal: what was about to be renamed and what was sent, outside the database and its backups. A restored database
// does not know what was sent after its backup; the journal does. Append-only, one JSON line each, on disk before append
// returns. A line that was cut off by a crash is the last one, and tells of nothing that happened after it.
import { open, readFile, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { StartupError } from "@soh/shared/lifecycle";
import { z } from "zod";
import { makeOwnFile, type ModeNews } from "../database/own-files.ts";

const entrySchema = z.object({
  /** intent: the rename may happen from here on. withdrawn: the server refused it for certain. */
  kind: z.enum(["intent", "withdrawn", "sent"]),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Of a line from before messages, of a notice: its own id. */
  purchaseOrder: z.string(),
  /** Null: of a line from before messages, where a message was its purchase order. */
  message: z.string().nullable().default(null),
  order: z.string(),
  supplier: z.string(),
  number: z.string(),
  version: z.number(),
  copy: z.number(),
  /** The attempt's id: of an intent, and of one withdrawn. Null: sent, however we know of that. */
  attempt: z.string().nullable().default(null),
  path: z.string().nullable(),
  hash: z.string(),
  /** Of an order or a replacement, units of each line: domain/delivery/says.ts. Null: the line is from before it was kept. */
  says: z.string().nullable().default(null),
  /** Of a notice: the purchase order that it is about, and what it says. */
  notice: z.object({ of: z.string(), says: z.string() }).nullable().default(null),
});

export interface JournalEntry extends z.output<typeof entrySchema> {
  /** The message's; of the first about a purchase order, the purchase order's. */
  readonly message: string;
}

export interface Journal {
  /**
   * Resolves when the lines are on disk, in one write. Rejects when that is not certain: then nothing may be renamed, though a
   * part of them may be there, or even all. Without lines, after it failed: tries whether it can be written.
   */
  append(entries: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}

export interface OpenJournal {
  readonly journal: Journal;
  /** Everything written before, in order. */
  readonly entries: readonly JournalEntry[];
  /** There was no journal before. */
  readonly isNew: boolean;
}

/**
 * Throws StartupError when the file cannot be read or written, or holds a line that is not ours before its last. `tell`: that others
 * could read it.
 */
export async function openJournal(path: string, tell: (news: ModeNews) => void = () => {}): Promise<OpenJournal> {
  const file = resolve(path);
  const { entries, isNew, endsCleanly } = await readEntries(file);
  const handle = await openToAppend(file, isNew, tell).catch((error: unknown) => {
    throw new StartupError(`SOH_JOURNAL: ${file} cannot be written: ${reason(error)}`, { cause: error });
  });
  /** Sets a line that was cut off, by a crash or a full disk, apart from the next. */
  let separator = endsCleanly ? "" : "\n";

  /** Lines of the turn that waits, written and synced together. */
  let waiting: { text: string; readonly done: PromiseWithResolvers<void> }[] = [];
  let writing: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await handle.appendFile(separator + batch.map((one) => one.text).join(""));
        await handle.datasync();
        separator = "";
        batch.forEach((one) => one.done.resolve());
      } catch (error) {
        separator = "\n";
        batch.forEach((one) =>
          one.done.reject(new Error(`the journal ${file} cannot be written: ${reason(error)}`, { cause: error })),
        );
      }
    }
    writing = undefined;
  };

  return {
    entries,
    isNew,
    journal: {
      append(entries) {
        const done = Promise.withResolvers<void>();
        waiting.push({ text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), done });
        writing ??= flush();
        return done.promise;
      },
      async close() {
        await writing;
        await handle.close();
      },
    },
  };
}

async function openToAppend(file: string, isNew: boolean, tell: (news: ModeNews) => void): Promise<FileHandle> {
  makeOwnFile(file).forEach(tell);
  const handle = await open(file, "a");
  if (isNew) {
    // The file's name must be on disk too, or a power cut takes the whole journal.
    const folder = await open(dirname(file), "r");
    await folder.sync();
    await folder.close();
  }
  return handle;
}

async function readEntries(
  file: string,
): Promise<{ readonly entries: readonly JournalEntry[]; readonly isNew: boolean; readonly endsCleanly: boolean }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return { entries: [], isNew: true, endsCleanly: true };
    }
    throw new StartupError(`SOH_JOURNAL: ${file} cannot be read: ${reason(error)}`, { cause: error });
  }
  const lines = text.split("\n");
  const endsCleanly = lines.at(-1) === "";
  const entries: JournalEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = parse(line);
    if (entry !== undefined) {
      entries.push(entry);
    } else if (line.trim() !== "" && !isCutOff(line)) {
      throw new StartupError(
        `SOH_JOURNAL: ${file}, line ${index + 1} is not a journal entry. If it is the right file, move that line out of it.`,
      );
    }
  }
  return { entries, isNew: false, endsCleanly };
}

function parse(line: string): JournalEntry | undefined {
  try {
    const entry = entrySchema.safeParse(JSON.parse(line)).data;
    return (
      entry && { ...entry, message: entry.message ?? entry.purchaseOrder, purchaseOrder: entry.notice?.of ?? entry.purchaseOrder }
    );
  } catch {
    return undefined;
  }
}

const BEGINNING = '{"kind":"';

/** The beginning of an entry, without its end: a crash in the middle of a write, or a disk that was full after any byte of it. */
function isCutOff(line: string): boolean {
  if (line.length < BEGINNING.length) {
    return BEGINNING.startsWith(line);
  }
  // A notice's ends with two braces: one of them may be there.
  return line.startsWith(BEGINNING) && (!line.endsWith("}") || parse(`${line}}`) !== undefined);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
