// claim.ts in the model of the delivery protocol (./model.ts).
import type { Mutated } from "./mutation.ts";
import { temporaryName } from "./server.ts";
import {
  changeState,
  contents,
  inFile,
  lastOf,
  putBack,
  setAttempts,
  setWorker,
  type Name,
  type Index,
  type State,
} from "./state.ts";

/** claim.ts: of one message, in a file with those that join it. */
export function claim(
  t: State,
  w: Name,
  {
    lead,
    joining,
    mutated,
  }: { readonly lead: Index; readonly joining: (t: State) => readonly Index[]; readonly mutated: Mutated },
): void {
  const message = t.messages[lead]!;
  const last = lastOf(t, lead);
  const looks = !mutated("committing is started over without a look");
  if (message.state === "sending" && last?.state === "committing" && looks) {
    setAttempts(t, (one) => one === last, { token: w });
    setWorker(t, w, {
      at: "lookTemporary",
      id: last.id,
      name: last.name,
      takenOver: true,
      oneHasLeft: contents(inFile(t, last)) !== last.file,
    });
    return;
  }
  if (
    last !== undefined &&
    (last.state === "sending" || (last.state === "committing" && !looks)) &&
    !mutated("sending is taken over without abandoning it")
  ) {
    if (!mutated("members are not released at a takeover")) {
      putBack(t, inFile(t, last).slice(1));
    }
    setAttempts(t, (one) => one === last, { state: "abandoned" });
  }
  if (message.unwanted !== null) {
    changeState(t, lead, "withdrawn", { cause: "system" });
    return;
  }
  const number = (last?.number ?? 0) + 1;
  const id = 1 + Math.max(0, ...t.attempts.map((one) => one.id), ...t.journal.map((line) => line[2] ?? 0));
  const name = temporaryName(lead, mutated("attempts share one temporary name") ? 1 : number);
  const members = joining(t);
  const file = contents([lead, ...members]);
  t.attempts = [...t.attempts, { id, lead, number, name, file, state: "sending", token: w }];
  setWorker(t, w, { at: "upload", id, name, takenOver: false, oneHasLeft: false });
  if (message.state === "ready") {
    changeState(t, lead, "sending", { cause: "system" });
  }
  for (const p of members) {
    changeState(t, p, "sending", { cause: "system", carriedBy: id });
  }
}
