// Real servers on loopback, each over each version of TLS that it has: run by `npm run test:servers`, as root.
import { describe } from "vitest";
import { checkDeliveries } from "./deliveries.ts";
import { lines, openBench } from "./line.ts";
import { checkRefusals } from "./refusals.ts";
import { checkSessions } from "./sessions.ts";

describe.each(lines)("$kind $tls", (line) => {
  const bench = openBench(line);
  checkSessions(bench);
  checkRefusals(bench);
  checkDeliveries(bench);
});
