// The supplier and its server in the model of the delivery protocol (./model.ts).
import { isIn, replaced, type Contents, type Index, type State, type Worker } from "./state.ts";

const NAMES_OF_ONE = 100;
/** Of the attempt with that number of that lead. */
export const temporaryName = (lead: Index, number: number): number => lead * NAMES_OF_ONE + number;
/** Whose final name a file with this temporary name gets: reserved for the attempt's first lead. */
export const finalOf = (name: number): Index => Math.floor(name / NAMES_OF_ONE);

/** STOR */
export const store = (t: State, name: number, file: Contents): void =>
  void (t.temporary = [...t.temporary.filter((one) => one.name !== name), { name, file }].toSorted((a, b) => a.name - b.name));

/** DELE */
export const remove = (t: State, name: number): void => void (t.temporary = t.temporary.filter((one) => one.name !== name));

/** RNFR and RNTO, as most servers carry them out: an existing file is replaced without a word. False: there is none to rename. */
export function arrive(t: State, name: number): boolean {
  const found = t.temporary.find((one) => one.name === name);
  if (found === undefined) {
    return false;
  }
  remove(t, name);
  t.replaced ||= t.final[finalOf(name)] !== 0;
  t.final = replaced(t.final, finalOf(name), found.file);
  t.arrived |= found.file;
  return true;
}

/** Where a rename has two steps, the first: a link. False: there is nothing to rename, or its final name is taken. */
export function link(t: State, name: number): boolean {
  const found = t.temporary.find((one) => one.name === name);
  if (found === undefined || t.final[finalOf(name)] !== 0) {
    return false;
  }
  t.final = replaced(t.final, finalOf(name), found.file);
  t.arrived |= found.file;
  return true;
}

/** The supplier has a file, or a person knows that it has these. */
export const take = (t: State, file: Contents): void =>
  void (t.taken = t.taken.map((count, p) => (isIn(file, p) ? count + 1 : count)));

/** The client gives up, or is gone, while its rename may still be carried out, or what is left of it. */
export const leaveRename = (me: Worker) => (t: State) => {
  const left = me.at === "renameSecondStep" ? "halves" : "late";
  t[left] = [...new Set([...t[left], me.name])].toSorted((a, b) => a - b);
};
