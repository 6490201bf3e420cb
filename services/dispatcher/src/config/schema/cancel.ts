// A supplier's `cancel`: how it is told of what changes after sending.
import { z } from "zod";
import { deadline } from "./schedule.ts";

export const cancel = z
  .strictObject({
    document: z
      .boolean()
      .describe("true: it is sent a cancellation or change. false, like no `cancel` at all: a person is told to tell it."),
    answer_within: deadline()
      .optional()
      .describe(
        "Deadline for its answer after that is sent, such as 4h, 4 working hours or 2 working days; an alert when it passes.",
      ),
  })
  .refine((one) => one.document || one.answer_within === undefined, {
    path: ["answer_within"],
    message: "expected no deadline, because no document is sent that could be answered",
  })
  .describe("What happens when an order is cancelled or reduced that the supplier has already.");
