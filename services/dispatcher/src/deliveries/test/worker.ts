// A worker's steps in the model of the delivery protocol (./model.ts): deliver.ts and endings.ts in their order, with
// what they call of attempts.ts and claim.ts. `Mutation` lists what a test changes, to see that the model would notice.
import { judgeCommitting, judgeSending, type Verdict } from "../../domain/delivery-table.ts";
import {
  arrive,
  changeState,
  leaveRename,
  recordSent,
  setAttempts,
  withNumber,
  type At,
  type Attempt,
  type Name,
  type State,
  type Worker,
} from "./state.ts";

/** The protocol with one thing changed. */
export type Mutation =
  | "writeIntent is no compare-and-set"
  | "writeIntent and markSent do not check the token"
  | "end does not check the token"
  | "committing is started over without a look"
  | "attempts share one temporary name"
  | "the intent is written after the rename"
  | "the intent is journaled after the rename"
  | "both gone means start over"
  | "sending is taken over without abandoning it"
  | "several attempts may be committing"
  | "a refusal is believed without a look at the temporary file"
  | "a refused attempt removes its file before it ends"
  | "both there is believed at the first look"
  | "both there is believed at the first look after a refusal"
  | "withdrawing and ending are two transactions"
  | "no journal"
  | "the journal does not name the attempt"
  | "a withdrawn intent is no news to a restored database";

/** What may come of a worker's step. */
export interface Option {
  readonly text: string;
  readonly next: At;
  /** It costs one of this bound; else it is fair. */
  readonly fault?: "lost" | "refusals";
  readonly effect?: (t: State) => void;
  readonly remember?: Pick<Partial<Worker>, "temporary" | "again" | "refused" | "verdict">;
}

interface Here {
  readonly s: State;
  readonly w: Name;
  readonly me: Worker;
  readonly mutated: (mutation: Mutation) => boolean;
}

const INFER_WITHIN_MS = 15 * 60_000;
const MARK_SENT: Verdict = { do: "mark-sent", inferred: false, alert: null };

/** attempts.ts, held(): the compare of every compare-and-set. */
function held({ s, w, me }: Here, state: Attempt["state"], checkToken = true): boolean {
  const row = s.attempts.find((one) => one.id === me.id);
  return s.po === "sending" && row?.state === state && (!checkToken || row.token === w);
}

const mine =
  (me: Worker) =>
  (one: Attempt): boolean =>
    one.id === me.id;

/** attempts.ts, end(): back to ready, to be tried again. */
const endAttempt = (me: Worker) => (t: State) => {
  setAttempts(t, mine(me), { state: "not-sent" });
  changeState(t, "ready", { cause: "system" });
};

const remove = ({ me }: Here, next: At): Option[] => [
  { text: "removes its temporary file", next, effect: (t) => (t.temporary = t.temporary.filter((one) => one !== me.number)) },
];

