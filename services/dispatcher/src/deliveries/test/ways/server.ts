// The supplier and its server in the model of the ways (./model.ts).
import type { Bounds, Part, State } from "./state.ts";

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted();

export const temporaryOf = (part: Part, number: number): string => `${part}${number}`;

/** STOR under a temporary name. */
export const upload = (s: State, names: readonly string[]): State => ({ ...s, temporary: sorted([...s.temporary, ...names]) });

export const remove = (s: State, number: number): State => ({
  ...s,
  temporary: s.temporary.filter(
    (name) => !(["order", "marker", "note"] as const).some((part) => name === temporaryOf(part, number)),
  ),
});

/** It can be read from now on: its note must have been there, and what tells to read it must not come before it. */
function readable(s: State, bounds: Bounds): State {
  const told = s.told || (bounds.marker ? s.marker : s.order === "whole");
  const wrong =
    bounds.note && s.order === "whole" && !s.noted
      ? "without note: the order is there, and its delivery note never was"
      : bounds.marker && s.marker && s.order !== "whole" && !s.came
        ? "loss: the supplier is told to read what is not there"
        : s.wrong;
  return { ...s, told, came: s.came || s.order === "whole", wrong };
}

/** RNFR and RNTO: an existing file is replaced without a word. The same state: there is none to rename. */
export const rename = (s: State, part: Part, number: number, bounds: Bounds): State =>
  finish(link(s, part, number, bounds), part, number);

/** Where a rename has two steps, the first: a copy, whole at once, which replaces an existing file without a word, too. */
export function link(s: State, part: Part, number: number, bounds: Bounds): State {
  if (!s.temporary.includes(temporaryOf(part, number))) {
    return s;
  }
  switch (part) {
    case "note":
      // The same bytes over the same bytes do no harm.
      return { ...s, note: true, noted: true };
    case "marker":
      return readable(
        { ...s, marker: true, wrong: s.marker ? "double: a marker was replaced under its final name" : s.wrong },
        bounds,
      );
    case "order":
      return readable(
        { ...s, order: "whole", wrong: s.order === "absent" ? s.wrong : "double: a file was replaced under its final name" },
        bounds,
      );
  }
}

/** The second: the temporary name goes. */
export const finish = (s: State, part: Part, number: number): State => ({
  ...s,
  temporary: s.temporary.filter((one) => one !== temporaryOf(part, number)),
});

/** STOR under a final name: whole, or its beginning. */
export const store = (s: State, part: "order" | "marker", how: "whole" | "part", bounds: Bounds): State =>
  readable(part === "marker" ? { ...s, marker: true } : { ...s, order: how }, bounds);

/** A client is gone, and what it asked for may still be carried out. */
export const leave = (s: State, what: string): State => ({ ...s, late: sorted([...s.late, what]) });

export function carryOut(s: State, what: string, bounds: Bounds): State {
  const t = { ...s, late: s.late.filter((one) => one !== what) };
  const [, verb, of, number] = /^(rename|finish|store) (order|marker|note)(\d+)$/.exec(what) ?? [];
  const part = of === "marker" || of === "note" ? of : "order";
  if (verb === "store") {
    return store(t, part === "marker" ? "marker" : "order", "whole", bounds);
  }
  if (verb === "finish") {
    return finish(t, part, Number(number));
  }
  return bounds.rename === "one-step" || !s.temporary.includes(temporaryOf(part, Number(number)))
    ? rename(t, part, Number(number), bounds)
    : leave(link(t, part, Number(number), bounds), `finish ${part}${number}`);
}

/** What the supplier may do next: read it, and take it away, or its marker alone, or a part of it, or its note. */
export function takes(s: State, bounds: Bounds): readonly (readonly [text: string, State])[] {
  const read = (t: State): State => ({ ...t, taken: t.taken + 1 });
  const options: (readonly [string, State])[] = [];
  if (bounds.marker ? s.marker && s.order === "whole" : s.order === "whole") {
    if (bounds.marker && bounds.leavesOrders) {
      options.push(["the supplier reads it, and takes the marker alone", read({ ...s, marker: false })]);
    } else {
      options.push(["the supplier takes it", read({ ...s, order: "absent", marker: false })]);
    }
  }
  if (bounds.marker && s.marker && s.order === "absent") {
    options.push(["the supplier takes a marker beside which nothing is", { ...s, marker: false }]);
  }
  if (bounds.marker && bounds.impatient && s.order === "whole" && !s.marker) {
    options.push(["the supplier does not wait for the marker, and takes it", { ...read({ ...s, order: "absent" }), told: true }]);
  }
  if (s.order === "part" && !bounds.marker) {
    options.push(["the supplier takes a part of it", { ...s, order: "absent" }]);
  }
  if (s.note) {
    options.push(["the supplier takes the delivery note", { ...s, note: false }]);
  }
  return options;
}
