// Checks of suppliers' servers without a dispatcher, one after the other.
import type { HandlerConfig } from "../../config/load.ts";
import { accessOf } from "../../config/transport-settings.ts";
import type { SupplierCheck } from "../../domain/supplier/supplier-check.ts";
import { connectTransport } from "../registry.ts";
import type { SupplierSession } from "../transport.ts";
import { checkSupplier, type CheckedSupplier } from "./check.ts";

/** Milliseconds that a check may hold a connection: a server that answers everything just in time must not keep us for ever. */
const LONGEST_MS = 4 * 60_000;

export function createChecks(config: Pick<HandlerConfig, "variables">): (supplier: CheckedSupplier) => Promise<SupplierCheck> {
  /** Logins that were refused, and whose: some servers ban an address after a few. */
  const refused = new Map<string, string>();

  return async (supplier) => {
    const access = accessOf(supplier.transport);
    const before = refused.get(access);
    const check = await checkSupplier({
      supplier,
      variables: config.variables,
      use: (work) => withSession(supplier, work),
      now: Date.now,
      ...(before === undefined ? {} : { refusedFor: before }),
    });
    if (check.steps.some(({ step, result }) => step === "login" && result === "failed")) {
      refused.set(access, supplier.id);
    }
    return check;
  };
}

async function withSession<T>({ transport }: CheckedSupplier, work: (session: SupplierSession) => Promise<T>): Promise<T> {
  const session = await connectTransport(transport);
  const deadline = setTimeout(() => session.close(), LONGEST_MS);
  try {
    return await work(session);
  } finally {
    clearTimeout(deadline);
    session.close();
  }
}
