import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** The files that a supplier's keys name, relative to the configuration. */
export interface NamedFiles {
  /** Empty, and complained of, where it cannot be read. */
  read(key: readonly string[], name: string): { readonly file: string; readonly bytes: Uint8Array };
  complain(key: readonly string[], message: string): void;
  failed(): boolean;
}

export function createNamedFiles(config: string, tell: (key: readonly string[], message: string) => void): NamedFiles {
  let failed = false;
  const complain: NamedFiles["complain"] = (key, message) => {
    failed = true;
    tell(key, message);
  };
  return {
    complain,
    failed: () => failed,
    read(key, name) {
      const file = resolve(dirname(config), name);
      try {
        return { file, bytes: readFileSync(file) };
      } catch (error) {
        complain(key, `the file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
        return { file, bytes: new Uint8Array() };
      }
    },
  };
}
