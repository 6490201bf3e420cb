// `npm run test:servers`: what real servers do with us, found out on loopback, printed as a matrix and compared with the one
// in docs/interoperability.md. --write writes it there; --json ends with one JSON object; --quick leaves out the throughput.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  differences,
  matrixTable,
  prepareServer,
  serverKinds,
  speedTable,
  versionsTable,
  withPart,
  type Cell,
  type ServerKind,
  type Speed,
} from "@soh/simulators/servers";
import { startVitest, type Reporter, type TestCase } from "vitest/node";

const PAGE = fileURLToPath(new URL("../../../../docs/interoperability.md", import.meta.url));
const CONTRACT = "the contract of transports";

declare module "vitest" {
  interface TaskMeta {
    cell?: Cell;
    speed?: Speed;
  }
}

const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, write: { type: "boolean" }, quick: { type: "boolean" } },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const fail = (text: string): never => {
  process.stderr.write(`test:servers: ${text}\n`);
  process.exit(1);
};

if (process.platform !== "linux" || process.getuid?.() !== 0) {
  fail("real servers are started with users and disks of their own, which needs Linux and root: run it with sudo.");
}

const started = performance.now();
const versions: Partial<Record<ServerKind, string>> = {};
for (const kind of serverKinds) {
  const { version } = await prepareServer(kind).catch((error: unknown) =>
    fail(error instanceof Error ? error.message : String(error)),
  );
  versions[kind] = version;
}
const preparedMs = performance.now() - started;

const cells: Cell[] = [];
const speeds: Speed[] = [];
let failed = await run("checks");
if (failed === 0 && options.quick !== true) {
  failed = await run("throughput");
}

say(`\n${versionsTable(versions)}\n\n${matrixTable(cells)}\n`);
if (speeds.length > 0) {
  say(`${speedTable(speeds)}\n`);
}
if (failed === 0 && options.write === true) {
  write();
}
const found = differences(readFileSync(PAGE, "utf8"), cells, versions);
for (const { counts, text } of found) {
  say(`${counts ? "docs/interoperability.md is not right" : "another version"}: ${text}`);
}
const wrong = found.filter((one) => one.counts).length;
if (wrong > 0) {
  say("If it should be so, write it down: npm run test:servers -- --write");
}
const ok = failed === 0 && wrong === 0 && cells.length > 0;
if (options.json === true) {
  const seconds = Math.round((performance.now() - started) / 1_000);
  say(
    JSON.stringify({
      ok,
      failed,
      differences: wrong,
      seconds,
      preparedSeconds: Math.round(preparedMs / 1_000),
      versions,
      cells,
      speeds,
    }),
  );
}
process.exit(ok ? 0 : 1);

/** How many tests or files failed. */
async function run(project: "checks" | "throughput"): Promise<number> {
  const contracts = new Map<string, boolean>();
  let failures = 0;
  const collect: Reporter = {
    onTestCaseResult(test) {
      const { cell, speed } = test.meta();
      if (cell !== undefined) {
        cells.push(cell);
      } else if (speed !== undefined) {
        speeds.push(speed);
      } else if (test.fullName.includes(CONTRACT)) {
        const line = lineOf(test);
        contracts.set(line, (contracts.get(line) ?? true) && test.result().state !== "failed");
      }
    },
    onTestRunEnd(modules, errors) {
      failures += errors.length;
      for (const one of modules) {
        failures += one.errors().length + [...one.children.allTests("failed")].length;
        failures += one.state() === "failed" && failures === 0 ? 1 : 0;
      }
    },
  };
  const vitest = await startVitest("test", [], {
    config: "vitest.servers.config.ts",
    project: [project],
    watch: false,
    reporters: ["default", collect],
  });
  await vitest.close();
  for (const [line, holds] of contracts) {
    const [kind, tls] = line.split(", ");
    const server = serverKinds.find((one) => one === kind);
    if (server !== undefined) {
      const version = tls === "TLSv1.2" || tls === "TLSv1.3" ? tls : null;
      cells.push({ server, tls: version, check: CONTRACT, found: holds ? "holds" : "FAILED" });
    }
  }
  const order = (cell: { readonly server: ServerKind; readonly tls: string | null }): string =>
    `${serverKinds.indexOf(cell.server)} ${cell.tls ?? ""}`;
  speeds.sort((one, other) => order(one).localeCompare(order(other)));
  cells.sort((one, other) => order(one).localeCompare(order(other)));
  return failures;
}

/** The outermost name that a test stands under: the server and its TLS. */
function lineOf(test: TestCase): string {
  let suite = test.parent;
  while (suite.type === "suite" && suite.parent.type === "suite") {
    suite = suite.parent;
  }
  return suite.type === "suite" ? suite.name : "";
}

function write(): void {
  let page = readFileSync(PAGE, "utf8");
  page = withPart(page, "versions", versionsTable(versions));
  page = withPart(page, "matrix", matrixTable(cells));
  if (speeds.length > 0) {
    page = withPart(page, "throughput", speedTable(speeds));
  }
  writeFileSync(PAGE, page);
  spawnSync("oxfmt", [PAGE], { stdio: "inherit" });
}
