// What people are told of deliveries as a whole: of suppliers that nothing gets through to, and of what a start has found.
import type { Alert } from "../alerts/alerts.ts";

/** Tells of each supplier once, until something gets through to it again. */
export function createUnreachableAlerts(
  alert: (alert: Alert) => void,
): (stuck: readonly { readonly supplier: string; readonly waiting: number }[]) => void {
  let told: ReadonlySet<string> = new Set();
  return (stuck) => {
    for (const { supplier, waiting } of stuck.filter((one) => !told.has(one.supplier))) {
      alert({
        kind: "supplier.unreachable",
        message: `Supplier ${supplier}: ${waiting} ${waiting === 1 ? "purchase order does" : "purchase orders do"} not get through. They are tried again by themselves; ask the supplier whether its server works.`,
        detail: { supplier, purchase_orders: waiting },
      });
    }
    told = new Set(stuck.map((one) => one.supplier));
  };
}

export const alertOfUnwritableJournal = (error: Error): Alert => ({
  kind: "journal.unwritable",
  message: `${error.message}. Nothing is sent until it can be written again: look at the disk.`,
});

export const MISSING_JOURNAL: Alert = {
  kind: "journal.missing",
  message:
    "The journal (SOH_JOURNAL) is new, although purchase orders were sent before. If it was moved, put it back and start again; without it, a database that is restored from a backup cannot be recognised.",
};

export const alertOfRestored = (restored: { readonly sent: number; readonly unknown: number; readonly lost: number }): Alert => ({
  kind: "database.restored",
  message: `The database is older than the journal: it was restored from a backup. By the journal, ${restored.sent} purchase orders are sent, ${restored.unknown} are unknown, and ${restored.lost} are not in the database; what is made again for those is unknown until the supplier's answer or a person settles it.`,
  detail: { ...restored },
});

/** Of a purchase order during which the process ended again and again. */
export const alertOfSetAside = (number: string): Alert => ({
  kind: "delivery.failed",
  message: `Purchase order ${number} is set aside: the process ended several times in a row while it was being sent, and it may be the cause. Others go on. Look at the log before each end; then run \`npm run soh -- retry ${number}\`.`,
  detail: { number },
});

/** Of purchase orders whose supplier is not in the configuration any more. */
export const alertOfStranded = ({ supplier, count }: { readonly supplier: string; readonly count: number }): Alert => ({
  kind: "supplier.missing",
  message: `Supplier ${supplier} is not in the configuration any more, and ${count} purchase orders wait for it. Put it back, or mark them as sent.`,
  detail: { supplier, purchase_orders: count },
});
