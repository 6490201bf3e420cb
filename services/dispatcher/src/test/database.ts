// A database as the migrations leave it: they run once in a process, and not before each test.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type OpenDatabase } from "../database/open.ts";

let migrated: Promise<Uint8Array> | undefined;

async function migrate(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "soh-migrated-"));
  const file = join(folder, "handler.db");
  await (await openDatabase(`sqlite:${file}`)).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** The database of that file, which is a new one where none is. */
export async function openMigrated(file: string): Promise<OpenDatabase> {
  if (!existsSync(file)) {
    writeFileSync(file, await (migrated ??= migrate()));
  }
  return await openDatabase(`sqlite:${file}`);
}
