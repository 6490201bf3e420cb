import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../test/cases.ts";
import { globCovers, globParts, globsMeet, matchesGlob, prefixParts } from "./glob.ts";

test.each([
  ["agr-1", "agr-*", true],
  ["agr", "agr-*", false],
  ["", "*", true],
  ["abc", "a?c", true],
  ["abbc", "a?c", false],
  ["xaybzc", "*a*b*c", true],
  ["xaybz", "*a*b*c", false],
  ["ar_1.xml", "ar_*.xml", true],
  ["ar_1.xml.tmp", "ar_*.xml", false],
])("glob: %s against %s is %s", (text, glob, expected) => {
  expect(matchesGlob(text, glob)).toBe(expected);
});

/** A text that counts how often a character of it is read. */
function counted(text: string): { readonly text: ArrayLike<string>; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy<ArrayLike<string>>([...text], {
    get(target, key) {
      reads += key === "length" ? 0 : 1;
      return Reflect.get(target, key);
    },
  });
  return { text: proxy, reads: () => reads };
}

test("a glob of many stars on a long text takes steps in proportion to the text, not exponentially many", () => {
  const glob = `${"*a".repeat(30)}*b`;
  const reads = [1_000, 2_000, 4_000].map((length) => {
    const { text, reads } = counted("a".repeat(length));
    expect(matchesGlob(text, glob)).toBe(false);
    return reads();
  });
  expect(reads[1]).toBeLessThan(2.2 * (reads[0] ?? 0));
  expect(reads[2]).toBeLessThan(2.2 * (reads[1] ?? 0));
});

const few = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 12 });

test("no glob takes more steps than length × length", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 }), few, (text, glob) => {
      const one = counted(text);
      matchesGlob(one.text, glob);
      expect(one.reads()).toBeLessThanOrEqual((text.length + 1) * (glob.length + 1));
    }),
    { numRuns: cases(2_000) },
  );
});

test("two globs meet exactly where some text matches both", () => {
  const texts = ["", "a", "b"].flatMap((x) =>
    ["", "a", "b"].flatMap((y) => ["", "a", "b"].flatMap((z) => ["", "a", "b"].map((w) => x + y + z + w))),
  );
  const short = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 3 });
  fc.assert(
    fc.property(short, short, (a, b) => {
      // With three parts each, a text in common need not be longer than four characters.
      const common = texts.some((text) => matchesGlob(text, a) && matchesGlob(text, b));
      expect(globsMeet(globParts(a), globParts(b))).toBe(common);
      expect(globsMeet(globParts(b), globParts(a))).toBe(common);
      const covered = texts.every((text) => !matchesGlob(text, b) || matchesGlob(text, a));
      expect([covered, false]).toContain(globCovers(globParts(a), globParts(b)));
    }),
    { numRuns: cases(5_000) },
  );
});

test("a star in a prefix is a star", () => {
  expect(globsMeet(prefixParts("A*"), globParts("AB"))).toBe(false);
  expect(globsMeet(prefixParts("A*"), globParts("A?1"))).toBe(true);
  expect(globCovers(prefixParts("A*"), globParts("AB"))).toBe(false);
  expect(globCovers(prefixParts("A"), prefixParts("AB"))).toBe(true);
  expect(globCovers(prefixParts("A"), globParts("A?*1"))).toBe(true);
});
