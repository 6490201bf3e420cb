// `dispatch`: which orders go, and when.
import { z } from "zod";
import { holdRule } from "./holds.ts";
import { instant, oneOrMore } from "./scalars.ts";

export const dispatchSchema = z
  .strictObject({
    since: instant().describe(
      "Orders created earlier are stored as historic; only a person sends them. Mandatory: without it, the first tag on an old order would order it again.",
    ),
    release: z
      .strictObject({
        paid: z
          .boolean()
          .default(true)
          .describe("Paid (or partially refunded) orders go by themselves. false: a person releases each."),
        terms: z
          .boolean()
          .default(false)
          .describe("Orders with payment terms, which the customer pays by invoice later, go by themselves, too."),
        or_tag: oneOrMore(z.string().min(1)).default([]).describe("Orders with one of these tags go by themselves, too."),
        test_orders: z.enum(["dry-run", "send"]).default("dry-run").describe("dry-run: test orders are rendered and never sent."),
      })
      .prefault({}),
    hold: z
      .array(holdRule)
      .default([])
      .describe(
        "Orders that wait for a person: over a value, with a tag or a note, to a country or a post office box, or the first to a supplier.",
      ),
    unmatched: z
      .enum(["dispatch-rest", "hold-order"])
      .default("dispatch-rest")
      .describe("What happens to an order's other lines when one matches no supplier."),
    fallback: z
      .enum(["none", "stock"])
      .default("none")
      .describe(
        "Where rules of several suppliers match equally specifically: none, the highest priority gets the line; stock, the next that has it in stock where those before have too little.",
      ),
    split: z
      .enum(["never", "allowed"])
      .default("never")
      .describe("Whether the units of one line may come from several suppliers, where none has them all."),
    attributes: z
      .strictObject({
        requested_date: z
          .array(z.string().min(1))
          .default(["Delivery date", "Delivery-Date", "Date de livraison"])
          .describe("Note attributes with the day, or two days, on which the customer wishes the delivery."),
        pickup_point: z
          .array(z.string().min(1))
          .default(["Pickup point", "Point relais"])
          .describe("Note attributes with the carrier's id of the place where the customer collects."),
        pickup_codes: z
          .array(z.string().min(1))
          .default([])
          .describe("Shipping codes that begin so end with the pickup point's id, such as MONDIAL-RELAY-."),
      })
      .prefault({})
      .describe("Where apps of the shop write the customer's wishes. Names are compared without regard to case."),
  })
  .refine((dispatch) => dispatch.split === "never" || dispatch.fallback === "stock", {
    path: ["split"],
    message: "expected `fallback: stock` beside it: without that, stock decides nothing",
  })
  .transform((dispatch) => ({
    since: dispatch.since,
    release: { paid: dispatch.release.paid, terms: dispatch.release.terms, tags: dispatch.release.or_tag },
    testOrders: dispatch.release.test_orders,
    holds: dispatch.hold,
    unmatched: dispatch.unmatched,
    sourcing: { fallback: dispatch.fallback, split: dispatch.split },
    attributes: {
      requestedDate: dispatch.attributes.requested_date,
      pickupPoint: dispatch.attributes.pickup_point,
      pickupCodePrefixes: dispatch.attributes.pickup_codes,
    },
  }))
  .describe("Which orders go to the suppliers, and when.");
