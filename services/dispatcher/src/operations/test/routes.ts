// Every route of a server, read from the tree that Fastify prints: so that a test of all routes cannot forget a new one.
import type { FastifyInstance, InjectOptions } from "fastify";

export interface Route {
  readonly method: NonNullable<InjectOptions["method"]>;
  /** With its parameters' names: /orders/:id. */
  readonly path: string;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export function routesOf(app: FastifyInstance): readonly Route[] {
  const parents: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .flatMap((line) => {
      const match = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)$/.exec(line);
      if (match === null) {
        return [];
      }
      const [, indent = "", segment = "", methods = ""] = match;
      const depth = indent.length / 4 - 1;
      const path = `${parents[depth - 1] ?? ""}${segment}`;
      parents.splice(depth, parents.length, path);
      return METHODS.filter((method) => methods.split(", ").includes(method)).map((method) => ({ method, path }));
    });
}

/** With something for every parameter. */
export const fill = (path: string, values: Readonly<Record<string, string>> = {}): string =>
  path.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(values[name] ?? "1")).replace("*", "x");
