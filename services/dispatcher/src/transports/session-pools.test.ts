import { Secret } from "@soh/shared/config";
import { expect, test } from "vitest";
import type { FolderSettings, SftpSettings, TransportSettings } from "../config/transport-settings.ts";
import { connectFolder } from "./folder.ts";
import { createSessionPools } from "./session-pools.ts";
import { limits, temporaryFolder } from "./test/simulated.ts";

const sftp = (over: Partial<SftpSettings>): SftpSettings => ({
  ...limits,
  kind: "sftp",
  host: "hub.example",
  port: 22,
  user: "sermat",
  password: new Secret("one"),
  key: null,
  passphrase: null,
  hostKeys: ["SHA256:one"],
  rename: "plain",
  ...over,
});

/** Pools of these, whose connections all lead to one directory; and which settings were connected with. */
function poolsOf(transports: Readonly<Record<string, TransportSettings>>) {
  const folder = temporaryFolder();
  const directory: FolderSettings = {
    ...limits,
    kind: "folder",
    host: folder.root,
    port: 0,
    root: folder.root,
    rename: "one-step",
  };
  const connected: TransportSettings[] = [];
  const pools = createSessionPools({
    suppliers: Object.entries(transports).map(([id, transport]) => ({ id, transport })),
    connect: (transport) => {
      connected.push(transport);
      return connectFolder(directory);
    },
  });
  return {
    pools,
    connected,
    async close() {
      await pools.close();
      folder.remove();
    },
  };
}

test("suppliers with the same server and user share one session, and the smallest limit", async () => {
  const { pools, connected, close } = poolsOf({
    a: sftp({ connections: 3, timeoutMs: 1_000 }),
    b: sftp({ connections: 2, timeoutMs: 9_000 }),
  });
  const first = await pools.use("a", (session) => Promise.resolve(session));
  const second = await pools.use("b", (session) => Promise.resolve(session));
  expect(second).toBe(first);
  expect(connected).toMatchObject([{ connections: 2, timeoutMs: 9_000 }]);
  expect([pools.connections("a"), pools.connections("b")]).toEqual([2, 2]);
  await close();
});

test.each([
  ["another user", { user: "other" }],
  ["another password", { password: new Secret("two") }],
  ["another host key", { hostKeys: ["SHA256:two"] }],
  ["another port", { port: 2_222 }],
])("suppliers with %s do not", async (_what, other) => {
  const { pools, connected, close } = poolsOf({ a: sftp({ connections: 3 }), b: sftp({ connections: 1, ...other }) });
  await pools.use("a", () => Promise.resolve());
  await pools.use("b", () => Promise.resolve());
  expect(connected).toHaveLength(2);
  expect([pools.connections("a"), pools.connections("b")]).toEqual([3, 1]);
  await close();
});

test("a shared session that a supplier occupies is waited for by the other", async () => {
  const { pools, close } = poolsOf({ a: sftp({}), b: sftp({}) });
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const a = pools.use("a", async () => {
    await promise;
    order.push("a");
  });
  const b = pools.use("b", () => Promise.resolve(order.push("b")));
  resolve();
  await Promise.all([a, b]);
  expect(order).toEqual(["a", "b"]);
  await close();
});

test("the rate is the host's, whoever connects", async () => {
  const { pools, connected, close } = poolsOf({
    a: sftp({ user: "a", connectionsPerMinute: 1 }),
    b: sftp({ user: "b", host: "HUB.example", connectionsPerMinute: null }),
    elsewhere: sftp({ host: "elsewhere.example" }),
  });
  await pools.use("a", () => Promise.resolve());
  const b = pools.use("b", () => Promise.resolve()).catch((error: unknown) => error);
  await pools.use("elsewhere", () => Promise.resolve());
  expect(connected.map(({ host }) => host)).toEqual(["hub.example", "elsewhere.example"]);
  await close();
  expect(await b).toMatchObject({ name: "StaleSession" });
});
