// A supplier's `retry` and `breaker`: what happens while its server fails.
import { z } from "zod";
import { duration, wait, wholeNumber } from "./scalars.ts";

export const retry = z
  .strictObject({
    waits: z
      .array(wait())
      .min(1)
      .max(20)
      .prefault(["5s", "30s", "2m", "10m", "1h", "3h"])
      .describe("Longest wait after the first failure, the second and so on; each is drawn at random between nothing and this."),
    every: wait().prefault("6h").describe("Longest wait from then on."),
    for: duration().prefault("3d").describe("How long from then on; then it has failed, and a person decides."),
  })
  .prefault({})
  .describe("When a purchase order is tried again that did not get through.");

export const breaker = z
  .strictObject({
    after: wholeNumber(1, 100).default(5).describe("Failures in a row, of any purchase orders, that open it."),
    probe: wait()
      .prefault("30s")
      .describe(
        "When a first purchase order is let through to try, drawn from half to all of it; doubles with each that fails, up to `longest`.",
      ),
    longest: wait().prefault("10m").describe("It never waits longer than this."),
  })
  .refine((one) => one.longest >= one.probe, { path: ["longest"], message: "expected at least `probe`" })
  .prefault({})
  .describe("While a supplier's server is down its purchase orders wait together, and one at a time is let through to try.");
