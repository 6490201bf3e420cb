// The verdict: what the suppliers took, read from their disks, against what Shopify was told 200. The dispatcher's word
// counts for two things only: that it knows an order, and that it calls a purchase order unknown. Pure.
import type { ToldPurchaseOrder } from "../world/dispatcher.ts";
import { extraFiles, keyOf, type FoundFile } from "../world/found-files.ts";
import { releasedIn, type SentOrder } from "../world/ledger.ts";
import { partnerName } from "../world/partners.ts";

export interface Evidence {
  readonly sent: readonly SentOrder[];
  /** In the order in which they were taken. */
  readonly found: readonly FoundFile[];
  /** Final names that no supplier took. */
  readonly leftBehind: readonly string[];
  readonly told: {
    /** Names, such as #1001. */
    readonly orders: readonly string[];
    readonly purchaseOrders: readonly ToldPurchaseOrder[];
  };
}

export interface Problem {
  readonly what: string;
  /** Its id at the dispatcher, where more is known. */
  readonly purchaseOrder?: string;
}

export interface Verdict {
  readonly figures: {
    readonly orders: number;
    /** All their webhooks were answered 200 in the end. */
    readonly accepted: number;
    /** That must be at a supplier. */
    readonly purchaseOrders: number;
    readonly delivered: number;
    /** Of those, at no supplier without being called unknown for a good reason; and orders that nobody knows of. */
    readonly lost: number;
    /** Files beyond the first of one number, one order at one supplier, or one content. */
    readonly duplicates: number;
    /** Files that no supplier should have. */
    readonly unexpected: number;
    readonly unknown: number;
    /** Marked as sent because both names were gone. */
    readonly inferred: number;
  };
  /** All is well when there are none. */
  readonly problems: readonly Problem[];
}

/** Why a purchase order may be called unknown: the rows of the table in domain/delivery/delivery-table.ts, by how they begin. */
export const TABLE_REASONS = [
  "another file has the final name at the supplier",
  "both the temporary and the final file exist",
  "neither the temporary nor the final file exists, and ",
  "only the temporary file exists, which ",
] as const;

export function judge({ sent, found, leftBehind, told }: Evidence): Verdict {
  const accepted = sent.filter(({ acceptedAt, refused }) => acceptedAt !== undefined && refused.length === 0);
  const refused = sent.filter((order) => !accepted.includes(order));
  const toldByKey = Map.groupBy(told.purchaseOrders, (one) => keyOf(one.supplier, one.orderName));
  const foundKeys = new Set(found.map(({ supplier, order }) => keyOf(supplier, order?.shopOrder)));

  const wanted = accepted.flatMap((order) => releasedIn(order.expected).map((supplier) => ({ order, supplier })));
  const missing = wanted.filter(({ order, supplier }) => !foundKeys.has(keyOf(supplier, order.name)));
  const lost = missing.flatMap(({ order, supplier }): Problem[] => {
    const one = toldByKey.get(keyOf(supplier, order.name))?.[0];
    if (one !== undefined && isExplained(one)) {
      return [];
    }
    const what = `lost: ${order.name} (${order.kind}) for ${partnerName(supplier)}: ${tell(one)}`;
    return [{ what, ...(one && { purchaseOrder: one.id }) }];
  });
  const known = new Set(told.orders);
  const forgotten = accepted
    .filter(({ name, expected }) => !known.has(name) && releasedIn(expected).length === 0)
    .map(({ name, kind }): Problem => ({ what: `lost: ${name} (${kind}) was accepted, and the dispatcher does not know it` }));
  const neverAccepted = refused.map(({ name, refused: answers }): Problem => ({
    what: `lost: ${name}: ${answers.join("; ") || "never sent"}`,
  }));

  const extras = extraFiles(found);
  const unexpected = found.filter((file) => !extras.includes(file) && !mayHave(sent, file));
  const unexplained = told.purchaseOrders.filter((one) => one.state === "unknown" && !isExplained(one));
  return {
    figures: {
      orders: sent.length,
      accepted: accepted.length,
      purchaseOrders: wanted.length,
      delivered: wanted.length - missing.length,
      lost: lost.length + forgotten.length + neverAccepted.length,
      duplicates: extras.length,
      unexpected: unexpected.length,
      unknown: told.purchaseOrders.filter(({ state }) => state === "unknown").length,
      inferred: told.purchaseOrders.filter(({ inferred }) => inferred).length,
    },
    problems: [
      ...lost,
      ...forgotten,
      ...neverAccepted,
      ...extras.map((file) => about(`duplicate: ${partnerName(file.supplier)} took ${file.file}`, file, toldByKey)),
      ...unexpected.map((file) =>
        about(`${partnerName(file.supplier)} took ${file.file}, which it must not have`, file, toldByKey),
      ),
      ...unexplained.map((one) => ({ what: `not explained by the table: ${tell(one)}`, purchaseOrder: one.id })),
      ...leftBehind.map((what) => ({ what })),
    ],
  };
}

const isExplained = ({ state, reason }: ToldPurchaseOrder): boolean =>
  state === "unknown" && TABLE_REASONS.some((row) => reason?.startsWith(row) === true);

/** Whatever was released at some time may have been sent, also what was cancelled later. */
function mayHave(sent: readonly SentOrder[], { supplier, order }: FoundFile): boolean {
  return order !== undefined && sent.some((one) => one.name === order.shopOrder && one.releasedAt.has(supplier));
}

function about(what: string, file: FoundFile, toldByKey: ReadonlyMap<string, readonly ToldPurchaseOrder[]>): Problem {
  const { supplier, order } = file;
  const one = toldByKey.get(keyOf(supplier, order?.shopOrder))?.[0];
  return {
    what: `${what} (${order === undefined ? "no order" : `${order.orderNumber} for ${order.shopOrder}`}): ${tell(one)}`,
    ...(one && { purchaseOrder: one.id }),
  };
}

function tell(one: ToldPurchaseOrder | undefined): string {
  return one === undefined
    ? "the dispatcher has no such purchase order"
    : `the dispatcher says ${one.number ?? one.id} is ${one.state}${one.reason === null ? "" : ` (${one.reason})`}`;
}
