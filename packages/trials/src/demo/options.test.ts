import { expect, test } from "vitest";
import { readOptions, type DemoOptions } from "./options.ts";

const read = (...args: string[]) => readOptions(args, () => "random");

const DEFAULTS: DemoOptions = { orders: undefined, exit: false, json: false, seed: "random", keep: false };

test("without options the demo goes on until Ctrl-C, with a new seed", () => {
  expect(read()).toEqual({ kind: "run", options: DEFAULTS });
});

test("every option is read, with = or without", () => {
  expect(read("--orders", "25", "--exit", "--json", "--seed=7", "--keep")).toEqual({
    kind: "run",
    options: { orders: 25, exit: true, json: true, seed: "7", keep: true },
  });
});

test("--exit alone means 25 orders: an end needs a number", () => {
  expect(read("--exit")).toEqual({ kind: "run", options: { ...DEFAULTS, orders: 25, exit: true } });
});

test.each([["--help"], ["-h"], ["--orders", "x", "--help"]])("%s shows the help", (...args) => {
  expect(read(...args)).toEqual({ kind: "help" });
});

test.each([
  [["--order", "3"], "unknown option --order"],
  [["-x"], "unknown option -x"],
  [["25"], '"25" is not understood'],
  [["--orders"], "--orders needs a value"],
  [["--orders", "--exit"], "--orders needs a value"],
  [["--orders", "0"], '--orders: expected a whole number from 1 to 100000, not "0"'],
  [["--orders", "-3"], "--orders"],
  [["--orders", "2.5"], '--orders: expected a whole number from 1 to 100000, not "2.5"'],
  [["--orders", "many"], '--orders: expected a whole number from 1 to 100000, not "many"'],
  [["--seed="], "--seed needs a value"],
  [["--exit=no"], "--exit takes no value"],
  [["--json"], "--json needs --exit: without it there are no final figures"],
])("%j is refused: %s", (args, message) => {
  expect(read(...args)).toEqual({ kind: "wrong", message: expect.stringContaining(message) });
});
