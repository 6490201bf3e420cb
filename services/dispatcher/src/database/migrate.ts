import { StartupError } from "@soh/shared/lifecycle";
import { Migrator, type Migration } from "kysely/migration";
import { first } from "./migrations/0001-first.ts";
import { journal } from "./migrations/0002-journal.ts";
import { deadLetters } from "./migrations/0003-dead-letters.ts";
import { schedule } from "./migrations/0004-schedule.ts";
import { catalogue } from "./migrations/0005-catalogue.ts";
import { files } from "./migrations/0006-files.ts";
import { notices } from "./migrations/0007-notices.ts";
import { pickup } from "./migrations/0008-pickup.ts";
import { companions } from "./migrations/0009-companions.ts";
import { companionDocuments } from "./migrations/0010-companion-documents.ts";
import { byHand } from "./migrations/0011-by-hand.ts";
import { renameKind } from "./migrations/0012-rename-kind.ts";
import { alerts } from "./migrations/0013-alerts.ts";
import { messages } from "./migrations/0014-messages.ts";
import type { Database } from "./schema.ts";

/** Numbered, forward only. A released migration never changes. */
const migrations: Record<string, Migration> = {
  "0001-first": first,
  "0002-journal": journal,
  "0003-dead-letters": deadLetters,
  "0004-schedule": schedule,
  "0005-catalogue": catalogue,
  "0006-files": files,
  "0007-notices": notices,
  "0008-pickup": pickup,
  "0009-companions": companions,
  "0010-companion-documents": companionDocuments,
  "0011-by-hand": byHand,
  "0012-rename-kind": renameKind,
  "0013-alerts": alerts,
  "0014-messages": messages,
};

/** Throws StartupError when a newer version of the application wrote this database. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) {
    return;
  }
  const failed = results?.find((result) => result.status === "Error")?.migrationName;
  const reason = error instanceof Error ? error.message : JSON.stringify(error);
  if (failed === undefined && reason.includes("corrupted migrations")) {
    throw new StartupError(`the database was written by a newer version of this application; start that one. (${reason})`, {
      cause: error,
    });
  }
  throw new StartupError(`migrating the database failed${failed === undefined ? "" : ` at ${failed}`}: ${reason}`, {
    cause: error,
  });
}
