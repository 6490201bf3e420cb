// Tries what a delivery and a poll do, with files that are no purchase orders:
//
//   folders entered and listed → a probe uploaded under a temporary name → its size, its bytes → renamed, listed → a second one
//   renamed onto it → a large one up and down → all removed
//
// A probe never has a name that the supplier's reader takes. A purchase order's has it after the rename; a probe's rename goes
// from one temporary name to another, since whatever had a final name for an instant might be booked as an order.
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path/posix";
import { matchesGlob } from "../../domain/rules/glob.ts";
import { NotSent, OutcomeUnknown, Refused } from "../../domain/delivery/failure.ts";
import type { CheckStepName, Observation, Seen } from "../../domain/supplier/supplier-check.ts";
import type { ConnectionFacts, SupplierSession } from "../transport.ts";
import { commandTrouble, quoted } from "./troubles.ts";

/** The part of a supplier's configuration that is tried. */
export interface ProbedFolders {
  readonly orders: {
    readonly folder: string;
    readonly temporary: { readonly folder?: string | null; readonly prefix: string; readonly suffix: string };
    readonly commit?: "rename" | "direct";
  };
  readonly acknowledgements: { readonly folder: string; readonly match: string } | null;
}

/** What every probe's name holds, to be recognised. */
const MARK = "soh-probe-";
const LARGE_BYTES = 256 * 1024;
const ROUND_TRIPS = 5;

/** Every byte there is, line ends of each kind among them: a server that rewrites any shows it. */
const CONTENT = Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte), ...Buffer.from("one\r\ntwo\nthree\r")]);
/** Of another length: the two are told apart by it. */
const OTHER_CONTENT = Buffer.from("the second probe\n");

export interface Probe {
  /** Tells what it sees; what fails is seen too, and what needs it is not tried. Throws only what is our own fault. */
  run(session: SupplierSession, facts: ConnectionFacts): Promise<void>;
  /** The files that it made and did not see vanish. */
  left(): readonly string[];
  /** Removes them. Throws NotSent when the connection is lost. */
  cleanUp(session: SupplierSession): Promise<void>;
}

