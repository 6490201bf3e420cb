// `POST /api/suppliers/:id/check`: a check from the dispatcher itself, with its connections and within their limits: a purchase
// order that is being sent is waited for, and the next waits for the check. Nothing is paused or resumed by it.
import type { HandlerConfig } from "../config/load.ts";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Person } from "../domain/person.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";
import { checkSupplier, type SessionPools } from "../transports/transports.ts";

/** Undefined: it is being checked already. Throws Error for an unknown supplier. */
export type CheckFromHere = (supplier: string, person: Person) => Promise<SupplierCheck | undefined>;

export function createSupplierChecks(options: {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  readonly use: SessionPools["use"];
  readonly now: () => number;
}): CheckFromHere {
  const { config, database, now } = options;
  const running = new Set<string>();

  return async (id, { actor, note }) => {
    const supplier = config.suppliers.find((one) => one.id === id);
    if (supplier === undefined) {
      throw new Error(`the supplier ${id} is not in the configuration`);
    }
    if (running.has(id)) {
      return undefined;
    }
    running.add(id);
    try {
      const check = await checkSupplier({
        supplier,
        variables: config.variables,
        use: (work) => options.use(id, work),
        now,
      });
      const failed = check.steps.filter(({ result }) => result === "failed").map(({ step }) => step);
      await database.transaction((trx) =>
        recordEvent(trx, {
          at: now(),
          subject: "supplier",
          subjectId: id,
          name: "supplier.checked",
          actor,
          detail: { note, ok: check.ok, failed },
        }),
      );
      return check;
    } finally {
      running.delete(id);
    }
  };
}
