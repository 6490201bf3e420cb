// What people must know of suppliers' files and folders.
import { z } from "zod";
import { alertKind, type Alert, type Condition } from "../alerts/alerts.ts";
import type { FileNews } from "./poll.ts";

const values = z.object({ supplier: z.string(), path: z.string(), reason: z.string() });
type Values = z.output<typeof values>;
const ofFile = {
  values,
  subject: ({ supplier, path }: Values): string => `${supplier} ${path}`,
  page: ({ supplier }: Values): string => `/suppliers#${encodeURIComponent(supplier)}`,
};
const ends = (reason: string): string => reason.replace(/\.$/, "");

const quarantined = alertKind({
  kind: "file.quarantined",
  sort: "condition",
  severity: "act",
  title: { en: "Files set aside", fr: "Fichiers mis de côté" },
  values: values.extend({ file: z.string() }),
  subject: ({ file }) => file,
  page: () => "/dead-letters?kind=file",
  all: "/dead-letters?kind=file",
  say: {
    en: ({ supplier, path, reason }) => ({
      what: `Supplier ${supplier}: the file ${path} was set aside: ${ends(reason)}.`,
      remedy: "Nothing of it was applied. Look at it under Dead letters in the console, and ask the supplier.",
    }),
    fr: ({ supplier, path, reason }) => ({
      what: `Fournisseur ${supplier} : le fichier ${path} a été mis de côté : ${ends(reason)}.`,
      remedy: "Rien n'en a été appliqué. Voyez-le dans la console, sous Dead letters, et demandez au fournisseur.",
    }),
  },
});

const notPutAway = alertKind({
  kind: "file.not_put_away",
  sort: "event",
  severity: "act",
  title: { en: "Files that stay in a folder", fr: "Fichiers qui restent dans un dossier" },
  ...ofFile,
  say: {
    en: ({ supplier, path, reason }) => ({
      what: `Supplier ${supplier}: ${path} is done with, and stays there: ${reason}.`,
      remedy: "It is not read again; ask the supplier for the right.",
    }),
    fr: ({ supplier, path, reason }) => ({
      what: `Fournisseur ${supplier} : ${path} est traité, et reste là : ${reason}.`,
      remedy: "Il n'est pas relu ; demandez ce droit au fournisseur.",
    }),
  },
});

const notTouched = alertKind({
  kind: "file.not_touched",
  sort: "event",
  severity: "act",
  title: { en: "Files that are left alone", fr: "Fichiers laissés de côté" },
  ...ofFile,
  say: {
    en: ({ supplier, path, reason }) => ({
      what: `Supplier ${supplier}: ${JSON.stringify(path)} is left alone: ${reason}.`,
      remedy: "Others go on; ask the supplier for another name.",
    }),
    fr: ({ supplier, path, reason }) => ({
      what: `Fournisseur ${supplier} : ${JSON.stringify(path)} n'est pas touché : ${reason}.`,
      remedy: "Les autres continuent ; demandez un autre nom au fournisseur.",
    }),
  },
});

const notGiven = alertKind({
  kind: "file.not_given",
  sort: "event",
  severity: "act",
  title: { en: "Files that cannot be read", fr: "Fichiers illisibles" },
  ...ofFile,
  say: {
    en: ({ supplier, path, reason }) => ({
      what: `Supplier ${supplier}: ${path} cannot be read: ${reason}.`,
      remedy: "It is tried again with every look; others go on.",
    }),
    fr: ({ supplier, path, reason }) => ({
      what: `Fournisseur ${supplier} : ${path} ne peut être lu : ${reason}.`,
      remedy: "Il est retenté à chaque passage ; les autres continuent.",
    }),
  },
});

/** Its answers cannot be read; that is no reason to send it nothing. Ended by the next look that succeeds. */
export const folderRefused = alertKind({
  kind: "folder.refused",
  sort: "condition",
  severity: "act",
  title: { en: "Folders that cannot be read", fr: "Dossiers illisibles" },
  values: z.object({ supplier: z.string(), reason: z.string() }),
  subject: ({ supplier }) => supplier,
  page: ({ supplier }) => `/suppliers#${encodeURIComponent(supplier)}`,
  all: "/suppliers",
  say: {
    en: ({ supplier, reason }) => ({
      what: `Supplier ${supplier}: its folders cannot be read: ${ends(reason)}.`,
      remedy: "Sending goes on. Mend the folder in the configuration or with the supplier.",
    }),
    fr: ({ supplier, reason }) => ({
      what: `Fournisseur ${supplier} : ses dossiers ne peuvent être lus : ${ends(reason)}.`,
      remedy: "L'envoi continue. Corrigez le dossier dans la configuration ou avec le fournisseur.",
    }),
  },
});

export const inboundAlerts = [quarantined, notPutAway, notTouched, notGiven, folderRefused];

export const inboundConditions: readonly Condition[] = [
  {
    kinds: [quarantined],
    async holds(db) {
      const rows = await db
        .selectFrom("inbound_files")
        .select(["id", "supplier", "name", "reason"])
        .where("state", "=", "quarantined")
        .where("settled_at", "is", null)
        .execute();
      return rows.map((row) => quarantined({ file: row.id, supplier: row.supplier, path: row.name, reason: row.reason ?? "" }));
    },
  },
];

/** What a person must know of a supplier's file, and no row tells; undefined: nothing. */
export function alertOfFile(news: FileNews): Alert | undefined {
  switch (news.kind) {
    case "not-put-away":
      return notPutAway(valuesOf(news));
    case "not-touched":
      return notTouched(valuesOf(news));
    case "not-given":
      return notGiven(valuesOf(news));
    case "quarantined":
    case "applied":
      return undefined;
  }
}

const valuesOf = ({ supplier, path, reason }: Values): Values => ({ supplier, path, reason });
