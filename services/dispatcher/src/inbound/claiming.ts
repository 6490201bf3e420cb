// A supplier's file is claimed before it is read: renamed to a name of our own, so that what is read is what is put away,
// and nobody else (another dispatcher, the supplier's next answer under the same name) is at the same file. What a crash
// leaves claimed is found by its name, whatever the folder's glob says.
import { NotSent, OutcomeUnknown } from "../domain/delivery/failure.ts";

const CLAIMED = /^(.+)\.soh-([a-z][a-z0-9.-]*)-[0-9a-f]{8}$/;

/** `id`: eight hexadecimal digits that no other claim has. */
export const claimName = (name: string, of: { readonly supplier: string; readonly id: string }): string =>
  `${name}.soh-${of.supplier}-${of.id}`;

/** The name that a claimed file had, and for which supplier it is read; undefined for any other file. */
export function claimedName(name: string): { readonly original: string; readonly supplier: string } | undefined {
  const [, original, supplier] = CLAIMED.exec(name) ?? [];
  return original === undefined || supplier === undefined ? undefined : { original, supplier };
}

interface ClaimingSession {
  closed(): boolean;
  size(path: string): Promise<number | "absent" | "unsupported">;
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string; readonly forNow?: boolean }>;
}

/** False: it is gone, or the server does not rename it. Throws NotSent. */
export async function claim(session: ClaimingSession, from: string, to: string): Promise<boolean> {
  try {
    const renamed = await session.rename(from, to);
    if (renamed !== "renamed" && renamed.forNow === true) {
      throw new NotSent(`the server does not rename it now: ${renamed.refused}`);
    }
    return renamed === "renamed";
  } catch (error) {
    // By whichever name it has, the next poll finds it.
    throw error instanceof OutcomeUnknown ? new NotSent(error.message, { cause: error }) : error;
  }
}

/** Gives a claimed file its name back, unless another has it by now: then it stays claimed, and is read as such. */
export async function giveBack(session: ClaimingSession, claimed: string, original: string): Promise<void> {
  if (session.closed()) {
    return;
  }
  try {
    // Servers overwrite on rename without a word.
    if ((await session.size(original)) === "absent") {
      await session.rename(claimed, original);
    }
  } catch (error) {
    if (!(error instanceof NotSent || error instanceof OutcomeUnknown)) {
      throw error;
    }
    // By whichever name it has, the next poll finds it.
  }
}
