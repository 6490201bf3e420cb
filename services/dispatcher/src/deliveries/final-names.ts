// Final names: unique at an endpoint, whatever the case, because many servers overwrite silently on a rename.
import { findRow, insertRow } from "../database/statements.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { fileName } from "../domain/purchase-order/numbering.ts";

/** Where the names are, and how they are made. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly name: string;
  readonly marker: string | null;
  readonly deliveryNote: string | null;
}

/** The final names of this version and copy: reserved once, the same for every attempt, never used by anything else at that server. */
export async function reserveNames(
  trx: DatabaseTransaction,
  input: {
    readonly message: MessagesTable;
    readonly number: string;
    readonly destination: Place;
    readonly hasNote: boolean;
  },
): Promise<{ readonly order: string; readonly marker: string | null; readonly deliveryNote: string | null }> {
  const { message, number, destination, hasNote } = input;
  const plain = (pattern: string): string => fileName(pattern, { number, version: message.version, copy: message.copy });
  for (let n = 1; ; n++) {
    const order = nth(plain(destination.name), n);
    const marker = destination.marker === null ? null : nth(plain(destination.marker), n);
    const deliveryNote = destination.deliveryNote === null || !hasNote ? null : nth(plain(destination.deliveryNote), n);
    const names = [order, marker, deliveryNote].filter((name) => name !== null);
    if (await reserve(trx, { message, names, destination })) {
      return { order, marker, deliveryNote };
    }
  }
}

/** Another purchase order may have the name already (a number that differs only by case): makes ours differ. */
function nth(name: string, n: number): string {
  const dot = name.lastIndexOf(".");
  return n === 1 ? name : dot > 0 ? `${name.slice(0, dot)}-n${n}${name.slice(dot)}` : `${name}-n${n}`;
}

/** False: one of them is somebody else's. */
async function reserve(
  trx: DatabaseTransaction,
  input: { readonly message: MessagesTable; readonly names: readonly string[]; readonly destination: Place },
): Promise<boolean> {
  const { message, names, destination } = input;
  const endpoint = `${destination.host}:${destination.port}`.toLowerCase();
  const missing: { readonly endpoint: string; readonly folded_path: string; readonly path: string }[] = [];
  for (const name of names) {
    const path = join(destination.folder, name);
    const key = { endpoint, folded_path: path.toLowerCase() };
    const owner = await findRow(trx, "final_names", key);
    if (owner === undefined) {
      missing.push({ ...key, path });
    } else if (owner.message_id !== message.id || owner.version !== message.version || owner.copy !== message.copy) {
      return false;
    }
  }
  const own = { message_id: message.id, version: message.version, copy: message.copy };
  for (const one of missing) {
    await insertRow(trx, "final_names", { ...one, ...own });
  }
  return true;
}

export const join = (folder: string, name: string): string => (folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`);
