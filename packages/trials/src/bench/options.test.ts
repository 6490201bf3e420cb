import { expect, test } from "vitest";
import { readOptions } from "./options.ts";

test("unless told: five whole rounds", () => {
  expect(readOptions([])).toMatchObject({ kind: "run", options: { rounds: 5, growth: undefined, profile: false, json: false } });
});

test("quick is one small round", () => {
  const whole = readOptions([]);
  const quick = readOptions(["--quick", "--json"]);
  expect(quick).toMatchObject({ kind: "run", options: { rounds: 1, json: true } });
  const files = [whole, quick].map((one) => (one.kind === "run" ? one.options.sizes.files : 0));
  expect(files[0]).toBeGreaterThan(files[1] ?? 0);
});

test.each([
  [["--rounds", "0"], '--rounds: expected a whole number from 1 to 99, not "0"'],
  [["--growth", "7"], '--growth: expected a whole number from 100 to 1000000, such as 10000, not "7"'],
  [["--growth", "1000", "--profile"], "--growth and --profile are runs of their own: give one of them"],
  [["--fast"], "unknown option --fast"],
])("%j is refused", (args, message) => {
  expect(readOptions(args)).toEqual({ kind: "wrong", message: `bench: ${message}. See npm run bench -- --help` });
});
