import { expect, test } from "vitest";
import { readOptions, type ChaosOptions } from "./options.ts";

const read = (...args: string[]) => readOptions(args, () => "random");

const DEFAULTS: ChaosOptions = { orders: 100, kills: 10, json: false, seed: "random", keep: false, transport: "ftps" };

test("without options it is 100 orders and 10 kills, with a new seed", () => {
  expect(read()).toEqual({ kind: "run", options: DEFAULTS });
});

test("every option is read, with = or without", () => {
  expect(read("--orders", "1000", "--kills=0", "--json", "--seed=7", "--keep", "--transport", "sftp")).toEqual({
    kind: "run",
    options: { orders: 1_000, kills: 0, json: true, seed: "7", keep: true, transport: "sftp" },
  });
});

test.each([["--help"], ["-h"], ["--orders", "x", "--help"]])("%s shows the help", (...args) => {
  expect(read(...args)).toEqual({ kind: "help" });
});

test.each([
  [["--kill", "3"], "unknown option --kill"],
  [["25"], '"25" is not understood'],
  [["--transport", "pigeon"], '--transport: expected ftps, sftp, folder, not "pigeon"'],
  [["--orders"], "--orders needs a value"],
  [["--seed", "--json"], "--seed needs a value"],
  [["--orders", "0"], '--orders: expected a whole number from 1 to 20000, not "0"'],
  [["--kills", "-1"], "--kills"],
  [["--kills", "2.5"], '--kills: expected a whole number from 0 to 5000, not "2.5"'],
  [["--json=no"], "--json takes no value"],
])("%j is refused: %s", (args, message) => {
  expect(read(...args)).toEqual({ kind: "wrong", message: expect.stringContaining(message) });
});
