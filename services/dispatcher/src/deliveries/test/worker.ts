// A worker's steps in the model of the delivery protocol (./model.ts): deliver.ts and endings.ts in their order, with
// what they call of attempts.ts and journaling.ts.
import { judgeCommitting, judgeSending, type RenameKind, type Verdict } from "../../domain/delivery/delivery-table.ts";
import type { Mutated } from "./mutation.ts";
import { arrive, finalOf, leaveRename, link, remove, store } from "./server.ts";
import {
  changeState,
  endUnknown,
  inFile,
  messagesIn,
  putBack,
  recordSent,
  setAttempts,
  writeLines,
  type At,
  type Attempt,
  type Name,
  type Index,
  type State,
  type Worker,
} from "./state.ts";

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
  readonly rename: RenameKind;
  readonly mutated: Mutated;
}

const INFER_WITHIN_MS = 15 * 60_000;
const MARK_SENT: Verdict = { do: "mark-sent", inferred: false, alert: null };

const attemptOf = (s: State, me: Worker): Attempt | undefined => s.attempts.find((one) => one.id === me.id);

/** attempts.ts, held(): the compare of every compare-and-set. */
function held({ s, w, me }: Here, state: Attempt["state"], checkToken = true): Attempt | undefined {
  const row = attemptOf(s, me);
  return row?.state === state && s.messages[row.lead]!.state === "sending" && (!checkToken || row.token === w) ? row : undefined;
}

const mine =
  (me: Worker) =>
  (one: Attempt): boolean =>
    one.id === me.id;

/** attempts.ts, end(): back to ready, to be tried again. */
const endAttempt =
  ({ s, me, mutated }: Here) =>
  (t: State): void => {
    const row = attemptOf(s, me)!;
    setAttempts(t, mine(me), { state: "not-sent" });
    putBack(t, mutated("end releases only the lead") ? [row.lead] : inFile(s, row));
  };

const removeFile = ({ me }: Here, next: At): Option[] => [
  { text: "removes its temporary file", next, effect: (t) => remove(t, me.name) },
];

/** journaling.ts: a line for each in the file, on disk together; of several, a crash may leave the first alone. */
function journal(
  { s, me, mutated }: Here,
  kind: "intent" | "withdrawn",
  { text, next, failed = "free" }: { readonly text: string; readonly next: At; readonly failed?: At },
): Option[] {
  const row = attemptOf(s, me);
  const file = row === undefined ? [] : me.takenOver ? inFile(s, row) : messagesIn(s, row.file);
  const messages = mutated("the intent is journaled for the lead only") && kind === "intent" ? file.slice(0, 1) : file;
  const write = (some: readonly Index[]) => (t: State) =>
    writeLines(
      t,
      some.map((p) => [kind, p, me.id] as const),
    );
  const whole: Option = { text, next, effect: write(messages) };
  return messages.length === 1
    ? [whole]
    : [
        whole,
        { text: `${text}: only the first line is written`, next: failed, fault: "lost", effect: write(messages.slice(0, 1)) },
      ];
}

/** What makes a difference only to an older database that may yet be restored, and else only multiplies states. */
const onlyForOlder = ({ s }: Here, options: readonly Option[]): readonly Option[] => (s.left.restores > 0 ? options : []);

