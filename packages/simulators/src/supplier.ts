// A scripted supplier: an FTPS server, and behind it an ERP that takes each order out of the orders folder, keeps it,
// decides, and writes its acknowledgement.
//
//   final name → taken (moved to <root>/taken, numbered) → decided → acknowledged (temporary name, then final name)
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import type { CertificateAuthority, IssuedCertificate } from "./certificates.ts";
import { startSftpServer } from "./sftp-server.ts";
import { startFtpsServer, type FtpsServer, type FtpsServerOptions } from "./ftps-server.ts";
import { countTaken, type TakenCount } from "./supplier/count.ts";
import { readOrder, UnreadableDocument, writeAcknowledgement, type Decision, type OrderDocument } from "./supplier/documents.ts";
import {
  filesIn,
  folderOnDisk,
  ftpRoot,
  isTemporary,
  TAKEN,
  type AcknowledgementsFolder,
  type OrdersFolder,
} from "./supplier/folders.ts";

export { countTaken, readTaken, type TakenCount, type TakenDocument } from "./supplier/count.ts";
export type { AcknowledgedLine, Decision, OrderDocument, OrderedLine } from "./supplier/documents.ts";

export interface TakenFile {
  /** The name under which it was uploaded. */
  readonly fileName: string;
  /** Where it lies now. */
  readonly path: string;
  readonly bytes: number;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  /** Epoch milliseconds. */
  readonly takenAt: number;
  /** Undefined when the file is no order; `problem` says why. */
  readonly order: OrderDocument | undefined;
  readonly problem: string | undefined;
}

export interface SupplierScript {
  /** 'on rename': at the very instant a file has its final name, before the client hears of it. The default. */
  readonly takes?: "on rename" | { readonly everyMs: number };
  /**
   * Milliseconds from taking an order to acknowledging it; 0, the default, is at once and in the same instant. A function
   * is asked for each order.
   */
  readonly reactionMs?: number | (() => number);
  /** What the supplier answers to an order; everything is accepted unless given. */
  readonly decide?: (order: OrderDocument) => Decision | "silence";
  /** What it answers to a cancellation or change of an order that it took; accepted unless given, rejected is too late. */
  readonly decideNotice?: (notice: OrderDocument) => Decision | "silence";
}

export interface SupplierOptions {
  readonly name: string;
  /** A folder for this supplier alone; what a former run left there is kept. */
  readonly root: string;
  readonly authority: CertificateAuthority;
  readonly user: string;
  readonly password: string;
  readonly orders: OrdersFolder;
  readonly acknowledgements: AcknowledgementsFolder;
  readonly script?: SupplierScript;
  /** Instead of one for 127.0.0.1 and localhost: a wrong host name, an expired one. */
  readonly certificate?: IssuedCertificate;
  readonly server?: Partial<Omit<FtpsServerOptions, "root" | "user" | "password" | "key" | "cert">>;
  /** How its files are reached: ftps unless given. folder: on this disk alone, without a server. */
  readonly kind?: SupplierKind;
}

export const supplierKinds = ["ftps", "sftp", "folder"] as const;
export type SupplierKind = (typeof supplierKinds)[number];

/** What can be done to a supplier's server; to a folder, nothing. */
export type SupplierServer = Pick<FtpsServer, "root" | "setFault" | "releaseHanging" | "setAccepting" | "dropConnections">;

export interface Supplier {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** SHA256:…, of sftp. */
  readonly hostKey: string | undefined;
  readonly server: SupplierServer;
  /** Everything taken since the start, oldest first. */
  readonly taken: readonly TakenFile[];
  /** Calls a listener for each file taken, at the instant it is; the returned function ends that. */
  onTaken(listener: (file: TakenFile) => void): () => void;
  /** From now on; what is waiting to be acknowledged keeps its time and is decided by the new script. */
  setScript(script: SupplierScript): void;
  /** Writes an acknowledgement now, whatever the script says. Throws when the file was no order. */
  acknowledge(file: TakenFile, decision: Decision): void;
  /** Counted from the disk, former runs included. */
  count(): TakenCount;
  /** Stops taking and answering, and the server. Rejects with the first error of a script, a listener or a fault hook. */
  stop(): Promise<void>;
}

