// Throwing requests at ingest, and judging each answer.
import { setTimeout as wait } from "node:timers/promises";
import { keepConnection, sendRaw, type Exchanged, type KeptConnection } from "./http-client.ts";
import type { RequestTarget } from "./ingest-target.ts";
import { createMemoryWatch } from "./memory.ts";
import { caseRandom } from "./mutation.ts";
import { rawRequest, silentRequest, type RawRequest } from "./raw-requests.ts";
import { createTally, HANG_MS, type Finding, type PartReport } from "./report.ts";
import { hostileRequest, type HostileRequest, type RequestIngredients } from "./requests.ts";

/** What ingest documents (its routes and docs), and what Node's HTTP server says by itself of a message that is none: 408, 417, 431, 505. */
const DOCUMENTED = new Set([200, 400, 401, 404, 405, 408, 413, 417, 431, 503, 505]);

const CONNECTIONS = 16;
/** One in so many is no well-made request. */
const RAW_EVERY = 20;
/** One in so many says nothing more in the middle of itself. */
const SILENT_EVERY = 2_000;
/** Ingest gives a request 10 s; it looks once a second. */
const SILENT_LONGEST_MS = 14_000;
const GIVE_UP_MS = 5_000;
const LOOK_EVERY_MS = 250;
const PART = "requests";

export interface FuzzRequestsOptions extends RequestIngredients {
  readonly target: RequestTarget;
  readonly requests: number;
  readonly seed: string;
  readonly onProgress?: (done: number) => void;
}