/** By a worker's place in deliver.ts and endings.ts: what may come of its next step. */
export const work: Readonly<Record<Exclude<At, "free">, (here: Here) => readonly Option[]>> = {
  // send() and verify(): nobody else asks for this file, so they are one step.
  upload: ({ me }) => {
    const effect = (t: State): void => void (t.temporary = withNumber(t.temporary, me.number));
    return [
      { text: "uploads and verifies", next: "seeFinal", effect },
      { text: "uploads, the reply is lost", next: "endRetry", fault: "lost", effect }, // The session is dead: no removal.
    ];
  },

  seeFinal: ({ s, mutated }) => {
    const text = `looks at the final name (${s.final ? "ours" : "absent"})`;
    const verdict = judgeSending(s.final ? "ours" : "absent");
    const startOver = mutated("the intent is written after the rename") ? "rename" : "writeIntent";
    return [
      { text, next: verdict.do === "start-over" ? startOver : "removeThenConclude", remember: { verdict } },
      { text: `${text}, the reply is lost`, next: "removeThenEndRetry", fault: "lost" },
    ];
  },

  // attempts.writeIntent()
  writeIntent: (here) => {
    const { s, me, mutated } = here;
    const token = !mutated("writeIntent and markSent do not check the token");
    if (!mutated("writeIntent is no compare-and-set") && !held(here, "sending", token)) {
      return [{ text: "cannot write its intent: taken over", next: "removeThenFree" }];
    }
    const other = s.attempts.some((one) => one.state === "committing" && one.id !== me.id);
    if (other && !mutated("several attempts may be committing")) {
      return [{ text: "cannot write its intent: the unique index", next: "free" }];
    }
    const next = mutated("the intent is written after the rename")
      ? "conclude"
      : mutated("the intent is journaled after the rename")
        ? "rename"
        : "journalIntent";
    return [{ text: "writes its intent", next, effect: (t) => setAttempts(t, mine(me), { state: "committing" }) }];
  },

  // journaling.intent(), of send() and of resume()
  journalIntent: ({ me, mutated }) => {
    const next = mutated("the intent is journaled after the rename") ? "conclude" : "rename";
    return [
      { text: "journals its intent", next, effect: (t) => (t.journal = [...t.journal, ["intent", me.id]]) },
      { text: "cannot journal its intent", next: "free", fault: "lost" }, // OutcomeUnknown: attempts.lookLater().
    ];
  },

  rename: ({ s, w, me, mutated }) => {
    const text = s.attempts.find(mine(me))?.token === w ? "renames" : "renames, though taken over";
    const refused: At = me.takenOver ? "lookTemporary" : "lookAfterRefusal";
    if (!s.temporary.includes(me.number)) {
      return [{ text: `${text}: refused, no temporary file`, next: refused, remember: { refused: true, again: false } }];
    }
    const effect = (t: State): void => arrive(t, me.number);
    const next: At = mutated("the intent is journaled after the rename")
      ? "journalIntent"
      : mutated("the intent is written after the rename") && !me.takenOver
        ? "writeIntent"
        : "conclude";
    return [
      { text, next, effect, remember: { verdict: MARK_SENT } },
      // OutcomeUnknown: attempts.lookLater(). Whether it is carried out is another step, which may come at once or never.
      { text: `${text}, the reply is lost`, next: "free", fault: "lost", effect: leaveRename(me) },
      { text: `${text}: refused`, next: refused, fault: "refusals", remember: { refused: true, again: false } },
      { text: `${text}: refused, yet done`, next: refused, fault: "refusals", remember: { refused: true, again: false }, effect },
    ];
  },

  // send(), after a refusal
  lookAfterRefusal: ({ s, me, mutated }) => {
    if (mutated("a refusal is believed without a look at the temporary file")) {
      return [{ text: "believes the refusal", next: "endRefused" }];
    }
    const there = mutated("a refused attempt removes its file before it ends") ? "removeThenEndRefused" : "endRefused";
    return s.temporary.includes(me.number)
      ? [{ text: "looks at the temporary name (present)", next: there }]
      : [{ text: "looks at the temporary name (absent)", next: "free" }];
  },
  // attempts.end() from committing, then journaling.withdrawn()
  endRefused: (here) => {
    const { me, mutated } = here;
    if (!held(here, "committing", !mutated("end does not check the token"))) {
      return [{ text: "cannot end its attempt: taken over", next: "free" }];
    }
    const withdraw = (t: State): void => setAttempts(t, mine(me), { state: "sending" });
    return mutated("withdrawing and ending are two transactions")
      ? [{ text: "takes back its intent", next: "journalWithdrawn", effect: withdraw }]
      : [{ text: "ends its refused attempt", next: "journalWithdrawn", effect: endAttempt(me) }];
  },
  journalWithdrawn: ({ me, mutated }) => {
    const next = mutated("withdrawing and ending are two transactions") ? "removeThenEndRetry" : "removeThenFree";
    return [{ text: "journals it withdrawn", next, effect: (t) => (t.journal = [...t.journal, ["withdrawn", me.id]]) }];
  },

  // session.remove()
  removeThenFree: (here) => remove(here, "free"),
  removeThenConclude: (here) => remove(here, "conclude"),
  removeThenEndRefused: (here) => remove(here, "endRefused"),
  removeThenEndRetry: (here) => remove(here, "endRetry"),

  // attempts.end() from sending; a committing attempt stays as it is, to be looked at: attempts.lookLater().
  endRetry: (here) =>
    held(here, "sending", !here.mutated("end does not check the token"))
      ? [{ text: "ends its attempt, not sent", next: "free", effect: endAttempt(here.me) }]
      : [{ text: "cannot end its attempt", next: "free" }],

  // look(), of resume(): two questions
  lookTemporary: ({ s, me }) => {
    const temporary = s.temporary.includes(me.number);
    const text = `looks at the temporary name (${temporary ? "present" : "absent"})`;
    return [
      { text, next: "lookFinal", remember: { temporary } },
      { text: `${text}, the reply is lost`, next: "free", fault: "lost" },
    ];
  },
  lookFinal: (here) => {
    const { s, me } = here;
    const text = `looks at the final name (${s.final ? "ours" : "absent"})`;
    const soon = judge(here, 0);
    const late = judge(here, INFER_WITHIN_MS + 1);
    const intentFirst = here.mutated("the intent is journaled after the rename") ? "rename" : "journalIntent";
    const decide = (verdict: Verdict): Pick<Option, "next" | "remember"> =>
      verdict.do === "unknown" && me.temporary === true && me.again !== true && !believesAtOnce(here)
        ? { next: "lookTemporary", remember: { again: true } }
        : verdict.do === "rename"
          ? { next: me.refused === true ? "free" : intentFirst } // resume(); after a refusal: lookAgain().
          : { next: "conclude", remember: { verdict } };
    return soon.do === late.do
      ? [{ text, ...decide(soon) }]
      : [
          { text, ...decide(soon) },
          { text: `${text}, too late to infer`, ...decide(late) }, // Or no acknowledgement is expected.
        ];
  },

  // conclude() and sent()
  conclude: (here) => {
    const { me, mutated } = here;
    const verdict = me.verdict ?? MARK_SENT;
    if (verdict.do === "start-over" || verdict.do === "rename") {
      return [{ text: "gives up", next: "endRetry" }];
    }
    const token = verdict.do === "unknown" || !mutated("writeIntent and markSent do not check the token");
    if (!held(here, "committing", token) && !held(here, "sending", token)) {
      return [{ text: `cannot ${verdict.do === "unknown" ? "mark it unknown" : "mark it sent"}: taken over`, next: "free" }];
    }
    if (verdict.do === "mark-sent") {
      const text = verdict.inferred ? "marks it sent, inferred" : "marks it sent";
      return [{ text, next: "free", effect: (t) => recordSent(t, "system") }];
    }
    const effect = (t: State): void => {
      setAttempts(t, mine(me), { state: "unknown" });
      changeState(t, "unknown", { cause: "system", reason: verdict.reason });
    };
    return [{ text: `marks it unknown: ${verdict.reason}`, next: "free", effect }];
  },
};

