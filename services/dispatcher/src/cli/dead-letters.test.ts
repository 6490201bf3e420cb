// What waits for a person, from the command line, against a real operations server.
import { userInfo } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startFixture, TOKEN, type Fixture } from "../operations/test/fixture.ts";
import { keepDeadWebhook, makeFailed, makeQuarantined, makeUnknown, mend } from "../operations/test/situations.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement } from "../test/world.ts";
import { runSoh, type Ended } from "./test/soh.ts";

let fixture: Fixture;
let soh: (...args: readonly string[]) => Promise<Ended>;

beforeEach(async () => {
  fixture = await startFixture();
  const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
  soh = (...args) => runSoh({ SOH_URL: address, SOH_API_TOKEN: TOKEN }, args);
});
afterEach(() => fixture.stop());

const openIds = async (query = ""): Promise<string[]> =>
  (await fixture.get(`/api/dead-letters${query}`)).json().deadLetters.map((one: { id: string }) => one.id);
const states = async () => (await fixture.dispatcher.purchaseOrders()).map(({ number, state }) => `${number} ${state}`);

/** Unknown SE1001-1, failed 1002F1, a webhook, a file. */
async function oneOfEach(): Promise<void> {
  await makeUnknown(fixture, { id: "1", number: 1001 });
  await makeFailed(fixture, { id: "2", number: 1002 });
  fixture.world.clock.advance(60_000);
  await fixture.dispatcher.webhook("orders/create", "{broken");
  await makeQuarantined(fixture);
}

describe("dead-letters", () => {
  it("lists every kind with what can be done and why, and filters", async () => {
    await oneOfEach();
    const { status, out } = await soh("dead-letters");
    expect(status).toBe(0);
    expect(out).toMatch(/^SINCE +KIND +WHAT +ID +WHERE +STATE +WHAT CAN BE DONE +WHY$/m);
    expect(out).toMatch(
      /purchase-order +SE1001-1 +po\w+ +agriest +unknown +same-again, replace, order-again, mark-sent, discard /,
    );
    expect(out).toMatch(
      /2027-01-10 13:01:00 UTC +webhook +orders\/create +[0-9a-f-]{36} +sermat\S+ +set-aside +retry, discard +the body/,
    );
    const files = await soh("dead-letters", "--kind", "file", "--supplier", "agriest", "--state", "set-aside");
    expect(files.out.trim().split("\n")).toHaveLength(2);
    expect((await soh("dead-letters", "--limit", "1")).err).toContain("There are more");
    expect((await soh("dead-letters", "--kind", "order")).status).toBe(2);
  });

  it("shows one, and writes its bytes to stdout and nothing else", async () => {
    await makeQuarantined(fixture);
    const [id = ""] = await openIds();
    const shown = await soh("dead-letters", "show", id);
    expect(shown.out).toMatch(/^What +\/OUT\/AR_SE9999-1\.xml$/m);
    expect(shown.out).toMatch(/^What can be done +retry, discard$/m);
    expect(shown.out).toMatch(/file\.quarantined +agriest/);
    const bytes = await soh("dead-letters", "bytes", id);
    expect([bytes.status, bytes.out, bytes.err]).toEqual([0, acknowledgement("SE9999-1"), ""]);
    expect((await soh("dead-letters", "show", "4711")).err).toBe('there is no dead letter and no purchase order "4711"\n');
  });

  it("retries by id, each result on its line, and ends with 1 where one was refused", async () => {
    const good = await keepDeadWebhook(fixture, orderBody());
    const bad = await keepDeadWebhook(fixture, "{broken");
    const { status, out, err } = await soh("dead-letters", "retry", good, bad);
    expect([status, out]).toEqual([1, expect.stringMatching(new RegExp(`^${good}  orders/paid is taken in, order \\S+\n$`))]);
    expect(err).toBe(`${bad}  it still cannot be read: the body is not JSON\n1 of 2 were refused.\n`);
    expect(await states()).toEqual(["SE1001-1 ready"]);
  });

  it("retries all that a filter finds, and is done", async () => {
    for (const n of [1, 2]) {
      await makeFailed(fixture, { id: String(n), number: 1000 + n });
      await mend(fixture, { id: String(n), number: 1000 + n });
    }
    await keepDeadWebhook(fixture, "{broken");
    const { status, out, err } = await soh("dead-letters", "retry", "--all", "--state", "failed", "--supplier", "fournial");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^po\w+ {2}100[12]F1 will be tried again\npo\w+ {2}100[12]F1 will be tried again\n2 done\.\n$/);
    expect(await states()).toEqual(["1001F1 ready", "1002F1 ready"]);
    expect((await soh("dead-letters", "retry", "--all", "--kind", "file")).out).toBe("There is nothing to do.\n");
  });

  it("discards with a note, which is kept with the user's name", async () => {
    await oneOfEach();
    expect((await soh("dead-letters", "discard", "--all")).status).toBe(2);
    const { status, out } = await soh("dead-letters", "discard", "--all", "--note", "a test");
    expect([status, out.trim().split("\n").at(-1)]).toEqual([0, "4 done."]);
    expect(await openIds()).toEqual([]);
    const events = await fixture.dispatcher.database.db
      .selectFrom("events")
      .select(["actor", "detail"])
      .where("name", "in", ["dead_letter.discarded", "file.discarded"])
      .execute();
    expect(events.map(({ actor, detail }) => [actor, detail])).toEqual(
      Array.from({ length: 2 }, () => [userInfo().username, '{"note":"a test"}']),
    );
  });

  it.each([
    ["neither ids nor --all", ["dead-letters", "retry"], "give ids, or --all"],
    ["both", ["dead-letters", "retry", "x", "--all"], "give ids, or --all"],
    ["a filter without --all", ["dead-letters", "retry", "x", "--kind", "file"], "go with --all"],
  ])("ends with 2 for %s", async (_, args, message) => {
    const { status, out, err } = await soh(...args);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});

describe("purchase orders", () => {
  it("same-again, replace and order-again send once more, several at once", async () => {
    for (const n of [1, 2, 3]) {
      await fixture.dispatcher.webhook("orders/create", orderBody({ id: String(n), number: 1000 + n }));
    }
    await fixture.dispatcher.run();
    const note = ["--note", "Agriest: we have nothing"];
    const same = await soh("same-again", "SE1001-1", "1009F1", "SE1002-1", ...note);
    expect(same.status).toBe(1);
    expect(same.out).toBe(
      "SE1001-1 will be sent again: same number and bytes, under a new file name\nSE1002-1 will be sent again: same number and bytes, under a new file name\n",
    );
    expect(same.err).toBe('there is no purchase order "1009F1"\n1 of 3 were refused.\n');
    expect(await soh("replace", "SE1003-1", ...note)).toMatchObject({
      status: 0,
      out: "SE1003-1 will be replaced: same number, version 2\n",
    });
    await fixture.dispatcher.run();
    expect(await soh("order-again", "SE1003-1", ...note)).toMatchObject({
      status: 0,
      out: "SE1003-1 is given up; SE1003-2 to agriest is ready\n",
    });
  });

  it("discard gives one up, and one that is refused says why as before", async () => {
    await makeFailed(fixture);
    expect((await soh("discard", "1001F1", "--note", "bought elsewhere")).out).toMatch(/^1001F1 is discarded/);
    const again = await soh("discard", "1001F1", "--note", "x");
    expect([again.status, again.out, again.err]).toEqual([1, "", "1001F1 is closed: discard is not possible\n"]);
  });
});
