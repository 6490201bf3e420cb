// Everything that is checked of one line. Each has a file of its own: most of the time is a server's, and files run at once.
import { describe } from "vitest";
import { checkContract } from "./contract.ts";
import { checkDeliveries } from "./deliveries.ts";
import { checkDeliveryOptions } from "./delivery-options.ts";
import { openBench, type Line } from "./line.ts";
import { checkRefusals } from "./refusals.ts";
import { checkSessions } from "./sessions.ts";
import { checkSupplierChecks } from "./supplier-checks.ts";
import { checkTroubles } from "./troubles.ts";

export function checkServer(line: Line): void {
  describe(`${line.kind}, ${line.tls}`, () => {
    const bench = openBench(line);
    checkSessions(bench);
    checkRefusals(bench);
    checkDeliveries(bench);
    checkDeliveryOptions(bench);
    checkTroubles(bench);
    checkSupplierChecks(bench);
    checkContract(bench);
  });
}
