// Reading a supplier's folder of acknowledgements: list, read, apply, put away. Safe to repeat at any point: a file that
// was applied and not put away is recognised by its bytes. Each file stands for itself: one that cannot be read, or not
// be put away, keeps no other waiting.
import { createHash } from "node:crypto";
import { matchesGlob } from "../domain/glob.ts";
import { NotSent } from "../domain/failure.ts";
import type { AcknowledgementInbox, InboundFile, Received } from "./acknowledgements.ts";

export interface InboundSession {
  closed(): boolean;
  enter(folder: string): Promise<void>;
  list(folder: string): Promise<readonly { readonly name: string; readonly size: number; readonly modifiedAt: number | null }[]>;
  size(path: string): Promise<number | "absent" | "unsupported">;
  read(path: string): Promise<Uint8Array | "absent" | "unreadable">;
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string }>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
}

export interface AcknowledgementFolder {
  readonly supplier: string;
  readonly folder: string;
  readonly match: string;
  readonly after: "archive" | "delete";
}

/** What became of one file; told as soon as it is committed, so that a poll that breaks later loses no news. */
export type FileNews = { readonly supplier: string; readonly path: string } & (
  | Extract<Received, { readonly kind: "applied" }>
  | { readonly kind: "quarantined"; readonly reason: string }
  /** It is applied or set aside, and stays in the supplier's folder. Told once. */
  | { readonly kind: "not-put-away"; readonly reason: string }
  /** The supplier's server does not give it to us. Told once. */
  | { readonly kind: "not-given"; readonly reason: string }
  /** Its name could lead out of the folder: it is left alone. Told once. */
  | { readonly kind: "not-touched"; readonly reason: string }
);

export interface PollReport {
  readonly listed: number;
  readonly news: readonly FileNews[];
}

export type PollAcknowledgements = (folder: AcknowledgementFolder) => Promise<PollReport>;

/** Files of one poll: the rest waits for the next, so that sending is not kept from its connection for long. */
const MOST_FILES = 200;

/** Bytes. An answer is some kilobytes; a larger file is no answer. Reading one would hold up everything else. */
const LARGEST_FILE = 512 * 1024;

/** What is remembered of a file as long as its folder lists it. Lost at a restart, which only makes us more patient, or read some files once more. */
interface FileMemory {
  /** The size and time with which it is done with, and could not be put away: not read again. */
  readonly done?: string;
  /** When the very same unreadable bytes were first seen. */
  readonly unreadable?: { readonly hash: string; readonly since: number };
  /** The bytes that were set aside, and told of; putting the file away may take another poll. */
  readonly setAside?: string;
  /** Since when it is not given to us, and whether that was told. */
  readonly notGiven?: { readonly since: number; readonly told: boolean };
  /** Its name was told of. */
  readonly notTouched?: true;
}

