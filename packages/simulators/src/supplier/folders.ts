// Where a supplier's files lie: <root>/ftp is what clients see, <root>/taken is where its ERP puts what it took.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** How a file is called while it is being uploaded, so that the supplier's poller passes over it. */
export type TemporaryName = { readonly suffix: string } | { readonly prefix: string };

export interface OrdersFolder {
  /** As clients see it, such as /IN. */
  readonly folder: string;
  readonly temporary: TemporaryName;
}

export interface AcknowledgementsFolder {
  readonly folder: string;
  /** With {number} for the order's number, such as AR_{number}.xml. */
  readonly name: string;
}

export const TAKEN = "taken";

export function ftpRoot(root: string): string {
  return join(root, "ftp");
}

export function folderOnDisk(root: string, folder: string): string {
  return join(ftpRoot(root), folder);
}

export function isTemporary(name: string, temporary: TemporaryName): boolean {
  return "suffix" in temporary ? name.endsWith(temporary.suffix) : name.startsWith(temporary.prefix);
}

/** The names of a folder's files, sorted; none when there is no folder. */
export function filesIn(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
