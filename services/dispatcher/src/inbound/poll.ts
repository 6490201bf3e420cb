// Reading a supplier's folder: list, claim, read, apply, put away. Safe to repeat at any point: a file
// that was applied and not put away is recognised by its bytes, one that was claimed by its name. Each file stands for
// itself: one that cannot be read, or not be put away, keeps no other waiting.
import { matchesGlob } from "../domain/rules/glob.ts";
import { NotSent } from "../domain/delivery/failure.ts";
import { claim, claimedName, claimName, giveBack } from "./claiming.ts";
import type { Applied, FileKind, ReceivedFile } from "./file-kind.ts";
import type { KeptFile, KeptFiles } from "./kept-files.ts";
import { inFolder, putAway } from "./put-away.ts";
import { hashOf, type Receiving } from "./receive.ts";

export interface InboundSession {
  closed(): boolean;
  enter(folder: string): Promise<void>;
  list(folder: string): Promise<readonly { readonly name: string; readonly size: number; readonly modifiedAt: number | null }[]>;
  size(path: string): Promise<number | "absent" | "unsupported">;
  read(path: string): Promise<Uint8Array | "absent" | "unreadable">;
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string; readonly forNow?: boolean }>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
}

export interface SupplierFolder {
  readonly supplier: string;
  /** What its files are. */
  readonly kind: FileKind;
  readonly folder: string;
  readonly match: string;
  /** keep: what is done with stays, and is remembered. */
  readonly after: "archive" | "delete" | "keep";
  /** Files are claimed before they are read, where the server renames them. Never where they are kept. */
  readonly claim: boolean;
  /** Milliseconds for which a file must look the same before it is read. */
  readonly minimumAgeMs: number;
}

