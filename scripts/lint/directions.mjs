// Import directions and front doors, as docs/architecture.md draws them. Resolves real paths, so neither an alias nor a
// type-only import slips through. A room is the first folder under a package's src/. Its front door is <room>/<room>.ts: nothing
// else of a feature is imported from outside. `features.ts`, `app.ts` and a `main.ts`, where a process begins and is put together,
// may open every door; no other file lies beside the rooms.
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What each package may import of the project's other packages. Tests may also use the simulators. */
const packages = {
  "packages/shared": [],
  "packages/simulators": [],
  "packages/trials": ["packages/simulators"],
  "services/ingest": ["packages/shared"],
  "services/dispatcher": ["packages/shared"],
};

/** Imported by file, from wherever the direction allows it: what they hold is no feature. */
const open = ["domain", "database", "config", "contract", "runtime", "operations", "cli"];

/** What each room of the dispatcher may import of its other rooms. */
const features = ["domain", "database", "config", "alerts"];
const rooms = {
  domain: [],
  database: ["domain"],
  config: ["domain"],
  contract: ["domain"],
  runtime: [],
  documents: ["domain", "config"],
  transports: ["domain", "config"],
  alerts: ["domain", "database", "config"],
  suppliers: [...features, "documents", "transports"],
  orders: features,
  catalogue: features,
  deliveries: features,
  inbound: features,
  acknowledgements: features,
  stock: features,
  attention: features,
  operations: [...features, "contract", "orders", "catalogue", "attention"],
  // Offline commands go through the doors of what needs no database.
  cli: ["domain", "config", "contract", "documents", "transports", "suppliers", "orders", "catalogue"],
};

/** Where a process or the product is put together, by path under the dispatcher's src/. */
const composition = /^(app|features|main)\.ts$|^cli\/main\.ts$|^config\/write-json-schema\.ts$/;

function place(file) {
  const parts = relative(root, file).split(sep);
  const name = parts.slice(0, 2).join("/");
  if (!(name in packages) || parts[2] !== "src") {
    return undefined;
  }
  const path = parts.slice(3).join("/");
  const test = /(\.test\.ts$|(^|\/)test\/)/.test(path);
  return { package: name, path, room: parts.length > 4 ? parts[3] : undefined, composes: composition.test(path), test };
}

function target(from, specifier) {
  if (specifier.startsWith(".")) {
    return resolve(dirname(from), specifier);
  }
  if (specifier.startsWith("@soh/")) {
    try {
      return realpathSync(createRequire(from).resolve(specifier));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function verdict(from, to) {
  if (from.package !== to.package) {
    if (from.test && to.package === "packages/simulators") {
      return undefined;
    }
    return packages[from.package].includes(to.package) ? undefined : `${from.package} must not import ${to.package}`;
  }
  if (from.package !== "services/dispatcher" || from.test || (from.room !== undefined && from.room === to.room)) {
    return undefined;
  }
  if (from.room === undefined && !from.composes) {
    return `${from.path} lies in no room: see CONTRIBUTING.md for where it belongs`;
  }
  if (from.room !== undefined && !(from.room in rooms)) {
    return `${from.room} is not a room of the dispatcher: see docs/architecture.md, then name it in scripts/lint/directions.mjs`;
  }
  if (!from.composes && (to.room === undefined || !rooms[from.room].includes(to.room))) {
    const what = to.room ?? to.path;
    return `${from.room} must not import ${what}: declare the interface it needs beside it, and connect them in features.ts`;
  }
  return to.room === undefined || open.includes(to.room) || to.path === `${to.room}/${to.room}.ts`
    ? undefined
    : `${to.path} is behind the front door ${to.room}/${to.room}.ts: import that, or move what is needed there`;
}

const directions = {
  create(context) {
    const from = place(context.filename);
    if (!from) {
      return {};
    }
    const look = (node) => {
      const specifier = node.source?.value;
      const file = typeof specifier === "string" ? target(context.filename, specifier) : undefined;
      if (file === undefined) {
        return;
      }
      const to = place(existsSync(file) ? realpathSync(file) : file);
      const message = to && verdict(from, to);
      if (message) {
        context.report({ node, message });
      }
    };
    return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look, ImportExpression: look };
  },
};

export default { meta: { name: "soh" }, rules: { directions } };
