// What a supplier took, counted from its disk alone: true whatever happened to the process that wrote it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readOrder, UnreadableDocument, type OrderDocument } from "./documents.ts";
import { filesIn, folderOnDisk, isTemporary, TAKEN, type OrdersFolder } from "./folders.ts";

export interface TakenCount {
  /** Files taken, of whatever content. */
  readonly files: number;
  /** The purchase-order numbers taken, each once, sorted. */
  readonly orderNumbers: readonly string[];
  /** What was taken more than once: the same number and version, or, of unreadable files, the same bytes. */
  readonly duplicates: readonly { readonly what: string; readonly files: readonly string[] }[];
  /** Files taken that are no order. */
  readonly unreadable: readonly string[];
  /** Files that still lie in the orders folder under a final name. */
  readonly waiting: readonly string[];
  /** The same under a temporary name: uploads that never ended. */
  readonly temporary: readonly string[];
}

export interface CountOptions {
  /** The supplier's folder, as startSupplier got it. */
  readonly root: string;
  readonly orders: OrdersFolder;
}

/** Throws when a file cannot be read. */
export function countTaken({ root, orders }: CountOptions): TakenCount {
  const taken = filesIn(join(root, TAKEN)).map((name) => ({ name, ...identify(readFileSync(join(root, TAKEN, name))) }));
  const left = filesIn(folderOnDisk(root, orders.folder));
  const same = Map.groupBy(taken, ({ what }) => what);
  return {
    files: taken.length,
    orderNumbers: [...new Set(taken.flatMap(({ order }) => (order ? [order.orderNumber] : [])))].sort(),
    duplicates: [...same]
      .filter(([, group]) => group.length > 1)
      .map(([what, group]) => ({ what, files: group.map(({ name }) => name) })),
    unreadable: taken.filter(({ order }) => order === undefined).map(({ name }) => name),
    waiting: left.filter((name) => !isTemporary(name, orders.temporary)),
    temporary: left.filter((name) => isTemporary(name, orders.temporary)),
  };
}

function identify(bytes: Uint8Array): { what: string; order: OrderDocument | undefined } {
  try {
    const order = readOrder(bytes);
    return { what: `${order.orderNumber} version ${order.documentVersion}`, order };
  } catch (error) {
    if (error instanceof UnreadableDocument) {
      return { what: `bytes ${createHash("sha256").update(bytes).digest("hex")}`, order: undefined };
    }
    throw error;
  }
}