export function createAcknowledgementPoll(options: {
  readonly inbox: AcknowledgementInbox;
  readonly use: <T>(supplier: string, work: (session: InboundSession) => Promise<T>) => Promise<T>;
  readonly tell: (news: FileNews) => void;
  readonly now: () => number;
  /** Milliseconds that a file may stay unreadable (it may be half written) before it is set aside. */
  readonly patienceMs: number;
}): PollAcknowledgements {
  const { inbox, now } = options;
  /** By folder and file name. */
  const memories = new Map<string, ReadonlyMap<string, FileMemory>>();

  return async (source) =>
    await options.use(source.supplier, async (session) => {
      await session.enter(source.folder);
      const pattern = source.match.toLowerCase();
      const listed = await session.list(source.folder);
      const memory = forgetOthers(source, listed);
      const files = listed
        .filter((file) => matchesGlob(file.name.toLowerCase(), pattern) && !isDoneWith(file, memory.get(file.name)))
        // Those that could not be had before come last: many of them must not hide a new one.
        .toSorted((a, b) => Number(memory.has(a.name)) - Number(memory.has(b.name)))
        .slice(0, MOST_FILES);
      const news: FileNews[] = [];
      const tell = (one: FileNews): void => {
        news.push(one);
        options.tell(one);
      };
      for (const file of files) {
        const path = join(source.folder, file.name);
        const where = { supplier: source.supplier, path };
        if (!isPlainName(file.name)) {
          memory.set(file.name, { notTouched: true });
          tell({
            ...where,
            kind: "not-touched",
            reason: "its name has a slash or a control character, and could lead elsewhere",
          });
          continue;
        }
        try {
          const done = await receive(session, { source, file, memory, tell: (one) => tell({ ...where, ...one }) });
          const problem = done ? await putAway(session, { source, name: file.name, hash: done }) : undefined;
          if (problem !== undefined) {
            memory.set(file.name, { done: stateOf(file) });
            tell({ ...where, kind: "not-put-away", reason: problem });
          }
        } catch (error) {
          if (!(error instanceof NotSent) || session.closed()) {
            throw error;
          }
          const before = memory.get(file.name);
          const { since, told } = before?.notGiven ?? { since: now(), told: false };
          const over = now() - since >= options.patienceMs;
          memory.set(file.name, { ...before, notGiven: { since, told: told || over } });
          if (over && !told) {
            tell({ ...where, kind: "not-given", reason: error.message });
          }
        }
      }
      return { listed: files.length, news };
    });

  /** The hash of a file that is done with; undefined for one to look at again later. */
  async function receive(
    session: InboundSession,
    input: {
      readonly source: AcknowledgementFolder;
      readonly file: { readonly name: string; readonly size: number };
      readonly memory: Map<string, FileMemory>;
      readonly tell: (
        news: Extract<Received, { kind: "applied" }> | { readonly kind: "quarantined"; readonly reason: string },
      ) => void;
    },
  ): Promise<string | undefined> {
    const { source, file, memory, tell } = input;
    const path = join(source.folder, file.name);
    const tellSetAside = (hash: string, reason: string): void => {
      const before = memory.get(file.name);
      memory.set(file.name, { ...before, setAside: hash });
      if (before?.setAside !== hash) {
        tell({ kind: "quarantined", reason });
      }
    };
    const setAsideUnread = async (size: number): Promise<string> => {
      const reason = `it has ${size} bytes; an answer has at most ${LARGEST_FILE}. It was not read`;
      await inbox.quarantine({ supplier: source.supplier, path, bytes: Buffer.from(`${path} ${size} bytes`) }, reason);
      tellSetAside(shortHash(Buffer.from(`${path} ${size}`)), reason);
      return shortHash(Buffer.from(path));
    };
    if (file.size > LARGEST_FILE) {
      return await setAsideUnread(file.size);
    }
    const bytes = await session.read(path);
    if (typeof bytes !== "string" && bytes.byteLength > LARGEST_FILE) {
      return await setAsideUnread(bytes.byteLength); // The listing said otherwise.
    }
    if (bytes === "unreadable") {
      throw new NotSent("the server does not give it to us"); // This one file; told when it stays so.
    }
    if (bytes === "absent" || !(await isWhole(session, path, bytes))) {
      return undefined; // Gone, or still growing: the next poll will see.
    }
    const inbound: InboundFile = { supplier: source.supplier, path, bytes };
    const received = await inbox.receive(inbound);
    switch (received.kind) {
      case "unreadable": {
        const hash = shortHash(bytes);
        const before = memory.get(file.name);
        const since = before?.unreadable?.hash === hash ? before.unreadable.since : now();
        memory.set(file.name, { ...before, unreadable: { hash, since } });
        if (now() - since < options.patienceMs) {
          return undefined;
        }
        await inbox.quarantine(inbound, received.reason);
        tellSetAside(hash, received.reason);
        return hash;
      }
      case "quarantined":
        tellSetAside(shortHash(bytes), received.reason);
        return shortHash(bytes);
      case "applied":
        tell(received);
        return shortHash(bytes);
      case "duplicate":
        return shortHash(bytes);
    }
  }

  /** What is remembered of the files that are listed; what is gone is forgotten, or the memory would grow for ever. */
  function forgetOthers(source: AcknowledgementFolder, listed: readonly { readonly name: string }[]): Map<string, FileMemory> {
    const key = `${source.supplier} ${source.folder}`;
    const before = memories.get(key);
    const memory = new Map(
      listed.flatMap(({ name }): [string, FileMemory][] => {
        const one = before?.get(name);
        return one === undefined ? [] : [[name, one]];
      }),
    );
    memories.set(key, memory);
    return memory;
  }
}

/** A name of this folder on every server: some take a backslash for a slash, and a line end would begin another command. */
const isPlainName = (name: string): boolean => name !== "" && name !== "." && name !== ".." && !/[/\\\p{Cc}]/u.test(name);

/** What was read is what is there: a file that is still being written has grown meanwhile. */
async function isWhole(session: InboundSession, path: string, bytes: Uint8Array): Promise<boolean> {
  const size = await session.size(path);
  return size === "unsupported" || size === bytes.byteLength;
}

/** Undefined when the file is out of the way, else why not. */
async function putAway(
  session: InboundSession,
  input: { readonly source: AcknowledgementFolder; readonly name: string; readonly hash: string },
): Promise<string | undefined> {
  const { source, name, hash } = input;
  const path = join(source.folder, name);
  if (source.after === "delete") {
    await session.remove(path);
    return (await session.size(path)) === "absent" ? undefined : "the server does not delete it";
  }
  const archive = join(source.folder, "archive");
  await session.makeFolder(archive);
  // Servers overwrite on rename without a word: an answer that re-uses a name gets one of its own.
  const target = join(archive, name);
  const free = (await session.size(target)) === "absent";
  const renamed = await session.rename(path, free ? target : `${target}.${hash}`);
  return renamed === "renamed" ? undefined : `the server does not move it to ${archive}: ${renamed.refused}`;
}

interface Listed {
  readonly size: number;
  readonly modifiedAt: number | null;
}

const stateOf = (file: Listed): string => `${file.size} ${file.modifiedAt ?? ""}`;

const isDoneWith = (file: Listed, memory: FileMemory | undefined): boolean =>
  memory !== undefined && (memory.notTouched === true || memory.done === stateOf(file));

const shortHash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

const join = (folder: string, name: string): string => (folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`);