/** The folders and names of the two suppliers in config/handler.yaml. */
export const AGRIEST = {
  name: "Agriest",
  orders: { folder: "/IN", temporary: { suffix: ".tmp" } },
  acknowledgements: { folder: "/OUT", name: "AR_{number}.xml" },
} as const satisfies Partial<SupplierOptions>;

export const FOURNIAL = {
  name: "Fournial",
  orders: { folder: "/orders", temporary: { prefix: ".part-" } },
  acknowledgements: { folder: "/out", name: "{number}.xml" },
} as const satisfies Partial<SupplierOptions>;

/** Throws when its port is taken or its folder cannot be made. */
export async function startSupplier(options: SupplierOptions): Promise<Supplier> {
  const { name, root, orders, acknowledgements } = options;
  const ordersOnDisk = folderOnDisk(root, orders.folder);
  const acknowledgementsOnDisk = folderOnDisk(root, acknowledgements.folder);
  const takenOnDisk = join(root, TAKEN);
  for (const folder of [ordersOnDisk, acknowledgementsOnDisk, takenOnDisk]) {
    mkdirSync(folder, { recursive: true });
  }

  const taken: TakenFile[] = [];
  const listeners = new Set<(file: TakenFile) => void>();
  const reactions = new Set<NodeJS.Timeout>();
  const errors: unknown[] = [];
  let script = options.script ?? {};
  let polling: NodeJS.Timeout | undefined;
  let sequence = Math.max(0, ...readdirSync(takenOnDisk).map((file) => Number.parseInt(file, 10) || 0));
  let answers = readdirSync(acknowledgementsOnDisk).length;

  const acknowledge = (file: TakenFile, decision: Decision): void => {
    if (!file.order) {
      throw new TypeError(`${file.fileName} is no order: ${file.problem}`);
    }
    const { orderNumber, documentVersion } = file.order;
    const number = `${name}-${++answers}`;
    const text = writeAcknowledgement({ ...decision, number, orderNumber, documentVersion, issuedAt: Date.now() });
    const wanted = acknowledgements.name.replaceAll("{number}", orderNumber.replace(/[^\w.-]/g, "_"));
    const path = join(acknowledgementsOnDisk, unused(acknowledgementsOnDisk, wanted));
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
  };

  const answer = (file: TakenFile): void => {
    if (!file.order) {
      return;
    }
    const isNotice = file.order.purpose === "cancellation" || file.order.purpose === "change";
    const decide = isNotice ? script.decideNotice : script.decide;
    const decision = decide ? decide(file.order) : ({ status: "accepted" } as const);
    if (decision !== "silence") {
      acknowledge(file, decision);
    }
  };

  const react = (file: TakenFile): void => {
    const reactionMs = typeof script.reactionMs === "function" ? script.reactionMs() : (script.reactionMs ?? 0);
    if (reactionMs === 0) {
      answer(file);
      return;
    }
    const reaction = setTimeout(() => {
      reactions.delete(reaction);
      guarded(() => answer(file));
    }, reactionMs);
    reactions.add(reaction);
  };

  const take = (fileName: string): void => {
    const path = join(takenOnDisk, `${String(++sequence).padStart(6, "0")}-${fileName}`);
    renameSync(join(ordersOnDisk, fileName), path);
    const file = inspect(fileName, path);
    taken.push(file);
    for (const listener of listeners) {
      listener(file);
    }
    react(file);
  };

  const takeAll = (): void => {
    for (const fileName of filesIn(ordersOnDisk)) {
      if (!isTemporary(fileName, orders.temporary)) {
        take(fileName);
      }
    }
  };

  /** For what runs on a timer, where nobody would catch an error. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      errors.push(error);
    }
  };

  const follow = (next: SupplierScript): void => {
    script = next;
    clearInterval(polling);
    const takes = script.takes ?? "on rename";
    if (takes === "on rename") {
      takeAll();
    } else {
      polling = setInterval(() => guarded(takeAll), takes.everyMs);
    }
  };

  /** Taken in this very instant, wherever else it stands. */
  const named = (path: string): void => {
    const fileName = basename(path);
    const here = posix.dirname(path) === posix.resolve("/", orders.folder);
    if (here && !isTemporary(fileName, orders.temporary) && (script.takes ?? "on rename") === "on rename") {
      take(fileName);
    }
  };
  const access = await openAccess(options, { named, seen: () => guarded(takeAll), ordersOnDisk });
  follow(script);

  return {
    name,
    host: access.host,
    port: access.port,
    hostKey: access.hostKey,
    server: access.server,
    taken,
    onTaken(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setScript: follow,
    acknowledge,
    count: () => countTaken({ root, orders }),
    async stop() {
      clearInterval(polling);
      for (const reaction of reactions) {
        clearTimeout(reaction);
      }
      await access.stop();
      if (errors.length > 0) {
        throw errors[0];
      }
    },
  };
}

interface Access {
  readonly host: string;
  readonly port: number;
  readonly hostKey: string | undefined;
  readonly server: SupplierServer;
  stop(): Promise<void>;
}

/** `named`: a file has this name now, by its path. `seen`: something changed in the folder of orders. */
async function openAccess(
  options: SupplierOptions,
  on: { readonly named: (path: string) => void; readonly seen: () => void; readonly ordersOnDisk: string },
): Promise<Access> {
  const { name, user, password, kind = "ftps" } = options;
  const root = ftpRoot(options.root);
  switch (kind) {
    case "ftps": {
      const certificate = options.certificate ?? (await options.authority.issue({ commonName: name }));
      const server = await startFtpsServer({ ...options.server, root, user, password, ...certificate });
      server.on({
        file(event) {
          if (event.kind === "renamed" || (event.kind === "stored" && event.complete)) {
            on.named(event.path);
          }
        },
      });
      return { host: server.host, port: server.port, hostKey: undefined, server, stop: server.stop };
    }
    case "sftp": {
      const { port } = options.server ?? {};
      const server = await startSftpServer({ root, login: { user, password }, ...(port === undefined ? {} : { port }) });
      // Within the rename: the file has its final name, and its temporary one still.
      server.onRenamed(({ path }) => on.named(path));
      return { host: server.host, port: server.port, hostKey: server.hostKey, server, stop: server.stop };
    }
    case "folder": {
      // As fast as the system tells of it.
      const watcher = watch(on.ordersOnDisk, on.seen);
      const nothing = (): void => {};
      const server = { root, setFault: nothing, releaseHanging: nothing, setAccepting: async () => {}, dropConnections: nothing };
      return { host: root, port: 0, hostKey: undefined, server, stop: async () => watcher.close() };
    }
  }
}

function inspect(fileName: string, path: string): TakenFile {
  const content = readFileSync(path);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const facts = { fileName, path, bytes: content.length, sha256, takenAt: Date.now() };
  try {
    return { ...facts, order: readOrder(content), problem: undefined };
  } catch (error) {
    if (error instanceof UnreadableDocument) {
      return { ...facts, order: undefined, problem: error.message };
    }
    throw error;
  }
}

/** The name, or the name with a number before its extension: an answer that nobody has fetched is not overwritten. */
function unused(folder: string, name: string): string {
  const { name: stem, ext } = posix.parse(name);
  for (let n = 2, candidate = name; ; candidate = `${stem}-${n++}${ext}`) {
    if (!existsSync(join(folder, candidate))) {
      return candidate;
    }
  }
}
