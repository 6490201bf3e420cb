// Going into the supplier's folders: only then does "no such file" there mean what it says.
import { FolderRefused } from "../domain/delivery/failure.ts";
import type { Claim } from "./claim.ts";
import { isDirect } from "./direct.ts";
import type { DeliverySession } from "./ports.ts";

export function createFolders() {
  /** Sessions and the folder that they upload, verify and look in, entered without an error since. */
  const entered = new WeakMap<DeliverySession, string>();

  return {
    /**
     * Those that the attempt uses. One that this session has entered, and where an upload is going to be verified before anything is looked
     * at, need not be entered again. Throws FolderRefused, which names the key of the configuration.
     */
    async enter(session: DeliverySession, { attempt, message: msg, mode }: Claim): Promise<void> {
      const upload = folderOf(attempt.temporary_path);
      if (mode === "start" && upload === attempt.folder && entered.get(session) === upload && !isDirect({ attempt })) {
        return;
      }
      entered.delete(session);
      const keys = new Map([[attempt.folder, "path"]]);
      if (upload !== attempt.folder) {
        keys.set(upload, "temporary.folder");
      }
      for (const [folder, key] of keys) {
        await session.enter(folder).catch((error: unknown) => {
          throw error instanceof FolderRefused
            ? new FolderRefused(`${error.message} (suppliers.${msg.supplier}.folders.orders.${key})`, { cause: error })
            : error;
        });
      }
      if (keys.size === 1) {
        entered.set(session, upload);
      }
    },

    /** Something went wrong in it: the folder may be another one, or none. */
    forget: (session: DeliverySession): void => void entered.delete(session),
  };
}

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";
