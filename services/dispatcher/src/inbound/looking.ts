// Looking into the folders of suppliers, and what a folder or server that cannot be looked at means: which is not the same for
// reading answers and for sending.
import type { Alerts } from "../alerts/alerts.ts";
import { folderRefused } from "./alerts.ts";
import { FolderRefused, NotSent, Refused } from "../domain/delivery/failure.ts";

/** Undefined: there was nothing to look at, or it could not be looked at and a person knows. Throws NotSent. */
export type LookIntoFolders<Report> = (supplier: string) => Promise<Report | undefined>;

export function createLookIntoFolders<Report>(options: {
  /** Throws FolderRefused, Refused and NotSent. */
  readonly look: LookIntoFolders<Report>;
  readonly isPaused: (supplier: string) => Promise<boolean>;
  readonly pause: (supplier: string, reason: string) => Promise<void>;
  /** Its server answers, which it did not at the last look. */
  readonly answersAgain: (supplier: string) => Promise<unknown>;
  readonly alerts: Pick<Alerts, "tell" | "end">;
}): LookIntoFolders<Report> {
  const unanswered = new Set<string>();

  return async (supplier) => {
    if (await options.isPaused(supplier)) {
      return undefined;
    }
    try {
      const report = await options.look(supplier);
      await options.alerts.end(folderRefused, [supplier]);
      if (unanswered.delete(supplier)) {
        await options.answersAgain(supplier);
      }
      return report;
    } catch (error) {
      if (error instanceof FolderRefused) {
        await options.alerts.tell(folderRefused({ supplier, reason: error.message }));
        return undefined;
      }
      if (error instanceof Refused) {
        await options.pause(supplier, error.message);
        return undefined;
      }
      if (error instanceof NotSent) {
        unanswered.add(supplier);
      }
      throw error;
    }
  };
}