/** What became of one file; told as soon as it is committed, so that a poll that breaks later loses no news. */
export type FileNews = { readonly supplier: string; readonly path: string; readonly fileKind: FileKind["kind"] } & (
  | Applied
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

export type PollFolder = (folder: SupplierFolder) => Promise<PollReport>;

/** Files of one poll: the rest waits for the next, so that sending is not kept from its connection for long. */
const MOST_FILES = 200;

/** What is remembered of a file as long as its folder lists it. Lost at a restart, which only makes us more patient, or read some files once more. */
interface FileMemory {
  /** Size and time as listed, and since when they are so. */
  readonly looks?: { readonly state: string; readonly since: number };
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

export function createPoll(options: {
  readonly receiving: Pick<Receiving, "receiveGuarded" | "setAside">;
  readonly use: <T>(supplier: string, work: (session: InboundSession) => Promise<T>) => Promise<T>;
  readonly tell: (news: FileNews) => Promise<void>;
  /** Files of folders that are only read. */
  readonly kept: KeptFiles;
  /** Eight hexadecimal digits, new each time. */
  readonly newId: () => string;
  readonly now: () => number;
  /** Milliseconds that a file may stay unreadable (it may be half written) before it is set aside. */
  readonly patienceMs: number;
}): PollFolder {
  const { receiving, now } = options;
  /** By folder and file name. */
  const memories = new Map<string, ReadonlyMap<string, FileMemory>>();

  return async (source) =>
    await options.use(source.supplier, async (session) => {
      await session.enter(source.folder);
      const listed = (await session.list(source.folder)).flatMap((file) => candidate(source, file) ?? []);
      const memory = forgetOthers(source, listed);
      const kept = await knownKept(source, listed);
      const files = listed
        .filter(
          (file) =>
            isOldEnough(source, file, memory) &&
            !isDoneWith(file, memory.get(file.original)) &&
            !isKept(file, kept.get(inFolder(source.folder, file.original))),
        )
        // Those that could not be had before, or were known before, come last: many of them must not hide a new one.
        .toSorted((a, b) => rank(a) - rank(b))
        .slice(0, MOST_FILES);
      const news: FileNews[] = [];
      const tell = async (one: FileNews): Promise<void> => {
        news.push(one);
        await options.tell(one);
      };
      for (const file of files) {
        const path = inFolder(source.folder, file.original);
        const where = { supplier: source.supplier, path, fileKind: source.kind.kind };
        const remember = (one: Partial<FileMemory>): void =>
          void memory.set(file.original, { ...memory.get(file.original), ...one });
        if (!isPlainName(file.name)) {
          remember({ notTouched: true });
          await tell({
            ...where,
            kind: "not-touched",
            reason: "its name has a slash or a control character, and could lead elsewhere",
          });
          continue;
        }
        try {
          const known = kept.get(path)?.hash;
          const problem = await handle(session, { source, file, memory, known, tell: (one) => tell({ ...where, ...one }) });
          if (problem !== undefined) {
            memory.set(file.original, { done: stateOf(file) });
            await tell({ ...where, kind: "not-put-away", reason: problem });
          }
        } catch (error) {
          if (!(error instanceof NotSent) || session.closed()) {
            throw error;
          }
          const { since, told } = memory.get(file.original)?.notGiven ?? { since: now(), told: false };
          const over = now() - since >= options.patienceMs;
          remember({ notGiven: { since, told: told || over } });
          if (over && !told) {
            await tell({ ...where, kind: "not-given", reason: error.message });
          }
        }
      }
      return { listed: files.length, news };

      function rank(file: Candidate): number {
        const { looks: _, ...tried } = memory.get(file.original) ?? {};
        return Number(Object.keys(tried).length > 0 || kept.has(inFolder(source.folder, file.original)));
      }
    });

  /** Claims, reads, applies and puts away. Undefined: it is done with, or for another look; else why it stays there. */
  async function handle(session: InboundSession, input: Handling): Promise<string | undefined> {
    const { source, file } = input;
    const path = inFolder(source.folder, file.original);
    const listedPath = inFolder(source.folder, file.name);
    // Taken over from a poll that ended, too: of two that want it, one gets it.
    const wanted = source.claim || file.claimed;
    const own = claimName(file.original, { supplier: source.supplier, id: options.newId() });
    const claimed = wanted && (await claim(session, listedPath, inFolder(source.folder, own)));
    const at = claimed ? inFolder(source.folder, own) : listedPath;
    let gone = false;
    try {
      const done = await receive(session, { ...input, at });
      if (done === undefined) {
        return undefined;
      }
      if (source.after === "keep") {
        await options.kept.remember(source.supplier, {
          path,
          size: file.size,
          modifiedAt: file.modifiedAt,
          hash: done.hash,
        });
        return undefined;
      }
      if (!claimed && done.wasRead && !(await isStill(session, at, done.hash))) {
        return undefined; // Another has its name by now: the next poll reads it.
      }
      const hash = done.hash.slice(0, 12);
      const problem = await putAway(session, { folder: source.folder, path: at, name: file.original, hash, after: source.after });
      gone = problem === undefined;
      return problem;
    } finally {
      if (!gone && (claimed || file.claimed)) {
        await giveBack(session, at, path);
      }
    }
  }

  /** What is done with; undefined for a file to look at again later. `at`: where it is now. */
  async function receive(
    session: InboundSession,
    input: Handling & { readonly at: string },
  ): Promise<{ readonly hash: string; readonly wasRead: boolean } | undefined> {
    const { source, file, memory, known, at, tell } = input;
    const path = inFolder(source.folder, file.original);
    const largest = source.kind.largestBytes;
    const tellSetAside = async (hash: string, reason: string): Promise<void> => {
      const before = memory.get(file.original);
      memory.set(file.original, { ...before, setAside: hash });
      if (before?.setAside !== hash) {
        await tell({ kind: "quarantined", reason });
      }
    };
    const setAsideUnread = async (size: number) => {
      const hash = hashOf(Buffer.from(`${path} ${size} bytes`));
      if (hash !== known) {
        const reason = `it has ${size} bytes; a file of this kind has at most ${largest}. It was not read`;
        const file = { supplier: source.supplier, path, bytes: Buffer.from(`${path} ${size} bytes`) };
        await receiving.setAside(source.kind, file, reason);
        await tellSetAside(hash, reason);
      }
      return { hash, wasRead: false };
    };
    if (file.size > largest) {
      return await setAsideUnread(file.size);
    }
    const bytes = await session.read(at);
    if (typeof bytes !== "string" && bytes.byteLength > largest) {
      return await setAsideUnread(bytes.byteLength); // The listing said otherwise.
    }
    if (bytes === "unreadable") {
      throw new NotSent("the server does not give it to us"); // This one file; told when it stays so.
    }
    if (bytes === "absent" || !(await isWhole(session, at, bytes))) {
      return undefined; // Gone, or still growing: the next poll will see.
    }
    const hash = hashOf(bytes);
    const done = { hash, wasRead: true };
    if (hash === known) {
      return done; // Only its time is another.
    }
    const inbound: ReceivedFile = { supplier: source.supplier, path, bytes };
    const received = await receiving.receiveGuarded(source.kind, inbound);
    switch (received.kind) {
      case "not-readable-yet": {
        const before = memory.get(file.original);
        const since = before?.unreadable?.hash === hash ? before.unreadable.since : now();
        memory.set(file.original, { ...before, unreadable: { hash, since } });
        if (now() - since < options.patienceMs) {
          return undefined;
        }
        await receiving.setAside(source.kind, inbound, received.reason);
        await tellSetAside(hash, received.reason);
        return done;
      }
      case "set-aside":
        await tellSetAside(hash, received.reason);
        return done;
      case "applied":
        await tell(received);
        return done;
      case "duplicate":
        return done;
    }
  }

  /** By our own clock, as long as we have looked: the server's may be wrong. */
  function isOldEnough(source: SupplierFolder, file: Candidate, memory: Map<string, FileMemory>): boolean {
    if (source.minimumAgeMs === 0 || file.claimed) {
      return true;
    }
    const before = memory.get(file.original);
    const state = stateOf(file);
    const since = before?.looks?.state === state ? before.looks.since : now();
    memory.set(file.original, { ...before, looks: { state, since } });
    return now() - since >= source.minimumAgeMs;
  }

  async function knownKept(source: SupplierFolder, listed: readonly Candidate[]): Promise<ReadonlyMap<string, KeptFile>> {
    return source.after === "keep"
      ? await options.kept.known(source.supplier, {
          folder: source.folder,
          listed: listed.map((file) => inFolder(source.folder, file.original)),
        })
      : new Map<string, KeptFile>();
  }

  /** What is remembered of the files that are listed; what is gone is forgotten, or the memory would grow for ever. */
  function forgetOthers(source: SupplierFolder, listed: readonly Candidate[]): Map<string, FileMemory> {
    const key = `${source.supplier} ${source.folder}`;
    const before = memories.get(key);
    const memory = new Map(
      listed.flatMap(({ original: name }): [string, FileMemory][] => {
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

interface Listed {
  readonly size: number;
  readonly modifiedAt: number | null;
}

interface Candidate extends Listed {
  /** As it is listed. */
  readonly name: string;
  /** As the supplier named it. */
  readonly original: string;
  /** By an earlier poll, which a crash ended. */
  readonly claimed: boolean;
}

interface Handling {
  readonly source: SupplierFolder;
  readonly file: Candidate;
  readonly memory: Map<string, FileMemory>;
  /** The hash of what was at this path, and is done with. */
  readonly known: string | undefined;
  readonly tell: (news: Applied | { readonly kind: "quarantined"; readonly reason: string }) => Promise<void>;
}

/** A file that the folder's glob matches, or that was claimed for this supplier. */
function candidate(source: SupplierFolder, file: Listed & { readonly name: string }): Candidate | undefined {
  const before = claimedName(file.name);
  if (before !== undefined) {
    return before.supplier === source.supplier ? { ...file, original: before.original, claimed: true } : undefined;
  }
  return matchesGlob(file.name.toLowerCase(), source.match.toLowerCase())
    ? { ...file, original: file.name, claimed: false }
    : undefined;
}

/** Without a time, only its bytes can tell whether it is the same. */
const isKept = (file: Listed, known: KeptFile | undefined): boolean =>
  known !== undefined && file.modifiedAt !== null && known.modifiedAt === file.modifiedAt && known.size === file.size;

/** What was not claimed may have been replaced while it was applied: then it must not be put away. */
async function isStill(session: InboundSession, path: string, hash: string): Promise<boolean> {
  const again = await session.read(path);
  return typeof again !== "string" && hashOf(again) === hash;
}

const stateOf = (file: Listed): string => `${file.size} ${file.modifiedAt ?? ""}`;

const isDoneWith = (file: Listed, memory: FileMemory | undefined): boolean =>
  memory !== undefined && (memory.notTouched === true || memory.done === stateOf(file));
