import { fileKindContract } from "../inbound/test/file-kind-contract.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement } from "../test/world.ts";

const number = (n: number): string => `SE${1000 + n}-1`;

fileKindContract({
  kind: "acknowledgement",
  repeats: "once",
  largestBytes: 512 * 1024,
  name: (n) => `AR_${n}.xml`,
  async prepare(process, n) {
    await process.webhook("orders/paid", orderBody({ id: String(5000 + n), number: 1000 + n }));
    await process.run();
  },
  file: (n) => acknowledgement(number(n)),
  unknown: acknowledgement("SE7777-1"),
  unreadable: "<Acknowledgement><broken",
  async effects(process, n) {
    const rows = await process.database.db
      .selectFrom("events")
      .innerJoin("purchase_orders", "purchase_orders.id", "events.subject_id")
      .select("events.id")
      .where("events.name", "=", "purchase_order.acknowledged")
      .where("purchase_orders.number", "=", number(n))
      .execute();
    return rows.length;
  },
});
