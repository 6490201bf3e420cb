// What is known of a supplier at run time: whether it is paused and why, and the certificate it showed last.
import { findRow, insertRow, updateRows } from "../database/statements.ts";
import { scryptSync, timingSafeEqual, randomBytes } from "node:crypto";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";

export interface SupplierState {
  /** Makes a row for each supplier; ends the pause of those whose access changed since. Returns what was resumed. */
  start(suppliers: readonly { readonly id: string; readonly access: string }[]): Promise<readonly string[]>;
  /** Nothing, where it is paused already. */
  pause(id: string, input: { readonly reason: string; readonly access: string }): Promise<void>;
  /** True when it was paused. */
  resume(id: string, person: { readonly actor: string; readonly note: string }): Promise<boolean>;
  isPaused(id: string): Promise<boolean>;
  /** Noted when something is sent, not when folders are read; not compared with what was there before. */
  noteFingerprint(id: string, fingerprint: string | null): Promise<void>;
}

export function createSupplierState(options: { readonly database: OpenDatabase; readonly now: () => number }): SupplierState {
  const { database, now } = options;
  const fingerprints = new Map<string, string | null>();

  const end = async (
    trx: DatabaseTransaction,
    input: { readonly id: string; readonly actor: string; readonly note: string },
  ): Promise<void> => {
    const { id, actor, note } = input;
    await updateRows(trx, "suppliers", { paused_at: null, pause_reason: null, paused_access: null }, { id });
    await recordEvent(trx, { at: now(), subject: "supplier", subjectId: id, name: "supplier.resumed", actor, detail: { note } });
  };

  return {
    start: (suppliers) =>
      database.transaction(async (trx) => {
        const resumed: string[] = [];
        for (const { id, access } of suppliers) {
          const row = await findRow(trx, "suppliers", { id });
          if (row === undefined) {
            await insertRow(trx, "suppliers", {
              id,
              paused_at: null,
              pause_reason: null,
              paused_access: null,
              fingerprint: null,
              failures_in_a_row: 0,
              last_failed: null,
              opened_at: null,
              probe_at: null,
            });
          } else if (row.paused_access !== null && !matchesAccess(row.paused_access, access)) {
            await end(trx, { id, actor: "system", note: "its transport changed: host, user, secret or whom to trust" });
            resumed.push(id);
          }
        }
        return resumed;
      }),

    pause: (id, { reason, access }) =>
      database.transaction(async (trx) => {
        const row = await trx.selectFrom("suppliers").select("paused_at").where("id", "=", id).executeTakeFirst();
        if (row === undefined || row.paused_at !== null) {
          return;
        }
        const at = now();
        await updateRows(trx, "suppliers", { paused_at: at, pause_reason: reason, paused_access: hashAccess(access) }, { id });
        await recordEvent(trx, {
          at,
          subject: "supplier",
          subjectId: id,
          name: "supplier.paused",
          actor: "system",
          detail: { reason },
        });
      }),

    resume: (id, { actor, note }) =>
      database.transaction(async (trx) => {
        const row = await trx.selectFrom("suppliers").select("paused_at").where("id", "=", id).executeTakeFirst();
        if (row === undefined || row.paused_at === null) {
          return false;
        }
        await end(trx, { id, actor, note });
        return true;
      }),

    async isPaused(id) {
      const row = await database.db.selectFrom("suppliers").select("paused_at").where("id", "=", id).executeTakeFirst();
      return row !== undefined && row.paused_at !== null;
    },

    async noteFingerprint(id, fingerprint) {
      if (fingerprint !== null && fingerprints.get(id) !== fingerprint) {
        await updateRows(database.db, "suppliers", { fingerprint }, { id });
        fingerprints.set(id, fingerprint);
      }
    },
  };
}

/** Salted and slow, because a password is in it. */
function hashAccess(access: string, salt: Buffer = randomBytes(16)): string {
  return `${salt.toString("hex")}:${scryptSync(access, salt, 32).toString("hex")}`;
}

function matchesAccess(stored: string, access: string): boolean {
  const [salt = ""] = stored.split(":");
  const again = Buffer.from(hashAccess(access, Buffer.from(salt, "hex")));
  const before = Buffer.from(stored);
  return again.length === before.length && timingSafeEqual(again, before);
}
