// Whether anything becomes slower as the work grows: many orders, a tenth at a time, each through the whole engine into a directory
// that the supplier empties; after each tenth the memory of both services and the console's pages.
import { quantile } from "./figures.ts";
import { measureThroughput } from "./measure.ts";
import { usage, type Rig } from "./rig.ts";

export interface Tenth {
  readonly orders: number;
  readonly filesPerSecond: number;
  readonly ingestMb: number;
  readonly dispatcherMb: number;
  /** Milliseconds until the page is there, the median of a few. */
  readonly pages: Readonly<Record<string, number>>;
}

const TENTHS = 10;
const LOADS = 5;
const PAGES = [
  "/",
  "/orders",
  "/purchase-orders",
  "/dead-letters",
  "/api/orders?limit=100",
  "/api/purchase-orders?limit=100",
  "/api/summary",
];

export async function grow(
  rig: Rig,
  orders: number,
  options: { say: (text: string) => void; signal: AbortSignal },
): Promise<readonly Tenth[]> {
  const tenths: Tenth[] = [];
  await rig.startDispatcher("sending");
  const each = Math.ceil(orders / TENTHS);
  // What a process compiles at its first orders is no growth.
  await measureThroughput(rig, Math.min(each, 200), options.signal);
  for (let index = 1; index <= TENTHS; index++) {
    const { ordersPerSecond } = await measureThroughput(rig, each, options.signal);
    const tenth: Tenth = {
      orders: each * index,
      filesPerSecond: ordersPerSecond,
      ingestMb: usage(rig.ingest).megabytes,
      dispatcherMb: usage(rig.dispatcher()).megabytes,
      pages: await pageTimes(rig),
    };
    tenths.push(tenth);
    options.say(lineOf(tenth));
  }
  return tenths;
}

function lineOf({ orders, filesPerSecond, ingestMb, dispatcherMb, pages }: Tenth): string {
  const times = Object.entries(pages).map(([page, ms]) => `${page} ${ms.toFixed(0)} ms`);
  const figures = [
    `${orders} orders`,
    `${filesPerSecond.toFixed(1)} files a second`,
    `ingest ${ingestMb.toFixed(0)} MB`,
    `dispatcher ${dispatcherMb.toFixed(0)} MB`,
  ];
  return [...figures, ...times].join(", ");
}

async function pageTimes(rig: Rig): Promise<Readonly<Record<string, number>>> {
  const authorization = `Basic ${Buffer.from(`operator:${rig.console.password}`).toString("base64")}`;
  const times: Record<string, number> = {};
  for (const page of PAGES) {
    const loads: number[] = [];
    for (let load = 0; load < LOADS; load++) {
      const start = performance.now();
      const response = await fetch(rig.console.url + page, { headers: { authorization } });
      await response.arrayBuffer();
      if (!response.ok) {
        throw new Error(`${page} was answered ${response.status}`);
      }
      loads.push(performance.now() - start);
    }
    times[page] = quantile(loads, 0.5);
  }
  return times;
}
