// Globs: `*` is any run of characters, `?` one.

/** Takes at most length × length steps, so with a glob of bounded length it is linear in the text: no glob can hang the worker. */
export function matchesGlob(text: ArrayLike<string>, glob: ArrayLike<string>): boolean {
  let t = 0;
  let g = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    const wanted = glob[g];
    if (wanted === "*") {
      star = g++;
      retry = t;
    } else if (wanted !== undefined && (wanted === "?" || wanted === text[t])) {
      g++;
      t++;
    } else if (star >= 0) {
      // Only the last star may take more: what an earlier one would gain, this one gains as well.
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (glob[g] === "*") {
    g++;
  }
  return g === glob.length;
}

/** A glob as characters; `any` and `run` are no characters, so that a prefix may hold a star of its own. */
export type GlobPart = string | typeof any | typeof run;
const any = Symbol("?");
const run = Symbol("*");

export const globParts = (glob: string): GlobPart[] => [...glob].map((one) => (one === "*" ? run : one === "?" ? any : one));
export const prefixParts = (prefix: string): GlobPart[] => [...prefix, run];

/** Whether some text matches both. */
export function globsMeet(a: readonly GlobPart[], b: readonly GlobPart[]): boolean {
  // meets[j]: whether the rest of a from i on, and the rest of b from j on, have a text in common.
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const meets: boolean[] = [];
    for (let j = b.length; j >= 0; j--) {
      const one = a[i];
      const other = b[j];
      if (one === undefined && other === undefined) {
        meets[j] = true;
      } else if (one === run || other === run) {
        // The run is over, or it takes the next part of the other side.
        meets[j] = below[j] === true || meets[j + 1] === true;
      } else {
        const same = one !== undefined && other !== undefined && (one === other || one === any || other === any);
        meets[j] = same && below[j + 1] === true;
      }
    }
    below = meets;
  }
  return below[0] === true;
}

/** Whether the first surely matches whatever the second matches. False also where that is hard to tell. */
export function globCovers(wide: readonly GlobPart[], narrow: readonly GlobPart[]): boolean {
  if (wide.length === narrow.length && wide.every((part, index) => part === narrow[index])) {
    return true;
  }
  // Without a "?" only a run can take the other's wildcards, and it takes whatever these stand for.
  return (
    !wide.some((part) => part === any || part === "*" || part === "?") &&
    matchesGlob(narrow.map(asCharacter), wide.map(asCharacter))
  );
}

const asCharacter = (part: GlobPart): string => (part === run ? "*" : part === any ? "?" : part);