/** By a worker's place in deliver.ts and endings.ts: what may come of its next step. */
export const work: Readonly<Record<Exclude<At, "free">, (here: Here) => readonly Option[]>> = {
  // send() and verify(): nobody else asks for this file, so they are one step.
  upload: ({ s, me }) => {
    const effect = (t: State): void => store(t, me.name, attemptOf(s, me)!.file);
    return [
      { text: "uploads and verifies", next: "seeFinal", effect },
      { text: "uploads, the reply is lost", next: "endRetry", fault: "lost", effect }, // The session is dead: no removal.
    ];
  },

  seeFinal: ({ s, me, mutated }) => {
    const final = seeFinal(s, me);
    const text = `looks at the final name (${final})`;
    const verdict = judgeSending(final);
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
    const row = attemptOf(s, me)!;
    const wanted = inFile(s, row).filter((p) => s.messages[p]!.unwanted !== null);
    if (wanted.length > 0 && !(mutated("a wish to cancel a member is not looked at") && !wanted.includes(row.lead))) {
      return [{ text: "does not write its intent: one is not wanted any more", next: "removeThenEndCancelled" }];
    }
    const other = s.attempts.some((one) => one.lead === row.lead && one.state === "committing" && one.id !== me.id);
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
  journalIntent: (here) => {
    const afterwards = here.mutated("the intent is journaled after the rename");
    const next = afterwards ? "conclude" : "rename";
    // NotJournaled: in a takeover attempts.lookLater(), else the intent is taken back.
    const failed: At = here.me.takenOver || afterwards ? "free" : "endNotJournaled";
    const [whole, ...cut] = journal(here, "intent", { text: "journals its intent", next, failed });
    return [
      whole!,
      ...cut,
      { text: "cannot journal its intent", next: failed, fault: "lost" },
      ...onlyForOlder(here, [
        { ...whole!, text: "journals its intent, and is told that it did not", next: failed, fault: "lost" },
      ]),
    ];
  },
  // attempts.end() from committing, then journaling.withdrawn(), which may be written again
  endNotJournaled: (here) => {
    const token = !here.mutated("an intent that could not be journaled is taken back by who has lost the claim");
    const removed = here.mutated("an intent that could not be journaled is taken back and its file removed");
    return held(here, "committing", token)
      ? [{ text: "takes back its intent", next: removed ? "removeThenFree" : "journalWithdrawn", effect: endAttempt(here) }]
      : [{ text: "cannot take back its intent: taken over", next: "free" }];
  },

  rename: (here) => {
    const { s, w, me, mutated } = here;
    const text = s.attempts.find(mine(me))?.token === w ? "renames" : "renames, though taken over";
    const refused: At = me.takenOver ? "lookTemporary" : "lookAfterRefusal";
    if (!isTemporaryThere(s, me)) {
      return [{ text: `${text}: refused, no temporary file`, next: refused, remember: { refused: true, again: false } }];
    }
    if (here.rename === "two-steps" && seeFinal(s, me) !== "absent") {
      return [{ text: `${text}: refused, the final name exists`, next: refused, remember: { refused: true, again: false } }];
    }
    const effect = (t: State): void => void arrive(t, me.name);
    const next: At = mutated("the intent is journaled after the rename")
      ? "journalIntent"
      : mutated("the intent is written after the rename") && !me.takenOver
        ? "writeIntent"
        : "conclude";
    if (here.rename === "two-steps") {
      return [
        { text: `${text}, its first step`, next: "renameSecondStep", effect: (t) => void link(t, me.name) },
        { text: `${text}, the reply is lost`, next: "free", fault: "lost", effect: leaveRename(me) },
        { text: `${text}: refused`, next: refused, fault: "refusals", remember: { refused: true, again: false } },
      ];
    }
    return [
      { text, next, effect, remember: { verdict: MARK_SENT } },
      // OutcomeUnknown: attempts.lookLater(). Whether it is carried out is another step, which may come at once or never.
      { text: `${text}, the reply is lost`, next: "free", fault: "lost", effect: leaveRename(me) },
      { text: `${text}: refused`, next: refused, fault: "refusals", remember: { refused: true, again: false } },
      { text: `${text}: refused, yet done`, next: refused, fault: "refusals", remember: { refused: true, again: false }, effect },
    ];
  },

  // In the server's process, or in ours: whatever becomes of the client, it may still come, or not.
  renameSecondStep: ({ me }) => {
    const effect = (t: State): void => remove(t, me.name);
    return [
      { text: "renames, its second step", next: "conclude", effect, remember: { verdict: MARK_SENT } },
      { text: "renames, its second step: the reply is lost", next: "free", fault: "lost", effect },
      { text: "renames, the connection is lost between its steps", next: "free", fault: "lost", effect: leaveRename(me) },
    ];
  },

  // send(), after a refusal
  lookAfterRefusal: ({ s, me, rename, mutated }) => {
    if (mutated("a refusal is believed without a look at the temporary file")) {
      return [{ text: "believes the refusal", next: "endRefused" }];
    }
    const there = mutated("a refused attempt removes its file before it ends") ? "removeThenEndRefused" : "endRefused";
    if (rename === "two-steps" && isTemporaryThere(s, me) && seeFinal(s, me) !== "absent") {
      return [{ text: "looks at both names (both present)", next: "free" }];
    }
    return isTemporaryThere(s, me)
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
      ? [{ text: "takes back its intent alone", next: "journalWithdrawn", effect: withdraw }]
      : [{ text: "ends its refused attempt", next: "journalWithdrawn", effect: endAttempt(here) }];
  },
  journalWithdrawn: (here) => {
    const next = here.mutated("withdrawing and ending are two transactions") ? "removeThenEndRetry" : "removeThenFree";
    return [
      ...journal(here, "withdrawn", { text: "journals it withdrawn", next }),
      ...onlyForOlder(here, [{ text: "cannot journal it withdrawn", next: "free" }]), // Its file stays.
    ];
  },

  // session.remove()
  removeThenFree: (here) => removeFile(here, "free"),
  removeThenConclude: (here) => removeFile(here, "conclude"),
  removeThenEndRefused: (here) => removeFile(here, "endRefused"),
  removeThenEndRetry: (here) => removeFile(here, "endRetry"),
  removeThenEndCancelled: (here) => removeFile(here, "endCancelled"),

  // attempts.end() from sending; a committing attempt stays as it is, to be looked at: attempts.lookLater().
  endRetry: (here) =>
    held(here, "sending", !here.mutated("end does not check the token"))
      ? [{ text: "ends its attempt, not sent", next: "free", effect: endAttempt(here) }]
      : [{ text: "cannot end its attempt", next: "free" }],
  endCancelled: (here) =>
    held(here, "sending")
      ? [{ text: "ends its attempt, and cancels what is not wanted", next: "free", effect: endCancelled(here) }]
      : [{ text: "cannot end its attempt", next: "free" }],

  // look(), of resume(): two questions
  lookTemporary: ({ s, me }) => {
    const temporary = isTemporaryThere(s, me);
    const text = `looks at the temporary name (${temporary ? "present" : "absent"})`;
    return [
      { text, next: "lookFinal", remember: { temporary } },
      { text: `${text}, the reply is lost`, next: "free", fault: "lost" },
    ];
  },
  lookFinal: (here) => {
    const { s, me } = here;
    const text = `looks at the final name (${seeFinal(s, me)})`;
    const soon = judge(here, 0);
    const late = judge(here, INFER_WITHIN_MS + 1);
    const intentFirst = here.mutated("the intent is journaled after the rename") ? "rename" : "journalIntent";
    // resume(); after a refusal: lookAgain().
    const rename: Pick<Option, "next" | "remember"> =
      me.refused === true
        ? { next: "free" }
        : me.oneHasLeft && !here.mutated("a file is renamed in a takeover though one has left it")
          ? { next: "conclude", remember: { verdict: ONE_HAS_LEFT } }
          : { next: intentFirst };
    const decide = (verdict: Verdict): Pick<Option, "next" | "remember"> =>
      verdict.do === "unknown" && me.temporary === true && me.again !== true && !believesAtOnce(here)
        ? { next: "lookTemporary", remember: { again: true } }
        : verdict.do === "rename"
          ? rename
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
    const { s, me, mutated } = here;
    const verdict = me.verdict ?? MARK_SENT;
    if (verdict.do === "start-over" || verdict.do === "rename" || verdict.do === "place-marker" || verdict.do === "store") {
      return [{ text: "gives up", next: "endRetry" }];
    }
    const token = verdict.do === "unknown" || !mutated("writeIntent and markSent do not check the token");
    if (!held(here, "committing", token) && !held(here, "sending", token)) {
      return [{ text: `cannot ${verdict.do === "unknown" ? "mark it unknown" : "mark it sent"}: taken over`, next: "free" }];
    }
    if (verdict.do === "mark-sent") {
      const text = verdict.inferred ? "marks it sent, inferred" : "marks it sent";
      return [{ text, next: "free", effect: (t) => markSent(t, here) }];
    }
    const effect = (t: State): void => {
      const { lead } = attemptOf(s, me)!;
      if (mutated("markUnknown marks only the lead")) {
        setAttempts(t, mine(me), { state: "unknown" });
        changeState(t, lead, "unknown", { cause: "system", reason: verdict.reason });
      } else {
        endUnknown(t, lead, { cause: "system", reason: verdict.reason });
      }
    };
    return [{ text: `marks it unknown: ${verdict.reason}`, next: "free", effect }];
  },
};

function markSent(t: State, { s, me, mutated }: Here): void {
  const row = attemptOf(s, me)!;
  for (const p of mutated("markSent marks only the lead") ? [row.lead] : inFile(s, row)) {
    recordSent(t, p, "system");
  }
}

const endCancelled =
  ({ s, me }: Here) =>
  (t: State): void => {
    setAttempts(t, mine(me), { state: "not-sent" });
    const file = inFile(s, attemptOf(s, me)!);
    for (const p of file.filter((one) => s.messages[one]!.unwanted !== null)) {
      changeState(t, p, "withdrawn", { cause: "system" });
    }
    putBack(
      t,
      file.filter((one) => s.messages[one]!.unwanted === null),
    );
  };

/** Where the step leaves the worker. What it will not read again it forgets, so that states that differ by it alone are one. */
export function goOn(me: Worker, { next, remember }: Option): Worker {
  const {
    id,
    name,
    takenOver,
    oneHasLeft,
    temporary = false,
    again = false,
    refused = false,
    verdict = MARK_SENT,
  } = { ...me, ...remember };
  return next === "conclude" || next === "removeThenConclude"
    ? { at: next, id, name, takenOver, oneHasLeft: false, verdict }
    : { at: next, id, name, takenOver, oneHasLeft, temporary, again, refused };
}

const isTemporaryThere = (s: State, me: Worker): boolean => s.temporary.some(({ name }) => name === me.name);

/** By its hash: another file than this attempt's has other messages in it. */
function seeFinal(s: State, me: Worker): "absent" | "ours" | "other" {
  const file = s.final[finalOf(me.name)]!;
  return file === 0 ? "absent" : file === attemptOf(s, me)?.file ? "ours" : "other";
}

export const ONE_HAS_LEFT = {
  do: "unknown",
  reason: "not renamed, and one in the file came to the supplier some other way",
} as const;

function judge({ s, me, rename: kind, mutated }: Here, sinceIntentMs: number): Verdict {
  const rename = mutated("a temporary file proves that nothing was renamed, however the server renames") ? "one-step" : kind;
  const temporary = me.temporary === true ? "present" : "absent";
  const final = seeFinal(s, me);
  if (mutated("both gone means start over") && temporary === "absent" && final === "absent") {
    return { do: "start-over" };
  }
  const look = { temporary, final, rename, sameEndpoint: true, sinceIntentMs, acknowledgementExpected: true } as const;
  return judgeCommitting(look, INFER_WITHIN_MS);
}

const believesAtOnce = ({ me, mutated }: Here): boolean =>
  mutated("both there is believed at the first look") ||
  (me.refused === true && mutated("both there is believed at the first look after a refusal"));
