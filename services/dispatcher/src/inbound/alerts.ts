import type { Alert } from "../alerts/alerts.ts";
import type { FileNews } from "./poll.ts";

/** What a person must know of a supplier's file; undefined for good news. */
export function alertOfFile(news: FileNews): Alert | undefined {
  const { supplier, path } = news;
  const detail = { supplier, path };
  switch (news.kind) {
    case "quarantined":
      return {
        kind: "file.quarantined",
        message: `Supplier ${supplier}: the file ${path} was set aside: ${news.reason.replace(/\.$/, "")}. Nothing of it was applied. Look at it under Dead letters in the console, and ask the supplier.`,
        detail,
      };
    case "not-put-away":
      return {
        kind: "file.not_put_away",
        message: `Supplier ${supplier}: ${path} is done with, and stays there: ${news.reason}. It is not read again; ask the supplier for the right.`,
        detail,
      };
    case "not-touched":
      return {
        kind: "file.not_touched",
        message: `Supplier ${supplier}: ${JSON.stringify(path)} is left alone: ${news.reason}. Others go on; ask the supplier for another name.`,
        detail,
      };
    case "not-given":
      return {
        kind: "file.not_given",
        message: `Supplier ${supplier}: ${path} cannot be read: ${news.reason}. It is tried again with every look; others go on.`,
        detail,
      };
    case "applied":
      return news.alert;
  }
}
