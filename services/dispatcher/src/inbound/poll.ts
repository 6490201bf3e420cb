// Reading a supplier's folder of acknowledgements: list, read, apply, put away. Safe to repeat at any point: a file that
// was applied and not put away is recognised by its bytes. Each file stands for itself: one that cannot be read, or not
// be put away, keeps no other waiting.
import { createHash } from "node:crypto";
import { matchesGlob } from "../domain/classify.ts";
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
);

export interface PollReport {
  readonly listed: number;
  readonly news: readonly FileNews[];
}

export type PollAcknowledgements = (folder: AcknowledgementFolder) => Promise<PollReport>;

/** Files of one poll: the rest waits for the next, so that sending is not kept from its connection for long. */
const MOST_FILES = 200;

/** Bytes. An answer is some kilobytes; a larger file is no answer, and is not read into memory. */
const LARGEST_FILE = 16 * 1024 * 1024;

export function createAcknowledgementPoll(options: {
  readonly inbox: AcknowledgementInbox;
  readonly use: <T>(supplier: string, work: (session: InboundSession) => Promise<T>) => Promise<T>;
  readonly tell: (news: FileNews) => void;
  readonly now: () => number;
  /** Milliseconds that a file may stay unreadable (it may be half written) before it is set aside. */
  readonly patienceMs: number;
}): PollAcknowledgements {
  const { inbox, now } = options;
  // Lost at a restart, which only makes us more patient, or read some files once more.
  /** When the very same unreadable bytes, or a file that is not given to us, were first seen. */
  const waitingSince = new Map<string, number>();
  /** Files that are done with and could not be put away, by name, size and time: not read again. */
  const leftThere = new Set<string>();

  return async (source) =>
    await options.use(source.supplier, async (session) => {
      await session.enter(source.folder);
      const pattern = source.match.toLowerCase();
      const files = (await session.list(source.folder))
        .filter((file) => matchesGlob(file.name.toLowerCase(), pattern) && !leftThere.has(fileKey(source, file)))
        .slice(0, MOST_FILES);
      const news: FileNews[] = [];
      const tell = (one: FileNews): void => {
        news.push(one);
        options.tell(one);
      };
      for (const file of files) {
        const path = join(source.folder, file.name);
        const where = { supplier: source.supplier, path };
        try {
          const done = await receive(session, { source, file, tell: (one) => tell({ ...where, ...one }) });
          const problem = done ? await putAway(session, { source, name: file.name, hash: done }) : undefined;
          if (problem !== undefined) {
            leftThere.add(fileKey(source, file));
            tell({ ...where, kind: "not-put-away", reason: problem });
          }
        } catch (error) {
          if (!(error instanceof NotSent) || session.closed()) {
            throw error;
          }
          if (waited(`given ${path}`) === "just over") {
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
      readonly tell: (
        news: Extract<Received, { kind: "applied" }> | { readonly kind: "quarantined"; readonly reason: string },
      ) => void;
    },
  ): Promise<string | undefined> {
    const { source, file, tell } = input;
    const path = join(source.folder, file.name);
    if (file.size > LARGEST_FILE) {
      const reason = `it has ${file.size} bytes; an answer has at most ${LARGEST_FILE}. It was not read`;
      await inbox.quarantine({ supplier: source.supplier, path, bytes: Buffer.from(`${path} ${file.size} bytes`) }, reason);
      tell({ kind: "quarantined", reason });
      return shortHash(Buffer.from(path));
    }
    const bytes = await session.read(path);
    if (typeof bytes === "string" || !(await isWhole(session, path, bytes))) {
      return undefined; // Gone, not ours to read, or still growing: the next poll will see.
    }
    const inbound: InboundFile = { supplier: source.supplier, path, bytes };
    const received = await inbox.receive(inbound);
    switch (received.kind) {
      case "unreadable":
        if (waited(`read ${path} ${shortHash(bytes)}`) === "not yet") {
          return undefined;
        }
        await inbox.quarantine(inbound, received.reason);
        tell({ kind: "quarantined", reason: received.reason });
        return shortHash(bytes);
      case "quarantined":
      case "applied":
        tell(received);
        return shortHash(bytes);
      case "duplicate":
        return shortHash(bytes);
    }
  }

  /** Whether patience with something is over; `just over` once. */
  function waited(what: string): "not yet" | "just over" | "long over" {
    const since = waitingSince.get(what) ?? now();
    waitingSince.set(what, since);
    if (now() - since < options.patienceMs) {
      return "not yet";
    }
    waitingSince.set(what, Number.NEGATIVE_INFINITY);
    return since === Number.NEGATIVE_INFINITY ? "long over" : "just over";
  }
}

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

const fileKey = (
  source: AcknowledgementFolder,
  file: { readonly name: string; readonly size: number; readonly modifiedAt: number | null },
): string => `${source.supplier} ${source.folder} ${file.name} ${file.size} ${file.modifiedAt ?? ""}`;

const shortHash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

const join = (folder: string, name: string): string => (folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`);
