// What suppliers put into their folders: one reader, many kinds of file. This room looks, claims, reads, keeps the bytes, puts away
// and sets aside; what a file does is its kind's affair (file-kind.ts).
//
//   listed ──claim, read──▶ applied, kept ──▶ archived, deleted, or left where the folder is only read
//      ▲ not readable yet: read again later; ──▶ set aside, kept, a person is told ──a person──▶ applied or discarded
import { randomBytes } from "node:crypto";
import type { Alerts, Condition } from "../alerts/alerts.ts";
import type { ConfiguredSupplier } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { UnendedWork } from "../database/unended.ts";
import { alertOfFile, inboundConditions } from "./alerts.ts";
import type { FileKind } from "./file-kind.ts";
import { createKeptFiles } from "./kept-files.ts";
import { createLookIntoFolders } from "./looking.ts";
import { createPoll, type FileNews, type InboundSession, type PollReport } from "./poll.ts";
import { createReceiving } from "./receive.ts";
import { createSetAsideFiles, type SetAsideFiles } from "./set-aside.ts";

/** What this room tells people of. */
export { inboundAlerts as alertsOfInbound } from "./alerts.ts";
export { logFiles } from "./log-files.ts";
export type { FileKind } from "./file-kind.ts";
export type { FileNews, PollReport } from "./poll.ts";

/** What reading needs to know of suppliers, and may do to them. */
export interface InboundSuppliers<Session extends InboundSession> {
  readonly get: (id: string) => ConfiguredSupplier;
  readonly sends: (id: string) => boolean;
  readonly expectsPickup: (id: string) => boolean;
  use<T>(supplier: string, work: (session: Session) => Promise<T>): Promise<T>;
  isPaused(id: string): Promise<boolean>;
  pause(id: string, reason: string): Promise<void>;
}

export interface Inbound {
  /**
   * Reads and applies what a supplier that is not paused has put down, and sees whether it has taken its files, where that is
   * expected; undefined where there was nothing to read, or it could not be looked at and a person knows. Throws NotSent.
   */
  look(supplier: string): Promise<PollReport | undefined>;
  readonly actions: SetAsideFiles;
  readonly conditions: readonly Condition[];
}

/** Milliseconds that an unreadable file may still be being written. */
const UNREADABLE_PATIENCE_MS = 60_000;

export function createInbound<Session extends InboundSession>(options: {
  readonly database: OpenDatabase;
  readonly suppliers: InboundSuppliers<Session>;
  readonly kinds: readonly FileKind[];
  readonly deliveries: {
    lookForPickups(supplier: string, use: (work: (session: Session) => Promise<void>) => Promise<void>): Promise<unknown>;
    /** Its server answers, which it did not at the last look. */
    answersAgain(supplier: string): Promise<unknown>;
  };
  readonly unended: UnendedWork;
  readonly alerts: Pick<Alerts, "tell" | "end">;
  /** What became of a file. */
  readonly onFile?: ((news: FileNews) => void) | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}): Inbound {
  const { database, suppliers, deliveries, alerts, now } = options;
  const kinds = new Map(options.kinds.map((one) => [one.kind, one]));
  const kindOf = (name: FileKind["kind"]): FileKind => {
    const kind = kinds.get(name);
    if (kind === undefined) {
      throw new Error(`no room takes files of the kind ${name}`);
    }
    return kind;
  };
  const receiving = createReceiving({ database, unended: options.unended, now, newId: options.newId });
  const poll = createPoll({
    receiving,
    use: suppliers.use,
    async tell(news) {
      options.onFile?.(news);
      const alert = alertOfFile(news);
      if (alert !== undefined) {
        await alerts.tell(alert);
      }
    },
    kept: createKeptFiles({ database, now }),
    newId: () => randomBytes(4).toString("hex"),
    now,
    patienceMs: UNREADABLE_PATIENCE_MS,
  });

  return {
    look: createLookIntoFolders<PollReport>({
      // In dry run another system may still be at work with this supplier: its answers are not ours to take.
      isPaused: async (id) => !suppliers.sends(id) || (await suppliers.isPaused(id)),
      async look(id) {
        const reports: PollReport[] = [];
        for (const { kind, ...folder } of foldersOf(suppliers.get(id))) {
          reports.push(await poll({ supplier: id, kind: kindOf(kind), ...folder }));
        }
        if (suppliers.expectsPickup(id)) {
          await deliveries.lookForPickups(id, (work) => suppliers.use(id, work));
        }
        return reports.length === 0 ? undefined : joined(reports);
      },
      pause: suppliers.pause,
      answersAgain: deliveries.answersAgain,
      alerts,
    }),
    actions: createSetAsideFiles({ database, receiving, kindOf, now }),
    conditions: inboundConditions,
  };
}

/** The folders of a supplier that are looked into, with the kind of their files. */
const foldersOf = ({ acknowledgements }: Pick<ConfiguredSupplier, "acknowledgements">) =>
  acknowledgements === null ? [] : [{ kind: "acknowledgement" as const, ...acknowledgements }];

const joined = (reports: readonly PollReport[]): PollReport => ({
  listed: reports.reduce((sum, { listed }) => sum + listed, 0),
  news: reports.flatMap(({ news }) => news),
});
