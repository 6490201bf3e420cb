// All that no worker does in the model of the delivery protocol (./model.ts).
import type { RenameKind } from "../../domain/delivery/delivery-table.ts";
import type { Step } from "./explore.ts";
import type { Mutated } from "./mutation.ts";
import { restart } from "./restart.ts";
import { arrive, link, remove, take } from "./server.ts";
import {
  copy,
  isIn,
  isSettled,
  leaveFile,
  nameOf,
  messagesIn,
  recordSent,
  replaced,
  runningAttempt,
  setMessage,
  which,
  writeLines,
  type Index,
  type State,
} from "./state.ts";

/** The supplier, its server, the journal's catching up, kills and restores. */
export function worldSteps(
  s: State,
  { rename, mutated }: { readonly rename: RenameKind; readonly mutated: Mutated },
): readonly Step<State>[] {
  const steps: Step<State>[] = [];
  const add = (fair: boolean, act: (t: State) => string): void => {
    const t = copy(s);
    steps.push({ text: act(t), worker: null, fair, to: t });
  };
  for (const [lead, file] of s.final.entries()) {
    if (file !== 0) {
      add(false, (t) => {
        t.final = replaced(t.final, lead, 0);
        take(t, file);
        return `the supplier takes the file${which(s, messagesIn(s, file))}`;
      });
    }
  }
  for (const name of s.late) {
    add(false, (t) => {
      t.late = t.late.filter((other) => other !== name);
      if (rename === "one-step") {
        arrive(t, name);
      } else if (link(t, name)) {
        t.halves = [...new Set([...t.halves, name])].toSorted((a, b) => a - b);
      }
      return rename === "one-step"
        ? "the server carries out a rename whose client is gone"
        : "the server makes the first step of a rename whose client is gone";
    });
  }
  for (const name of s.halves) {
    add(false, (t) => {
      t.halves = t.halves.filter((other) => other !== name);
      remove(t, name);
      return "the server makes the second step of a rename whose client is gone";
    });
  }
  for (const [p, message] of s.messages.entries()) {
    if (s.taken[p]! > 0 && message.state !== "sent") {
      add(false, (t) => {
        leaveFile(t, p, mutated);
        recordSent(t, p, "evidence"); // acknowledgements.ts
        return `the supplier's acknowledgement is read${which(s, [p])}`;
      });
    }
    if (message.state === "sent" && !message.journaled && !mutated("no journal")) {
      add(true, (t) => {
        writeLines(t, [["sent", p]]); // journaling.catchUp(), of sent() and of every sweep
        setMessage(t, p, { journaled: true });
        return `the sending is journaled${which(s, [p])}`;
      });
    }
    if (s.left.wishes > 0 && message.state === "sending" && message.unwanted === null) {
      add(false, (t) => {
        setMessage(t, p, { unwanted: runningAttempt(s, p)?.state === "sending" ? "in time" : "late" });
        t.left = { ...t.left, wishes: t.left.wishes - 1 };
        return `${nameOf(s, p)} is not wanted any more`;
      });
    }
    if (s.left.persons > 0 && maySettle(s, p)) {
      add(false, (t) => {
        t.arrived |= 1 << p;
        take(t, 1 << p);
        leaveFile(t, p, mutated);
        recordSent(t, p, "person"); // actions.ts
        t.left = { ...t.left, persons: t.left.persons - 1 };
        return `a person has brought ${nameOf(s, p)} to the supplier, and marks it sent`;
      });
    }
  }
  if (s.left.crashes > 0 && !isSettled(s)) {
    add(false, (t) => {
      t.left = { ...t.left, crashes: t.left.crashes - 1 };
      restart(t, mutated);
      return "the process is killed and started";
    });
  }
  const { backup } = s;
  if (backup !== null && s.left.restores > 0) {
    add(false, (t) => {
      Object.assign(t, backup, { backup: null });
      t.left = { ...t.left, restores: t.left.restores - 1 };
      restart(t, mutated);
      const states = (messages: State["messages"]): string => messages.map(({ state }) => state).join(" and ");
      return `the process is killed, the backup is restored: ${states(backup.messages)}, by the journal ${states(t.messages)}`;
    });
  }
  if (backup === null && s.left.restores > 0) {
    add(false, (t) => {
      t.backup = { messages: s.messages, attempts: s.attempts.map((attempt) => ({ ...attempt, token: null })) };
      return "the database is backed up";
    });
  }
  return steps;
}

/** A person who knows better; not while a worker or the server may be about to rename it, or has: nobody can tell then. */
function maySettle(s: State, p: Index): boolean {
  const { state } = s.messages[p]!;
  const attempt = runningAttempt(s, p);
  const onItsWay =
    attempt?.state === "committing" &&
    (isIn(s.arrived, p) || s.late.includes(attempt.name) || s.workers.some(({ id }) => id === attempt.id));
  return (state === "ready" || state === "sending") && !onItsWay;
}