/** Where the step leaves the worker. What it will not read again it forgets, so that states that differ by it alone are one. */
export function goOn(me: Worker, { next, remember }: Option): Worker {
  const {
    id,
    number,
    takenOver,
    temporary = false,
    again = false,
    refused = false,
    verdict = MARK_SENT,
  } = { ...me, ...remember };
  return next === "conclude" || next === "removeThenConclude"
    ? { at: next, id, number, takenOver, verdict }
    : { at: next, id, number, takenOver, temporary, again, refused };
}

function judge({ s, me, mutated }: Here, sinceIntentMs: number): Verdict {
  const temporary = me.temporary === true ? "present" : "absent";
  const final = s.final ? "ours" : "absent";
  return mutated("both gone means start over") && temporary === "absent" && final === "absent"
    ? { do: "start-over" }
    : judgeCommitting({ temporary, final, sameEndpoint: true, sinceIntentMs, acknowledgementExpected: true }, INFER_WITHIN_MS);
}

const believesAtOnce = ({ me, mutated }: Here): boolean =>
  mutated("both there is believed at the first look") ||
  (me.refused === true && mutated("both there is believed at the first look after a refusal"));

/** claim.ts */
export function claim(t: State, w: Name, mutated: Here["mutated"]): void {
  const last = t.attempts.at(-1);
  const looks = !mutated("committing is started over without a look");
  if (t.po === "sending" && last?.state === "committing" && looks) {
    setAttempts(t, (one) => one === last, { token: w });
    t.workers[w] = { at: "lookTemporary", id: last.id, number: last.number, takenOver: true };
    return;
  }
  if (!mutated("sending is taken over without abandoning it")) {
    setAttempts(t, (one) => one === last && (one.state === "sending" || (one.state === "committing" && !looks)), {
      state: "abandoned",
    });
  }
  const number = mutated("attempts share one temporary name") ? 1 : t.attempts.length + 1;
  const id = 1 + Math.max(0, ...t.attempts.map((one) => one.id), ...t.journal.map((line) => line[1] ?? 0));
  t.attempts = [...t.attempts, { id, number, state: "sending", token: w }];
  t.workers[w] = { at: "upload", id, number, takenOver: false };
  if (t.po === "ready") {
    changeState(t, "sending", { cause: "system" });
  }
}
