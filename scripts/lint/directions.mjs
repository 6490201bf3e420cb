// Import directions, as docs/architecture.md draws them. Resolves real paths, so neither an alias nor a type-only
// import slips through. A room is the first folder under a package's src/, or "app" for the files beside it and for a
// main.ts wherever it is: there a process begins and is put together.
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What each package may import of the project's other packages. Tests may also use the simulators. */
const packages = {
  "packages/shared": [],
  "packages/simulators": [],
  "services/ingest": ["packages/shared"],
  "services/dispatcher": ["packages/shared"],
};

/** What each room of the dispatcher may import of its other rooms. `app` composes and may import all. */
const features = ["domain", "database", "config"];
const rooms = {
  domain: [],
  database: ["domain"],
  config: ["domain"],
  orders: features,
  deliveries: features,
  inbound: features,
  inventory: features,
  catalogue: features,
  documents: ["domain", "config"],
  transports: ["domain", "config"],
  shopify: ["domain", "config"],
  alerts: ["domain", "config"],
  operations: ["domain", "database", "config", "orders", "deliveries", "inbound", "inventory", "catalogue"],
  cli: ["domain", "config", "documents", "catalogue"],
};

function place(file) {
  const parts = relative(root, file).split(sep);
  const name = parts.slice(0, 2).join("/");
  if (!(name in packages) || parts[2] !== "src") {
    return undefined;
  }
  return {
    package: name,
    room: parts.length > 4 && parts.at(-1) !== "main.ts" ? parts[3] : "app",
    test: /\.test\.ts$|[/\\]test[/\\]/.test(file),
  };
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
  if (from.package !== "services/dispatcher" || from.test || from.room === "app" || from.room === to.room) {
    return undefined;
  }
  if (!(from.room in rooms)) {
    return `${from.room} is not a room of the dispatcher: see docs/architecture.md, then name it in scripts/lint/directions.mjs`;
  }
  return rooms[from.room].includes(to.room)
    ? undefined
    : `${from.room} must not import ${to.room}: declare the interface it needs beside it, and compose in app.ts`;
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
