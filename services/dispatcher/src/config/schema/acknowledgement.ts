// A supplier's `acknowledgement`: what it answers, and until when.
import { z } from "zod";
import type { Expectation } from "../../domain/answers/expectation.ts";
import { deadline } from "./schedule.ts";

const expectation = z
  .strictObject({
    expect: z
      .enum(["none", "pickup", "received", "accepted"])
      .describe(
        "none; pickup: it takes the file out of the folder; received: it answers that it has it; accepted: it answers whether it ships.",
      ),
    within: deadline()
      .optional()
      .describe("Deadline after sending, such as 4h, 4 working hours or 2 working days; an alert when it passes."),
  })
  .refine((one) => one.expect === "none" || one.within !== undefined, {
    path: ["within"],
    message: "expected a deadline, such as 4h",
  })
  .refine((one) => one.expect !== "none" || one.within === undefined, {
    path: ["within"],
    message: "expected no deadline, because no answer is expected",
  })
  .transform(({ expect, within }): Expectation[] => (expect === "none" || within === undefined ? [] : [{ expect, within }]));

export const acknowledgement = z
  .union([
    expectation,
    z
      .array(expectation)
      .min(1)
      .transform((all) => all.flat()),
  ])
  .refine(
    (all) => new Set(all.map((one) => one.expect)).size === all.length,
    "expected each of pickup, received and accepted once",
  )
  .describe("What the supplier does with a purchase order, and until when after sending: one thing, or a list.");
