// A supplier's `catalogue` and `minimum`: what its list of SKUs, packs and costs decides.
import { z } from "zod";
import { isTimezone } from "../calendars.ts";
import { money, text } from "./scalars.ts";

export const catalogue = z
  .strictObject({
    required: z
      .boolean()
      .default(false)
      .describe("A line that the catalogue does not have holds the purchase order. false: it goes by the shop's own SKU."),
    pack: z
      .enum(["refuse", "hold", "round_up"])
      .default("hold")
      .describe("Pieces that are no whole packs: the line is unmatched, the purchase order is held, or a whole pack is ordered."),
    timezone: text
      .refine(isTimezone, "expected a time zone, such as Europe/Paris")
      .default("UTC")
      .describe("Where the days of valid_from begin."),
  })
  .prefault({})
  .describe("How the supplier's catalogue is used: `soh catalogue import` brings it.");

export const minimum = z
  .strictObject({
    net: money().describe("At cost, from the catalogue."),
    below: z
      .enum(["hold", "combine"])
      .default("hold")
      .describe("hold: a person decides. combine: it waits until those that wait reach the minimum together."),
  })
  .describe("What a purchase order must be worth.");
