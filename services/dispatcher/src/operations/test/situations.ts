// What does not go through by itself, brought about as it comes about.
import { createHash, randomUUID } from "node:crypto";
import { orderBody, type OrderInput } from "../../test/payload.ts";
import { acknowledgement, SHOP } from "../../test/world.ts";
import type { Fixture } from "./fixture.ts";

/** The supplier takes the file at once, the reply to the rename is lost, and the look comes too late to infer anything. */
export async function makeUnknown({ world, dispatcher }: Fixture, input: OrderInput = {}): Promise<void> {
  await dispatcher.webhook("orders/create", orderBody(input));
  world.agriest.takeAtOnce();
  let lost = false;
  world.agriest.server.setFault(({ phase, command }) =>
    phase === "after" && command === "RNTO"
      ? { do: "close" }
      : phase === "before" && command === "CWD" && lost
        ? { do: "close" }
        : undefined,
  );
  await dispatcher.run();
  lost = true;
  world.agriest.server.setFault(undefined);
  world.clock.advance(60 * 60_000);
  await dispatcher.run();
}

const UNWRITABLE = { lines: [{ sku: "FOU1", vendor: "Fournial" }], shippingMethod: "\u0001" };

/** Its document cannot be written: no XML can carry the method's name. */
export async function makeFailed({ dispatcher }: Fixture, input: OrderInput = {}): Promise<void> {
  await dispatcher.webhook("orders/create", orderBody({ ...UNWRITABLE, ...input }));
}

/** Mended in Shopify; the purchase order stays failed until a person says so. */
export async function mend({ dispatcher }: Fixture, input: OrderInput = {}): Promise<void> {
  const updatedAt = "2027-01-10T10:00:00+01:00";
  await dispatcher.webhook("orders/updated", orderBody({ ...UNWRITABLE, shippingMethod: "Standard", updatedAt, ...input }));
}

/** An answer to what is not there (yet). */
export async function makeQuarantined({ world, dispatcher }: Fixture, number = "SE9999-1"): Promise<void> {
  world.agriest.answer(`AR_${number}.xml`, acknowledgement(number));
  await dispatcher.features.look("agriest");
}

/** Of a body that could not be read once, and can be now. Returns its id. */
export async function keepDeadWebhook({ dispatcher, world }: Fixture, body: string): Promise<string> {
  const id = randomUUID();
  await dispatcher.database.db
    .insertInto("dead_letters")
    .values({
      id,
      kind: "webhook",
      shop: SHOP,
      topic: "orders/paid",
      webhook_id: randomUUID(),
      reason: "an earlier version could not read it",
      bytes: Buffer.from(body),
      hash: createHash("sha256").update(body).digest("hex"),
      received_at: world.clock.now(),
      triggered_at: null,
      settled_at: null,
      settled_by: null,
      settled_how: null,
    })
    .execute();
  return id;
}
