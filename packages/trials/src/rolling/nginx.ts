// The project's own nginx, in front of several ingest on this machine: its files, with other ports and a list of servers
// where the containers have a name.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { quietPort } from "../world/ports.ts";
import { createService, type Service } from "../world/service.ts";

export interface Nginx {
  readonly service: Service;
  readonly webhooks: string;
}

const CONFIGURATION = resolve(import.meta.dirname, "../../../../nginx");

/** Not started yet. Throws when a line that it must change is not there any more. */
export async function prepareNginx(options: {
  readonly folder: string;
  readonly ingests: readonly number[];
  readonly onUnexpectedEnd: (lastWords: string) => void;
}): Promise<Nginx> {
  const folder = join(options.folder, "nginx");
  cpSync(CONFIGURATION, folder, { recursive: true });
  mkdirSync(join(folder, "tmp"));
  const [port, health] = [await quietPort(), await quietPort()];
  // Not remembered as failed: the containers' name is looked up anew for each request, which remembers nothing either.
  const servers = options.ingests.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(" ");
  edit(join(folder, "nginx.conf"), [
    [/^ *resolver.*\n/gm, ""],
    ["/tmp/", `${join(folder, "tmp")}/`],
    // The output of a child of Node is a socket, which nginx cannot open.
    ["/dev/stderr", join(folder, "error.log")],
    ["/dev/stdout", join(folder, "access.log")],
    ["  include console.conf;\n", ""],
    ["listen 127.0.0.1:8082", `listen 127.0.0.1:${health}`],
    ["  include webhooks.conf;", `  upstream ingest { ${servers} }\n  include webhooks.conf;`],
    ["worker_processes 2;", `${process.getuid?.() === 0 ? "user root;\n" : ""}daemon off;\nworker_processes 2;`],
  ]);
  edit(join(folder, "webhooks.conf"), [
    ["listen 8080 default_server", `listen 127.0.0.1:${port} default_server`],
    ["http://ingest:3000", "http://ingest"],
  ]);
  const service = createService({
    name: "nginx",
    command: process.env.SOH_NGINX ?? "nginx",
    args: ["-c", join(folder, "nginx.conf"), "-p", folder],
    env: process.env,
    cwd: folder,
    logFile: join(options.folder, "nginx.log"),
    answers: async (signal) => {
      while (!(await fetch(`http://127.0.0.1:${health}/`, { signal }).catch(() => undefined))?.ok) {
        signal.throwIfAborted();
      }
    },
    onUnexpectedEnd: options.onUnexpectedEnd,
  });
  return { service, webhooks: `http://127.0.0.1:${port}/webhooks/shopify` };
}

function edit(file: string, changes: readonly (readonly [string | RegExp, string])[]): void {
  let text = readFileSync(file, "utf8");
  for (const [from, to] of changes) {
    const changed = text.replaceAll(from, () => to);
    if (changed === text) {
      throw new Error(`${file}: "${String(from)}" is not in it any more; the rolling restart must change it`);
    }
    text = changed;
  }
  writeFileSync(file, text);
}