export function createProbe(input: {
  readonly folders: ProbedFolders;
  readonly see: (seen: Seen) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): Probe {
  const { see, now } = input;
  const { orders, acknowledgements } = input.folders;
  const { prefix, suffix } = orders.temporary;
  const uploads = orders.temporary.folder ?? orders.folder;
  const id = `${MARK}${randomBytes(6).toString("hex")}`;
  const nameOf = (label: string): string => join(uploads, `${prefix}${id}${label}${suffix}`);
  const [first, renamed, second, large] = [nameOf(""), nameOf("-renamed"), nameOf("-second"), nameOf("-large")];
  const made = new Set<string>();

  /** Whether it could be done. */
  const attempt = async (step: CheckStepName, work: () => Promise<Observation>): Promise<boolean> => {
    try {
      see(await work());
      return true;
    } catch (error) {
      if (!(error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown)) {
        throw error;
      }
      see({ step, trouble: commandTrouble(error) });
      return false;
    }
  };

  const store = async (session: SupplierSession, path: string, content: Uint8Array): Promise<void> => {
    made.add(path);
    await session.store(path, content);
  };

  return {
    async run(session, facts) {
      const goesOn = async (step: CheckStepName, work: () => Promise<Observation>): Promise<boolean> =>
        !session.closed() && (await attempt(step, work)) && !session.closed();

      const mayUpload = await lookAtFolders(session, goesOn);
      if (!mayUpload || session.closed()) {
        return;
      }
      // Just before, so that a server that breaks the connection where we may not write is understood.
      const uploaded = await goesOn("upload", async () => {
        await session.enter(uploads);
        await store(session, first, CONTENT);
        return { step: "upload", path: first, bytes: CONTENT.byteLength };
      });
      const storedAt = now();
      if (!uploaded) {
        return;
      }
      const tellsSizes = await compare(session, goesOn);
      await goesOn("round trip", async () => ({ step: "round trip", medianMs: await roundTrip(session) }));

      let at = first;
      if (orders.commit !== "direct") {
        await goesOn("rename", async () => {
          made.add(renamed);
          const outcome = await session.rename(first, renamed);
          if (outcome !== "renamed") {
            made.delete(renamed);
            return { step: "rename", to: renamed, refused: quoted(outcome.refused) };
          }
          made.delete(first);
          at = renamed;
          return { step: "rename", to: renamed, refused: null };
        });
      }
      await lookAtListing(session, goesOn, { at, storedAt, facts, tellsSizes });
      if (at === renamed) {
        await goesOn("existing name", async () => await renameOnto(session));
      }
      await goesOn("throughput", async () => await transferLarge(session));
    },

    left: () => [...made],

    async cleanUp(session) {
      for (const path of made) {
        await session.remove(path);
        if ((await session.size(path)) === "absent") {
          made.delete(path);
        }
      }
    },
  };

  type GoesOn = (step: CheckStepName, work: () => Promise<Observation>) => Promise<boolean>;

  /** Whether the one for uploads may be used. */
  async function lookAtFolders(session: SupplierSession, goesOn: GoesOn): Promise<boolean> {
    let usable = await goesOn("orders folder", async () => {
      await session.enter(orders.folder);
      return { step: "orders folder", path: orders.folder, files: await countOrders(session) };
    });
    if (uploads !== orders.folder) {
      const entered = await goesOn("temporary folder", async () => {
        await session.enter(uploads);
        return { step: "temporary folder", path: uploads };
      });
      usable &&= entered;
    }
    if (acknowledgements !== null) {
      const { folder: path, match } = acknowledgements;
      await goesOn("answers folder", async () => {
        await session.enter(path);
        const names = (await session.list(path)).map((file) => file.name);
        const matching = names.filter((name) => matchesGlob(name, match)).length;
        return { step: "answers folder", path, match, files: names.length, matching };
      });
    }
    return usable;
  }

  async function countOrders(session: SupplierSession): Promise<Extract<Observation, { step: "orders folder" }>["files"]> {
    let names: readonly string[];
    try {
      names = (await session.list(orders.folder)).map((file) => file.name);
    } catch (error) {
      if (error instanceof Refused) {
        return null;
      }
      throw error;
    }
    const isTemporary = (name: string): boolean => prefix + suffix !== "" && name.startsWith(prefix) && name.endsWith(suffix);
    return {
      all: names.length,
      temporary: names.filter(isTemporary).length,
      probes: names.filter((name) => name.includes(MARK)).length,
    };
  }

  /** Whether the server tells sizes. */
  async function compare(session: SupplierSession, goesOn: GoesOn): Promise<boolean> {
    const told: { size: Awaited<ReturnType<SupplierSession["size"]>> } = { size: "absent" };
    await goesOn("size", async () => {
      told.size = await session.size(first);
      return { step: "size", size: told.size, sent: CONTENT.byteLength };
    });
    await goesOn("read back", async () => {
      const back = await session.read(first);
      const as = typeof back === "string" ? back : Buffer.compare(back, CONTENT) === 0 ? "sent" : "changed";
      return { step: "read back", as, sizeUnsupported: told.size === "unsupported" };
    });
    return told.size !== "unsupported";
  }

  /** Entering a folder is one command on every transport. */
  async function roundTrip(session: SupplierSession): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < ROUND_TRIPS; i++) {
      const begun = performance.now();
      await session.enter(uploads);
      times.push(performance.now() - begun);
    }
    return times.toSorted((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0;
  }

  async function lookAtListing(
    session: SupplierSession,
    goesOn: GoesOn,
    probe: { readonly at: string; readonly storedAt: number; readonly facts: ConnectionFacts; readonly tellsSizes: boolean },
  ): Promise<void> {
    const factsOffered = probe.facts.features.some((one) => /^MLS[TD]\b/.test(one));
    // LIST tells times in minutes, and in whose zone nobody knows.
    const isExact = factsOffered || probe.facts.protocol.startsWith("SSH");
    let modifiedAt: number | null | undefined;
    const listed = await goesOn("listing", async () => {
      const files = await session.list(uploads);
      modifiedAt = files.find((file) => file.name === basename(probe.at))?.modifiedAt;
      return { step: "listing", shown: modifiedAt !== undefined, factsOffered };
    });
    if (listed) {
      const differenceMs = modifiedAt === undefined || modifiedAt === null || !isExact ? null : modifiedAt - probe.storedAt;
      see({ step: "clock", differenceMs });
    }
    await goesOn("letter case", async () => {
      const capitals = join(dirname(probe.at), basename(probe.at).toUpperCase());
      const size = await session.size(capitals);
      // Without SIZE that is what a listing says, which shows one spelling only. To read what is not there breaks sessions of ProFTPD.
      const isThere = size !== "absent" || (!probe.tellsSizes && typeof (await session.read(capitals)) !== "string");
      return { step: "letter case", matters: !isThere };
    });
  }

  async function renameOnto(session: SupplierSession): Promise<Observation> {
    await store(session, second, OTHER_CONTENT);
    const outcome = await session.rename(second, renamed);
    if (outcome === "renamed") {
      made.delete(second);
    }
    return { step: "existing name", outcome: outcome === "renamed" ? "replaced" : "refused" };
  }

  async function transferLarge(session: SupplierSession): Promise<Observation> {
    const sent = randomBytes(LARGE_BYTES);
    const begun = performance.now();
    await store(session, large, sent);
    const between = performance.now();
    const back = await session.read(large);
    const ended = performance.now();
    const unchanged = typeof back !== "string" && Buffer.compare(back, sent) === 0;
    return { step: "throughput", bytes: LARGE_BYTES, upMs: between - begun, downMs: ended - between, unchanged };
  }
}