export async function fuzzRequests(options: FuzzRequestsOptions): Promise<PartReport> {
  const { target, requests, seed } = options;
  const answers = createTally();
  const crashes: Finding[] = [];
  const hangs: Finding[] = [];
  const violations: Finding[] = [];
  const slow: number[] = [];
  const memory = createMemoryWatch();
  /** What may be on the queue: the body's hash by the webhook's id, which may have been sent with several bodies. */
  const mayBeQueued = new Map<string, Set<string>>();
  let queuedAnswers = 0;
  let unanswered = 0;
  let slowestMs = 0;
  let next = 0;
  let done = 0;
  let over = false;

  const requestOf = (index: number): HostileRequest => hostileRequest(caseRandom(seed, PART, index), index, options);

  const judge = (index: number, request: HostileRequest, exchanged: Exchanged): void => {
    const violation = (what: string): void => void violations.push({ index, how: request.how, what });
    if ("lost" in exchanged) {
      answers.add("none");
      unanswered += request.accepted === "never" ? 0 : 1;
      if (exchanged.ms < GIVE_UP_MS) {
        violation(exchanged.lost);
      }
      return;
    }
    const { status, body } = exchanged.answer;
    answers.add(String(status));
    const result = /"status":"(queued|duplicate|ignored)"/.exec(body)?.[1];
    queuedAnswers += result === "queued" ? 1 : 0;
    if (status === 503) {
      unanswered += 1; // It may be stored all the same.
    }
    if (!DOCUMENTED.has(status)) {
      violation(`it was answered ${status}, which is not documented: ${body.slice(0, 200)}`);
    }
    if (request.accepted === "never" && (result !== undefined || (status === 200 && !request.open))) {
      violation(`it is not signed, and was answered ${status} ${body.slice(0, 200)}`);
    }
    if (request.accepted === "must" && result === undefined && status !== 503) {
      violation(`it is signed and in order, and was answered ${status} ${body.slice(0, 200)}`);
    }
  };

  const sendOne = async (index: number, connection: KeptConnection): Promise<void> => {
    const request = requestOf(index);
    if (request.accepted !== "never" && request.webhookId !== undefined) {
      const id = request.webhookId;
      mayBeQueued.set(id, (mayBeQueued.get(id) ?? new Set()).add(request.bodyHash));
    }
    const exchanged = await connection.exchange(request.bytes, { head: request.method === "HEAD", timeoutMs: GIVE_UP_MS });
    slowestMs = Math.max(slowestMs, exchanged.ms);
    if (exchanged.ms > HANG_MS) {
      slow.push(index);
    }
    judge(index, request, exchanged);
  };

  const sendBroken = async (index: number, request: RawRequest): Promise<void> => {
    const { answers: got, broken, ms } = await sendRaw(target.port, request, SILENT_LONGEST_MS);
    const violation = (what: string): void => void violations.push({ index, how: request.how, what });
    answers.add(
      got.length === 0
        ? "none"
        : got
            .map(({ status }) => status)
            .join("+")
            .slice(0, 11),
    );
    if (broken !== undefined) {
      violation(broken);
    }
    if (got.some(({ body }) => /"status":"(queued|duplicate|ignored)"/.test(body))) {
      violation("a request that nobody signed was taken in");
    }
    if (got.filter(({ status }) => status === 200).length > request.open) {
      violation("it was answered 200");
    }
    for (const { status, body } of got.filter((answer) => !DOCUMENTED.has(answer.status))) {
      violation(`it was answered ${status}, which is not documented: ${body.slice(0, 200)}`);
    }
    if (request.after === "silence" && ms >= SILENT_LONGEST_MS) {
      hangs.push({ index, how: request.how, what: `its connection was still open after ${SILENT_LONGEST_MS} ms` });
    }
  };

  const silent: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    const connection = keepConnection(target.port);
    for (let index = next++; index < requests && target.ended() === undefined; index = next++) {
      if (index % SILENT_EVERY === SILENT_EVERY / 2) {
        silent.push(sendBroken(index, silentRequest(caseRandom(seed, PART, index))));
      } else if (index % RAW_EVERY === 0) {
        await sendBroken(index, rawRequest(caseRandom(seed, PART, index)));
      } else {
        await sendOne(index, connection);
      }
      done += 1;
    }
    connection.close();
  };

  /** Whether it lives and answers, all along, over a connection that nothing else uses. */
  const look = async (): Promise<void> => {
    const connection = keepConnection(target.port);
    const health = Buffer.from("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    for (let times = 0, late = 0; !over; times++) {
      const exchanged = await connection.exchange(health, { head: false, timeoutMs: GIVE_UP_MS });
      const well = "answer" in exchanged && exchanged.answer.status === 200 && exchanged.ms <= HANG_MS;
      late = well ? 0 : late + 1;
      if (late === 2 && target.ended() === undefined) {
        hangs.push({ index: undefined, how: "", what: `/healthz does not answer in time, while ${done} requests were done` });
      }
      if (times % 2 === 0) {
        memory.add(done / requests, await target.memoryMb());
      }
      options.onProgress?.(done);
      await wait(LOOK_EVERY_MS);
    }
    connection.close();
  };

  const looking = look();
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  await Promise.all(silent);
  over = true;
  await looking;

  const alone = keepConnection(target.port);
  let hiccups = 0;
  for (const index of target.ended() === undefined ? slow : []) {
    const request = requestOf(index);
    const { ms } = await alone.exchange(request.bytes, { head: request.method === "HEAD", timeoutMs: GIVE_UP_MS });
    if (ms > HANG_MS) {
      hangs.push({ index, how: request.how, what: `it took ${Math.round(ms)} ms, also alone` });
    } else {
      hiccups += 1;
    }
  }
  alone.close();

  const ending = target.ended();
  if (ending !== undefined) {
    crashes.push({ index: undefined, how: "", what: `ingest ${ending}` });
  } else {
    // Trying the slow ones again may have queued as many more.
    violations.push(...(await judgeQueue(target, { mayBeQueued, queuedAnswers, uncertain: unanswered + slow.length })));
  }
  return {
    name: PART,
    cases: done,
    outcomes: answers.counts,
    crashes,
    hangs,
    violations,
    hiccups,
    slowestMs: Math.round(slowestMs),
    ...memory.result(),
  };
}

/** Nothing is on the queue that was not signed, and as much as was promised. */
async function judgeQueue(
  target: RequestTarget,
  expected: {
    readonly mayBeQueued: ReadonlyMap<string, ReadonlySet<string>>;
    readonly queuedAnswers: number;
    /** Webhooks that may be there although nobody promised it. */
    readonly uncertain: number;
  },
): Promise<Finding[]> {
  const { mayBeQueued, queuedAnswers, uncertain } = expected;
  const findings: Finding[] = [];
  let jobs = 0;
  for await (const { webhookId, bodyHash } of target.queued()) {
    jobs += 1;
    if (mayBeQueued.get(webhookId)?.has(bodyHash) !== true) {
      findings.push({
        index: undefined,
        how: "",
        what: `webhook ${JSON.stringify(webhookId)} is on the queue, and nobody signed it`,
      });
    }
  }
  if (jobs < queuedAnswers || jobs > queuedAnswers + uncertain) {
    const what = `${queuedAnswers} webhooks were answered as queued, and ${jobs} are on the queue`;
    findings.push({ index: undefined, how: "", what });
  }
  return findings;
}
