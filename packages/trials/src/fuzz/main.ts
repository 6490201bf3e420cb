// `npm run fuzz`: requests at ingest; files and payloads at the dispatcher. See FUZZ_HELP.
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  FUZZ_HELP,
  fuzzRequests,
  problemsOf,
  readFuzzOptions,
  runWatched,
  startIngest,
  type FuzzOptions,
  type PartReport,
} from "@soh/simulators/fuzz";
import { createOrderGenerator } from "@soh/simulators/orders";

const SHOP = "sermat-equipement.myshopify.com";
const SECRET = "the secret of the fuzzed shop";
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** A child's heap, in MB: whatever one file or payload makes of itself must fit. */
const HEAP_MB = 256;

/**
 * In MB of resident memory. Ingest may hold 32 MB of bodies, which take up to eight times that, around its own 100; a
 * child of the dispatcher has its heap, its young generation, SQLite and the validator besides. What is in use after the
 * warm-up must stay as it is; a process that is left alone gives memory back late, hence the larger growth of ingest.
 */
const MEMORY = {
  requests: { peakMb: 512, growthMb: 128 },
  files: { peakMb: HEAP_MB + 256, growthMb: 32 },
  payloads: { peakMb: HEAP_MB + 256, growthMb: 32 },
} as const;

const CHILDREN = fileURLToPath(new URL("../../../../services/dispatcher/src/test/fuzz/", import.meta.url));

/** Milliseconds between two lines of progress. */
const SAY_EVERY_MS = 10_000;

const reading = readFuzzOptions(process.argv.slice(2), () => String(randomInt(1_000_000_000)));
switch (reading.kind) {
  case "help":
    process.stdout.write(FUZZ_HELP);
    break;
  case "wrong":
    process.stderr.write(`${reading.message}\n`);
    process.exitCode = 2;
    break;
  case "run":
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => process.exit(130)); // The children are killed on exit.
    }
    process.exit(await fuzz(reading.options));
}

async function fuzz(options: FuzzOptions): Promise<number> {
  const { requests, files, payloads, seed } = options;
  const startedAt = performance.now();
  const evidence = join(tmpdir(), `soh-fuzz-${seed.replaceAll(/\W/g, "_")}`);
  say(`Seed ${seed}: ${requests} requests, ${files} files, ${payloads} payloads`);

  const watched = (name: "files" | "payloads", cases: number): Promise<PartReport> =>
    runWatched({
      name,
      module: join(CHILDREN, `${name}-child.ts`),
      seed,
      cases,
      heapMb: HEAP_MB,
      evidence,
      onProgress: progressOf(name, cases),
    });
  const atIngest = await requestsAtIngest(options);
  // One core each.
  const [ofFiles, ofPayloads] = await Promise.all([watched("files", files), watched("payloads", payloads)]);

  const reports = [atIngest, ofFiles, ofPayloads];
  const problems = [
    ...problemsOf(atIngest, { cases: requests, memory: MEMORY.requests }),
    ...problemsOf(ofFiles, { cases: files, memory: MEMORY.files }),
    ...problemsOf(ofPayloads, { cases: payloads, memory: MEMORY.payloads }),
  ];
  reports.forEach((report) => say(summaryOf(report)));
  problems.forEach((problem) => say(`FAILED ${problem}`));
  if (problems.length > 0) {
    say(`The same again: npm run fuzz -- --requests ${requests} --files ${files} --payloads ${payloads} --seed ${seed}`);
    say(`What was caught of files and payloads is in ${evidence}`);
  }
  if (options.json) {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stdout.write(`${JSON.stringify({ ...figuresOf(reports), seconds, seed })}\n`);
  }
  return problems.length === 0 ? 0 : 1;
}

async function requestsAtIngest({ requests, seed }: FuzzOptions): Promise<PartReport> {
  const target = await startIngest({ shop: SHOP, secret: SECRET });
  try {
    const report = await fuzzRequests({
      target,
      requests,
      seed,
      shop: SHOP,
      secret: SECRET,
      maxBodyBytes: MAX_BODY_BYTES,
      body: anOrder(seed),
      onProgress: progressOf("requests", requests),
    });
    const problem = await target.stop();
    const crash = { index: undefined, how: "", what: problem ?? "" };
    return problem === undefined || report.crashes.length > 0 ? report : { ...report, crashes: [crash] };
  } finally {
    await target.stop();
  }
}

function anOrder(seed: string): string {
  return createOrderGenerator({
    seed,
    shop: SHOP,
    suppliers: [{ name: "agriest", vendors: ["Agriest"], skuPrefixes: ["AGR-"] }],
    holds: {},
    since: 0,
    now: () => Date.parse("2027-01-10T12:00:00Z"),
  }).next("plain").body;
}

function figuresOf([requests, files, payloads]: readonly PartReport[]) {
  const all = [requests, files, payloads].filter((report) => report !== undefined);
  const sum = (of: (report: PartReport) => number): number => all.reduce((total, report) => total + of(report), 0);
  const byPart = (of: (report: PartReport) => number): Record<string, number> =>
    Object.fromEntries(all.map((report) => [report.name, of(report)]));
  return {
    requests: requests?.cases,
    requestStatuses: requests?.outcomes,
    files: files?.cases,
    fileOutcomes: files?.outcomes,
    payloads: payloads?.cases,
    payloadOutcomes: payloads?.outcomes,
    crashes: sum((report) => report.crashes.length),
    violations: sum((report) => report.violations.length),
    hangs: sum((report) => report.hangs.length),
    hiccups: sum((report) => report.hiccups),
    slowest: byPart((report) => report.slowestMs),
    peakMemoryMb: byPart((report) => report.peakMemoryMb),
    memoryGrowthMb: byPart((report) => report.memoryGrowthMb),
  };
}

function summaryOf({ name, cases, outcomes, slowestMs, peakMemoryMb, memoryGrowthMb }: PartReport): string {
  const counts = Object.entries(outcomes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([outcome, times]) => `${outcome} ${times}`);
  const memory = `${peakMemoryMb} MB at most, ${memoryGrowthMb} MB more at the end than warm`;
  return `${name}: ${cases}; the slowest took ${slowestMs} ms; ${memory}\n  ${counts.join(", ")}`;
}

function progressOf(name: string, cases: number): (done: number) => void {
  let saidAt = performance.now();
  return (done) => {
    if (performance.now() - saidAt > SAY_EVERY_MS) {
      saidAt = performance.now();
      say(`  ${done} of ${cases} ${name}`);
    }
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
