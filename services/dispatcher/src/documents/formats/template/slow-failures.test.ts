import { expect, test } from "vitest";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import { createLanguage } from "../../language.ts";
import { fullContent } from "../../test/contents.ts";
import { scopeOf, type Scope } from "./scope.ts";
import { withoutSlowFailures } from "./slow-failures.ts";
import { lacourCsv } from "./test/lacour.ts";

const scope = (over: Parameters<typeof fullContent>[0] = {}): Scope =>
  scopeOf(fullContent(over), { encoding: "utf-8", extras: {} });

/** Fails each time, and takes so many milliseconds. */
function failing(ms: number) {
  let clock = 0;
  let filled = 0;
  const fill = withoutSlowFailures(
    () => {
      filled++;
      clock += ms;
      throw new BadDocument(`failed, number ${filled}`);
    },
    () => clock,
  );
  const outcome = (one: Scope): string => {
    try {
      return fill(one);
    } catch (error) {
      return error instanceof BadDocument ? error.message : String(error);
    }
  };
  return { outcome, filled: () => filled };
}

test("what failed slowly twice fails at once for the same content, and says the same", () => {
  const { outcome, filled } = failing(2_000);
  expect([1, 2, 3, 4].map(() => outcome(scope()))).toEqual([
    "failed, number 1",
    "failed, number 2",
    "failed, number 2",
    "failed, number 2",
  ]);
  expect(filled()).toBe(2);
});

test("when it was written, and which version it is, make no other content; anything else does", () => {
  const { outcome, filled } = failing(2_000);
  [1, 2, 3].forEach((version) => outcome(scope({ version, issuedAt: version })));
  expect(filled()).toBe(2);
  outcome(scope({ notes: ["mended"] }));
  expect(filled()).toBe(3);
});

test("what fails quickly is tried each time", () => {
  const { outcome, filled } = failing(10);
  [1, 2, 3].forEach(() => outcome(scope()));
  expect(filled()).toBe(3);
});

test("no more is remembered than a few hundred contents", () => {
  const { outcome, filled } = failing(2_000);
  const all = Array.from({ length: 501 }, (_, index) => scope({ shopOrder: `#${index}` }));
  all.flatMap((one) => [one, one]).forEach((one) => outcome(one)); // The first was forgotten for the last.
  const before = filled();
  outcome(scope({ shopOrder: "#500" }));
  expect(filled()).toBe(before);
  outcome(scope({ shopOrder: "#0" }));
  expect(filled()).toBe(before + 1);
});

test("a template without end costs its time twice for one purchase order, and none from then on", () => {
  const source = "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}";
  const language = createLanguage({ ...lacourCsv, template: lacourCsv.template && { ...lacourCsv.template, source } });
  const write = (): number => {
    const startedAt = performance.now();
    expect(() => language.write(fullContent({ purpose: "original" }))).toThrow(/limit exceeded/);
    return performance.now() - startedAt;
  };
  write();
  write();
  expect(write()).toBeLessThan(200);
});
