// What a supplier's server lists is not to be trusted: names that lead elsewhere, sizes that are not so.
import { expect, test } from "vitest";
import type { FileKind } from "./file-kind.ts";
import { createPoll, type FileNews, type InboundSession } from "./poll.ts";

const kind: FileKind = {
  kind: "acknowledgement",
  largestBytes: 512 * 1024,
  repeats: "once",
  recognise: () => true,
  apply: () => Promise.reject(new Error("nothing is applied here")),
};

/** A server of memory that lists whatever names it likes, and remembers what it is asked to touch. */
function listing(names: readonly string[], bytes = Buffer.from("no XML")) {
  const files = new Set(names);
  const touched: string[] = [];
  const session: InboundSession = {
    closed: () => false,
    enter: () => Promise.resolve(),
    list: () => Promise.resolve([...files].map((name) => ({ name, size: 6, modifiedAt: null }))),
    size: (path) => Promise.resolve(files.has(path.slice("/OUT/".length)) ? bytes.byteLength : "absent"),
    read(path) {
      touched.push(path);
      return Promise.resolve(bytes);
    },
    rename(from, to) {
      touched.push(from, to);
      files.delete(from.slice("/OUT/".length));
      if (!to.slice("/OUT/".length).includes("/")) {
        files.add(to.slice("/OUT/".length));
      }
      return Promise.resolve("renamed");
    },
    remove: (path) => Promise.resolve(void touched.push(path)),
    makeFolder: () => Promise.resolve(),
  };
  const told: FileNews[] = [];
  const received: string[] = [];
  let now = 0;
  const poll = createPoll({
    receiving: {
      receiveGuarded(_kind, file) {
        received.push(file.path);
        return Promise.resolve({ kind: "not-readable-yet", reason: "no XML" });
      },
      setAside: () => Promise.resolve(),
    },
    use: (_supplier, work) => work(session),
    tell: async (news) => void told.push(news),
    kept: { known: () => Promise.resolve(new Map()), remember: () => Promise.resolve() },
    newId: () => "00000001",
    now: () => now,
    patienceMs: 60_000,
  });
  return {
    files,
    touched,
    told,
    received,
    async look(afterMs = 61_000) {
      now += afterMs;
      const folder = { folder: "/OUT", match: "AR_*.xml", after: "archive", claim: true, minimumAgeMs: 0 } as const;
      return await poll({ supplier: "agriest", kind, ...folder });
    },
  };
}

test.each([
  ["leads out of the folder", "AR_/../../IN/CDE_1.xml"],
  ["leads into another", "AR_sub/1.xml"],
  ["has the other slash", "AR_..\\..\\1.xml"],
  ["begins another command", "AR_\r\nDELE x.xml"],
  ["holds NUL", "AR_\u0000.xml"],
])("a file whose name %s is not touched, and is told of once; others go on", async (_what, name) => {
  const server = listing([name, "AR_1.xml"]);
  await server.look();
  await server.look();
  await server.look();
  expect(server.touched.filter((path) => path.includes(name))).toEqual([]);
  expect(server.told).toEqual([
    expect.objectContaining({ kind: "not-touched", path: `/OUT/${name}`, reason: expect.stringContaining("name") }),
    expect.objectContaining({ kind: "quarantined", path: "/OUT/AR_1.xml" }),
  ]);
});

test("a file that is larger than its listing says is set aside without being read as an answer", async () => {
  const server = listing(["AR_1.xml"], Buffer.alloc(17 * 1024 * 1024, "x"));
  await server.look();
  expect(server.received).toEqual([]);
  expect(server.told).toEqual([
    expect.objectContaining({ kind: "quarantined", reason: expect.stringContaining("17825792 bytes") }),
  ]);
});

test("what is not in the folder any more is forgotten: the same bytes under the same name have new patience", async () => {
  const server = listing(["AR_1.xml"]);
  await server.look();
  server.files.clear();
  await server.look();
  server.files.add("AR_1.xml");
  await server.look();
  expect(server.told).toEqual([]);
  await server.look();
  expect(server.told).toEqual([expect.objectContaining({ kind: "quarantined" })]);
});
