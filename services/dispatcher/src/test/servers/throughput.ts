// How much a kept session is worth: files a second in one, and with a connection for each file, side by side. Nothing is
// asserted of it: it depends on the machine.
import { describe, expect, test } from "vitest";
import { connectTo, transportFor } from "./access.ts";
import { lines, openBench } from "./line.ts";
import type { SupplierSession } from "../../transports/transport.ts";

const FILES = 50;
const PURCHASE_ORDER = Buffer.alloc(2_000, "<Line>1</Line>");

describe.each(lines)("$kind, $tls", (line) => {
  const { server } = openBench(line);

  test("files a second", { timeout: 120_000 }, async ({ task }) => {
    const transport = transportFor(server(), line);
    const send = async (session: SupplierSession, name: string): Promise<void> => {
      await session.store(`/IN/${name}.tmp`, PURCHASE_ORDER);
      expect(await session.size(`/IN/${name}.tmp`)).toBe(PURCHASE_ORDER.byteLength);
      expect(await session.rename(`/IN/${name}.tmp`, `/IN/${name}`)).toBe("renamed");
    };

    const timed = async (work: () => Promise<void>): Promise<number> => {
      const start = performance.now();
      await work();
      return performance.now() - start;
    };

    const kept = await connectTo(transport);
    await send(kept, "warm-up");
    const [keptMs, eachMs]: [number[], number[]] = [[], []];
    // In turn, so that whatever else the machine does slows both.
    for (let index = 0; index < FILES; index++) {
      keptMs.push(await timed(() => send(kept, `kept-${index}`)));
      eachMs.push(
        await timed(async () => {
          const session = await connectTo(transport);
          await send(session, `each-${index}`);
          session.close();
        }),
      );
    }
    kept.close();
    // The median: a busy machine makes some files wait, and those say nothing of the server.
    const perSecond = (ms: readonly number[]): number => 1_000 / (ms.toSorted((one, other) => one - other)[FILES / 2] ?? 0);
    task.meta.speed = { server: line.kind, tls: line.tls, kept: perSecond(keptMs), each: perSecond(eachMs) };
  });
});
