// Which states of the model of the delivery protocol (./model.ts) are one and the same.
import { put, putAll, takeKey } from "./key.ts";
import { isRunning, setAttempts, type Attempt, type Database, type State, type Worker } from "./state.ts";

/**
 * One spelling for states that differ in nothing which anybody can still read: in lines of the journal that say the same
 * twice, in tokens of attempts that ended, in files that nobody asks for, and in which of two like workers is which.
 */
export function canonical(
  s: State,
  numbersComeAgain: boolean,
): { readonly state: State; readonly key: string; readonly swapped: boolean } {
  if (s.attempts.some(hasVainToken)) {
    setAttempts(s, hasVainToken, { token: null });
  }
  if (!numbersComeAgain && s.temporary.length + s.late.length > 0) {
    const used = [...s.attempts.filter(isRunning), ...s.workers].map((one) => one.name);
    s.temporary = s.temporary.filter(({ name }) => used.includes(name) || s.late.includes(name));
    s.late = s.late.filter((name) => s.temporary.some((one) => one.name === name));
    s.halves = s.halves.filter((name) => s.temporary.some((one) => one.name === name));
  }
  const [a, b] = [spellWorker(s.workers[0]), spellWorker(s.workers[1])];
  const swapped = a === b ? s.attempts.find(({ token }) => token !== null)?.token === 1 : a > b;
  if (!swapped) {
    return { state: s, key: spellState(s, a, b), swapped };
  }
  const attempts = s.attempts.map((one): Attempt => (one.token === null ? one : { ...one, token: one.token === 0 ? 1 : 0 }));
  const other: State = { ...s, attempts, workers: [s.workers[1], s.workers[0]] };
  return { state: other, key: spellState(other, b, a), swapped };
}

const hasVainToken = (one: Attempt): boolean => one.token !== null && !isRunning(one);

/** Every field. */
function spellState(s: State, a: string, b: string): string {
  putDatabase(s);
  put(s.backup === null);
  if (s.backup !== null) {
    putDatabase(s.backup);
  }
  put(s.journal.length);
  for (const [kind, p, id] of s.journal) {
    put(kind);
    put(p);
    put(id);
  }
  put(s.temporary.length);
  for (const { name, file } of s.temporary) {
    put(name);
    put(file);
  }
  putAll(s.late);
  putAll(s.halves);
  putAll(s.final);
  putAll(s.taken);
  put(s.arrived);
  put(s.replaced);
  put(s.bug);
  put(a);
  put(b);
  putAll(Object.values(s.left));
  return takeKey();
}

function putDatabase({ messages, attempts }: Database): void {
  for (const { state, reason, journaled, carriedBy, unwanted } of messages) {
    put(state);
    put(reason);
    put(journaled);
    put(carriedBy);
    put(unwanted);
  }
  put(attempts.length);
  for (const { id, lead, number, name, file, state, token } of attempts) {
    put(id);
    put(lead);
    put(number);
    put(name);
    put(file);
    put(state);
    put(token);
  }
}

const spellWorker = ({ at, id, name, takenOver, oneHasLeft, temporary, again, refused, verdict }: Worker): string =>
  at === "free"
    ? ""
    : `${at},${id},${name},${takenOver},${oneHasLeft},${temporary},${again},${refused},${verdict === undefined ? "" : Object.values(verdict).join()}`;
