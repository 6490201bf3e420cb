// Which states of the model of the delivery protocol (./model.ts) are one and the same.
import { isRunning, setAttempts, type Attempt, type Database, type Line, type State, type Worker } from "./state.ts";

/**
 * One spelling for states that differ in nothing which anybody can still read: in lines of the journal that say the same
 * twice, in tokens of attempts that ended, in files that nobody asks for, and in which of two like workers is which.
 */
export function canonical(
  s: State,
  numbersComeAgain: boolean,
): { readonly state: State; readonly key: string; readonly swapped: boolean } {
  s.journal = shorten(s.journal, s.messages.length);
  if (s.attempts.some(hasVainToken)) {
    setAttempts(s, hasVainToken, { token: null });
  }
  if (!numbersComeAgain && s.temporary.length + s.late.length > 0) {
    const used = [...s.attempts.filter(isRunning), ...s.workers].map((one) => one.name);
    s.temporary = s.temporary.filter(({ name }) => used.includes(name) || s.late.includes(name));
    s.late = s.late.filter((name) => s.temporary.some((one) => one.name === name));
    s.halves = s.halves.filter((name) => s.temporary.some((one) => one.name === name));
  }
  const [a, b] = s.workers.map(spellWorker);
  const own = a! <= b! ? spellState(s) : undefined;
  if (own !== undefined && a !== b) {
    return { state: s, key: own, swapped: false };
  }
  const attempts = s.attempts.map((one): Attempt => (one.token === null ? one : { ...one, token: one.token === 0 ? 1 : 0 }));
  const other: State = { ...s, attempts, workers: [s.workers[1], s.workers[0]] };
  const key = spellState(other);
  return own !== undefined && own <= key ? { state: s, key: own, swapped: false } : { state: other, key, swapped: true };
}

const hasVainToken = (one: Attempt): boolean => one.token !== null && !isRunning(one);

/** Read is the last line of each attempt (restore.ts); of one message, a test also asks what comes last of all. */
function shorten(journal: readonly Line[], messages: number): readonly Line[] {
  if (messages === 1) {
    const [before, last] = journal.slice(-2);
    return last !== undefined && before?.[0] === last[0] && before[2] === last[2] ? journal.slice(0, -1) : journal;
  }
  return journal.length < 2
    ? journal
    : [...new Map(journal.map((line) => [`${line[1]},${line[2]}`, line])).entries()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, line]) => line);
}

// Every field, in few characters: most of the time goes into these texts.
const spellState = (s: State): string =>
  [
    spellDatabase(s),
    spellDatabase(s.backup),
    s.journal.map((line) => line.join("")).join(),
    s.temporary.map(({ name, file }) => `${name}:${file}`).join(),
    s.late.join(),
    s.halves.join(),
    `${s.final.join()},${s.arrived},${s.taken.join()},${s.replaced},${s.bug}`,
    spellWorker(s.workers[0]),
    spellWorker(s.workers[1]),
    Object.values(s.left).join(),
  ].join(";");

const spellDatabase = (database: Database | null): string =>
  database === null
    ? ""
    : `${database.messages
        .map((message) => `${message.state},${message.reason},${message.journaled},${message.carriedBy},${message.unwanted}`)
        .join()},${database.attempts
        .map(({ id, lead, number, name, file, state, token }) => `${id},${lead},${number},${name},${file},${state},${token}`)
        .join()}`;

const spellWorker = ({ at, id, name, takenOver, oneHasLeft, temporary, again, refused, verdict }: Worker): string =>
  at === "free"
    ? ""
    : `${at},${id},${name},${takenOver},${oneHasLeft},${temporary},${again},${refused},${verdict === undefined ? "" : Object.values(verdict).join()}`;
