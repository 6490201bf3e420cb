// Reading a supplier's folder of acknowledgements: list, read, apply, put away. Safe to repeat at any point: a file that
// was applied and not put away is recognised by its bytes.
import { createHash } from "node:crypto";
import { matchesGlob } from "../domain/classify.ts";
import type { AcknowledgementInbox, InboundFile } from "./acknowledgements.ts";

export interface InboundSession {
  enter(folder: string): Promise<void>;
  list(folder: string): Promise<readonly { readonly name: string; readonly size: number }[]>;
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

export interface PollReport {
  readonly listed: number;
  readonly applied: readonly {
    readonly purchaseOrder: string;
    readonly number: string;
    readonly status: string;
    readonly reason: string | null;
    readonly path: string;
  }[];
  readonly quarantined: readonly { readonly path: string; readonly reason: string }[];
}

export type PollAcknowledgements = (folder: AcknowledgementFolder) => Promise<PollReport>;

/** Files of one poll: the rest waits for the next, so that sending is not kept from its connection for long. */
const MOST_FILES = 200;

export function createAcknowledgementPoll(options: {
  readonly inbox: AcknowledgementInbox;
  readonly use: <T>(supplier: string, work: (session: InboundSession) => Promise<T>) => Promise<T>;
  readonly now: () => number;
  /** Milliseconds that a file may stay unreadable (it may be half written) before it is set aside. */
  readonly patienceMs: number;
}): PollAcknowledgements {
  const { inbox, now } = options;
  /** When the very same unreadable bytes were first seen. Lost at a restart, which only makes us more patient. */
  const unreadable = new Map<string, number>();

  return async (source) =>
    await options.use(source.supplier, async (session) => {
      await session.enter(source.folder);
      const pattern = source.match.toLowerCase();
      const found = (await session.list(source.folder))
        .filter((file) => matchesGlob(file.name.toLowerCase(), pattern))
        .slice(0, MOST_FILES);
      const applied: PollReport["applied"][number][] = [];
      const quarantined: PollReport["quarantined"][number][] = [];
      for (const { name } of found) {
        const path = join(source.folder, name);
        const bytes = await session.read(path);
        if (typeof bytes === "string" || !(await isWhole(session, path, bytes))) {
          continue; // Gone, not ours to read, or still growing: the next poll will see.
        }
        const file: InboundFile = { supplier: source.supplier, path, bytes };
        const received = await inbox.receive(file);
        switch (received.kind) {
          case "unreadable":
            if (!isPatienceOver(file)) {
              continue;
            }
            await inbox.quarantine(file, received.reason);
            quarantined.push({ path, reason: received.reason });
            break;
          case "quarantined":
            quarantined.push({ path, reason: received.reason });
            break;
          case "applied":
            applied.push({ ...received, path });
            break;
          case "duplicate":
            break;
        }
        await putAway(session, { source, name, bytes });
      }
      return { listed: found.length, applied, quarantined };
    });

  function isPatienceOver(file: InboundFile): boolean {
    const key = `${file.supplier} ${file.path} ${shortHash(file.bytes)}`;
    const since = unreadable.get(key) ?? now();
    const over = now() - since >= options.patienceMs;
    if (over) {
      unreadable.delete(key);
    } else {
      unreadable.set(key, since);
    }
    return over;
  }
}

/** What was read is what is there: a file that is still being written has grown meanwhile. */
async function isWhole(session: InboundSession, path: string, bytes: Uint8Array): Promise<boolean> {
  const size = await session.size(path);
  return size === "unsupported" || size === bytes.byteLength;
}

async function putAway(
  session: InboundSession,
  input: { readonly source: AcknowledgementFolder; readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  const { source, name, bytes } = input;
  const path = join(source.folder, name);
  if (source.after === "delete") {
    await session.remove(path);
    return;
  }
  const archive = join(source.folder, "archive");
  await session.makeFolder(archive);
  // Servers overwrite on rename without a word: an answer that re-uses a name gets one of its own.
  const target = join(archive, name);
  const free = (await session.size(target)) === "absent";
  await session.rename(path, free ? target : `${target}.${shortHash(bytes)}`);
}

const shortHash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

const join = (folder: string, name: string): string => (folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`);
