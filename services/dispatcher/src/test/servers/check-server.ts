// Everything that is checked of one server, over each version of TLS that it has.
import type { ServerKind } from "@soh/simulators/servers";
import { describe } from "vitest";
import { checkContract } from "./contract.ts";
import { checkDeliveries } from "./deliveries.ts";
import { checkDeliveryOptions } from "./delivery-options.ts";
import { lines, openBench } from "./line.ts";
import { checkRefusals } from "./refusals.ts";
import { checkSessions } from "./sessions.ts";
import { checkSupplierChecks } from "./supplier-checks.ts";
import { checkTroubles } from "./troubles.ts";

export function checkServer(kind: ServerKind): void {
  describe.each(lines.filter((line) => line.kind === kind))("$kind, $tls", (line) => {
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
