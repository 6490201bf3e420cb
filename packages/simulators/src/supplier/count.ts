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

/** A taken file as it lies on the disk now. */
export interface TakenDocument {
  /** Its name among the taken ones: a number and the name under which it was uploaded. */
  readonly file: string;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  /** Undefined when the file is no order. */
  readonly order: OrderDocument | undefined;
}

export interface CountOptions {
  /** The supplier's folder, as startSupplier got it. */
  readonly root: string;
  readonly orders: OrdersFolder;
}

/** Throws when a file cannot be read. */
export function countTaken({ root, orders }: CountOptions): TakenCount {
  const taken = readTaken(root);
  const left = filesIn(folderOnDisk(root, orders.folder));
  return {
    files: taken.length,
    orderNumbers: [...new Set(taken.flatMap(({ order }) => (order ? [order.orderNumber] : [])))].sort(),
    duplicates: [...Map.groupBy(taken, whatItIs)]
      .filter(([, group]) => group.length > 1)
      .map(([what, group]) => ({ what, files: group.map(({ file }) => file) })),
    unreadable: taken.filter(({ order }) => order === undefined).map(({ file }) => file),
    waiting: left.filter((name) => !isTemporary(name, orders.temporary)),
    temporary: left.filter((name) => isTemporary(name, orders.temporary)),
  };
}

/** In the order in which they were taken. Throws when a file cannot be read. */
export function readTaken(root: string): readonly TakenDocument[] {
  return filesIn(join(root, TAKEN)).map((file) => {
    const bytes = readFileSync(join(root, TAKEN, file));
    return { file, sha256: createHash("sha256").update(bytes).digest("hex"), order: orderIn(bytes) };
  });
}

function whatItIs({ order, sha256 }: TakenDocument): string {
  return order ? `${order.orderNumber} version ${order.documentVersion}` : `bytes ${sha256}`;
}

function orderIn(bytes: Uint8Array): OrderDocument | undefined {
  try {
    return readOrder(bytes);
  } catch (error) {
    if (error instanceof UnreadableDocument) {
      return undefined;
    }
    throw error;
  }
}
