// What the suppliers have, read from their disks: true whatever happened to the processes that wrote it.
import { basename } from "node:path";
import { readTaken } from "@soh/simulators/supplier";
import { partnerName } from "./partners.ts";
import type { SimulatedPartner } from "./world.ts";

/** A file that a supplier took, read from its disk. */
export interface FoundFile {
  readonly supplier: string;
  readonly file: string;
  readonly sha256: string;
  /** Undefined when it is no order that can be read. */
  readonly order: { readonly orderNumber: string; readonly shopOrder: string } | undefined;
  /** Epoch milliseconds; undefined where the supplier has no record of it. */
  readonly takenAt: number | undefined;
}

/** In the order in which they were taken. Throws when a file cannot be read. */
export function filesOf({ id, root, supplier }: SimulatedPartner): readonly FoundFile[] {
  const takenAt = new Map(supplier.taken.map((file) => [basename(file.path), file.takenAt]));
  return readTaken(root).map((document) => ({ ...document, supplier: id, takenAt: takenAt.get(document.file) }));
}

/** What lies in the orders folder at the end, in words: what was not taken, and uploads that never ended. */
export function leftovers({ id, supplier }: SimulatedPartner): {
  readonly waiting: readonly string[];
  readonly temporary: readonly string[];
} {
  const { waiting, temporary } = supplier.count();
  return {
    waiting: waiting.map((file) => `${file} lies in the orders folder of ${partnerName(id)}, which has not taken it`),
    temporary: temporary.map((file) => `${file} is an upload to ${partnerName(id)} that never ended`),
  };
}

/** A file is one too many when its supplier already has its number, a purchase order of its order, or its very bytes. */
export function extraFiles(found: readonly FoundFile[]): readonly FoundFile[] {
  const seen = new Set<string>();
  return found.filter(({ supplier, sha256, order }) => {
    const marks = order === undefined ? [`bytes ${sha256}`] : [`number ${order.orderNumber}`, `order ${order.shopOrder}`];
    const known = marks.some((mark) => seen.has(`${supplier} ${mark}`));
    marks.forEach((mark) => seen.add(`${supplier} ${mark}`));
    return known;
  });
}

/** One order at one supplier. */
export const keyOf = (supplier: string, shopOrder: string | undefined): string => `${supplier} ${shopOrder ?? ""}`;
