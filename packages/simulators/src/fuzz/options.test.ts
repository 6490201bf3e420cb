import { expect, test } from "vitest";
import { readFuzzOptions } from "./options.ts";

const read = (...args: string[]) => readFuzzOptions(args, () => "42");

test("without options: 100,000 requests, 100,000 files, 20,000 payloads, a new seed", () => {
  expect(read()).toEqual({
    kind: "run",
    options: { requests: 100_000, files: 100_000, payloads: 20_000, seed: "42", json: false },
  });
});

test("counts and the seed can be given", () => {
  expect(read("--requests", "10", "--files=0", "--payloads", "5", "--seed", "x", "--json")).toEqual({
    kind: "run",
    options: { requests: 10, files: 0, payloads: 5, seed: "x", json: true },
  });
});

test.each([["--requests", "many"], ["--files", "-1"], ["--nonsense"], ["more"]])("%s %s is refused", (...args) => {
  expect(read(...args)).toMatchObject({ kind: "wrong", message: expect.stringContaining("npm run fuzz -- --help") });
});
