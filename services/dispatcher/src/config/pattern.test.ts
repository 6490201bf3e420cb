import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../domain/test/cases.ts";
import { compilePattern } from "./pattern.ts";

test("a pattern is found anywhere, without regard to case, unless it is anchored", () => {
  expect(compilePattern("^F[0-9]{6}$").found("f123456")).toBe(true);
  expect(compilePattern("^F[0-9]{6}$").found("f1234567")).toBe(false);
  expect(compilePattern("-fr").found("A-FR-1")).toBe(true);
});

test.each([
  ["(ab", /the regular expression \(ab cannot be used: missing closing \)/],
  ["a(?=b)", /cannot be used: invalid or unsupported Perl syntax/],
  ["(a)\\1", /cannot be used: /],
  ["a".repeat(201), /longer than 200 characters/],
  ["[a-z]{1000}[a-z]{1000}[a-z]{1000}", /repeats too much/],
  ["((a{100}){100}){100}", /cannot be used: invalid repeat count/],
])("%s is refused, and why is said", (source, expected) => {
  expect(() => compilePattern(source)).toThrow(expected);
});

// With JavaScript's own engine each of these takes longer than the sun will shine.
test.each(["(a+)+$", "^(a|a)*$", "(a*)*b", "(.*a){12}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){100}a{100}$"])(
  "%s on a long text ends: no pattern hangs the worker",
  (source) => {
    expect(compilePattern(source).found(`${"a".repeat(5_000)}!`)).toBe(false);
  },
  10_000,
);

function compiled(source: string): ReturnType<typeof compilePattern> | undefined {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("the regular expression ")) {
      return undefined;
    }
    throw error;
  }
}

test("any text is a pattern that ends soon, or is refused as a pattern", () => {
  const piece = fc.constantFrom("a", "b", ".", "(", ")", "[", "]", "*", "+", "?", "|", "^", "$", "\\d", "{1,50}", "{9}", "é");
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: piece, maxLength: 60 })), (source) => {
      const pattern = compiled(source);
      const started = performance.now();
      pattern?.found("ab".repeat(500));
      // 1,000 characters × 2,000 instructions are some 100 ms; backtracking would take for ever.
      expect(performance.now() - started).toBeLessThan(5_000);
    }),
    { numRuns: cases(500) },
  );
}, 60_000);
