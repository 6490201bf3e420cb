// What an order costs: a CPU profile of both services while orders go through them, and from it, from counted statements and from
// Redis's own counts, what cost most for each order. docs/performance.md says how to read it.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StatementCount } from "./children/count-statements.ts";
import { measureThroughput } from "./measure.ts";
import { startRig, type CommandCount } from "./rig.ts";

export interface Costs {
  readonly orders: number;
  /** Self time of a function, or of a package as a whole. */
  readonly functions: readonly Cost[];
  readonly packages: readonly Cost[];
  readonly statements: readonly Cost[];
  readonly statementsPerOrder: number;
  readonly commands: readonly Cost[];
  readonly commandsPerOrder: number;
}

interface Cost {
  readonly what: string;
  /** Null: a sample has no count. */
  readonly perOrder: number | null;
  readonly msPerOrder: number;
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

const ROOT = resolve(import.meta.dirname, "../../../..");
const MOST = 10;
const WARM_UP = 100;

export async function profile(options: {
  readonly folder: string;
  readonly ftps: boolean;
  readonly orders: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}): Promise<Costs> {
  const { folder, ftps, signal, say, orders } = options;
  const statementsFile = join(folder, "statements.json");
  const counter = join(import.meta.dirname, "children/count-statements.ts");
  const rig = await startRig({
    folder,
    ftps,
    signal,
    nodeArguments: (service) => [
      "--cpu-prof",
      `--cpu-prof-dir=${join(folder, `profile-${service}`)}`,
      ...(service === "dispatcher" ? ["--import", counter] : []),
    ],
    env: { BENCH_STATEMENTS: statementsFile },
  });
  let commands: readonly CommandCount[];
  const all = orders + WARM_UP;
  try {
    await rig.startDispatcher("sending");
    await measureThroughput(rig, WARM_UP, signal);
    const before = new Map((await rig.commands()).map((one) => [one.command, one]));
    await measureThroughput(rig, orders, signal);
    commands = (await rig.commands()).map((one) => ({
      command: one.command,
      calls: one.calls - (before.get(one.command)?.calls ?? 0),
      microseconds: one.microseconds - (before.get(one.command)?.microseconds ?? 0),
    }));
  } finally {
    await rig.stop(); // Both services write what they have found out.
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- count-statements.ts wrote it
  const statements = JSON.parse(readFileSync(statementsFile, "utf8")) as readonly StatementCount[];
  const dispatcher = selfTimes(readProfile(join(folder, "profile-dispatcher")));
  const costs: Costs = {
    orders,
    functions: top(
      grouped(dispatcher, (frame) => `${frame.functionName || "(anonymous)"}  ${place(frame)}`),
      all,
    ),
    packages: top(grouped(dispatcher, packageOf), all),
    statements: top(
      statements.map((one) => ({ what: one.sql.replaceAll(/\s+/g, " ").slice(0, 110), calls: one.calls, ms: one.ms })),
      all,
    ),
    statementsPerOrder: statements.reduce((sum, one) => sum + one.calls, 0) / all,
    commands: top(
      commands.map((one) => ({ what: one.command, calls: one.calls, ms: one.microseconds / 1_000 })),
      orders,
    ),
    commandsPerOrder: commands.reduce((sum, one) => sum + one.calls, 0) / orders,
  };
  say(table(`Functions of the dispatcher, by their own time`, costs.functions));
  say(table(`The same by package`, costs.packages));
  say(table(`Statements: ${costs.statementsPerOrder.toFixed(1)} an order`, costs.statements));
  say(table(`Commands to Redis: ${costs.commandsPerOrder.toFixed(1)} an order`, costs.commands));
  say(`For the browser's developer tools (Performance, load profile): ${folder}/profile-*/*.cpuprofile`);
  return costs;
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly ms: number;
}

function readProfile(folder: string): CpuProfile {
  const [name = ""] = readdirSync(folder);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- V8's own format
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile;
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly Frame[] {
  const times = new Map<number, number>();
  samples.forEach((id, index) => times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1_000));
  return nodes
    .map(({ id, callFrame }) => ({ ...callFrame, ms: times.get(id) ?? 0 }))
    .filter((frame) => frame.functionName !== "(idle)" && frame.functionName !== "(program)");
}

function grouped(frames: readonly Frame[], by: (frame: Frame) => string) {
  const sums = new Map<string, number>();
  for (const frame of frames) {
    const what = by(frame);
    sums.set(what, (sums.get(what) ?? 0) + frame.ms);
  }
  return [...sums].map(([what, ms]) => ({ what, calls: null, ms }));
}

const top = (costs: readonly { what: string; calls: number | null; ms: number }[], orders: number): readonly Cost[] =>
  costs
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, MOST)
    .map(({ what, calls, ms }) => ({ what, perOrder: calls === null ? null : calls / orders, msPerOrder: ms / orders }));

function place({ url, lineNumber }: Frame): string {
  return url.startsWith("file:") ? `${shortened(fileURLToPath(url))}:${lineNumber + 1}` : url || "V8";
}

const shortened = (path: string): string => relative(ROOT, path).replace(/^.*node_modules\//, "");

function packageOf({ url, functionName }: Frame): string {
  if (!url.startsWith("file:")) {
    return url.startsWith("node:")
      ? "Node"
      : functionName === "(garbage collector)"
        ? "garbage collection"
        : "V8 and native code";
  }
  const path = shortened(fileURLToPath(url));
  const parts = path.split("/");
  // A room of ours, or a library.
  return /^(services|packages)\//.test(path)
    ? parts.slice(0, 4).join("/")
    : parts.slice(0, path.startsWith("@") ? 2 : 1).join("/");
}

function table(title: string, costs: readonly Cost[]): string {
  const rows = costs.map(({ what, perOrder, msPerOrder }) =>
    [msPerOrder.toFixed(3).padStart(9), perOrder === null ? "" : perOrder.toFixed(1).padStart(6), what].join("  "),
  );
  return [`\n${title}\nms/order`, ...rows].join("\n");
}
