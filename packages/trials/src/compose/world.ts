// What every part of the test sees: the containers, what stands around them, and how to reach both.
import type { Shop } from "@soh/simulators/shop";
import type { Checks } from "./checks.ts";
import type { Project } from "./engine.ts";
import type { Outside } from "./outside.ts";

export interface World {
  readonly checks: Checks;
  readonly project: Project;
  readonly outside: Outside;
  /** Sends through nginx. */
  readonly shop: Shop;
  /** Writes .env with these settings changed; compose reads it at its next command. */
  configure(changes: Readonly<Record<string, string>>): void;
  readonly publicPort: number;
  readonly consolePort: number;
  readonly secrets: {
    readonly redis: string;
    readonly webhook: string;
    readonly console: string;
    readonly token: string;
  };
}

export const SERVICES = ["redis", "ingest", "dispatcher", "nginx"] as const;
