import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as files from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderRefused, NotSent, NotStored, StoreForbidden } from "../domain/delivery/failure.ts";
import { connectFolder, type Files } from "./folder.ts";
import { limits, temporaryFolder } from "./test/simulated.ts";
import type { SupplierSession } from "./transport.ts";

let folder: ReturnType<typeof temporaryFolder>;
let session: SupplierSession;

const connect = (over: Partial<Files> = {}): Promise<SupplierSession> =>
  connectFolder(
    { ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root, rename: "one-step" },
    { ...files, ...over },
  );

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.root, "IN"));
  writeFileSync(join(dirname(folder.root), "outside"), "outside");
  session = await connect();
});
afterEach(() => folder.remove());

const bytes = Buffer.from("order");
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => error,
  );

test("two dots lead nowhere but to the root", async () => {
  expect(await session.size("/../outside")).toBe("absent");
  expect(await session.size("/IN/../../outside")).toBe("absent");
  await session.store("/../../file", bytes);
  expect(readdirSync(folder.root).toSorted()).toEqual(["IN", "file"]);
});

test("a link to a directory outside is not followed", async () => {
  symlinkSync(dirname(folder.root), join(folder.root, "away"));
  expect(await failureOf(session.enter("/away"))).toBeInstanceOf(FolderRefused);
  expect(await failureOf(session.list("/away"))).toBeInstanceOf(FolderRefused);
  expect(await failureOf(session.read("/away/outside"))).toBeInstanceOf(FolderRefused);
  expect(await failureOf(session.store("/away/file", bytes))).toBeInstanceOf(FolderRefused);
  await session.store("/IN/file", bytes);
  expect(await session.rename("/IN/file", "/away/file")).toEqual({ refused: expect.stringContaining("leads out of") });
  expect(existsSync(join(dirname(folder.root), "file"))).toBe(false);
});

test("a link to a directory within is followed", async () => {
  symlinkSync(join(folder.root, "IN"), join(folder.root, "same"));
  await session.enter("/same");
  await session.store("/same/file", bytes);
  expect(readdirSync(join(folder.root, "IN"))).toEqual(["file"]);
});

test("a link to a file is no file: neither read, nor written, nor listed", async () => {
  symlinkSync(join(dirname(folder.root), "outside"), join(folder.root, "IN", "link"));
  expect(await session.size("/IN/link")).toBe("absent");
  expect(await session.read("/IN/link")).toBe("absent");
  expect(await session.list("/IN")).toEqual([]);
  expect(await failureOf(session.store("/IN/link", bytes))).toBeInstanceOf(FolderRefused);
  expect(readFileSync(join(dirname(folder.root), "outside"), "utf8")).toBe("outside");
});

test("a file is renamed in one call, never onto another, and nothing is copied", async () => {
  const calls: (readonly string[])[] = [];
  const watching = await connect({
    rename: async (from, to) => {
      calls.push([String(from), String(to)].map((path) => path.slice(folder.root.length)));
      await files.rename(from, to);
    },
  });
  await watching.store("/IN/a.tmp", bytes);
  expect(await watching.rename("/IN/a.tmp", "/IN/a.xml")).toBe("renamed");
  await watching.store("/IN/b.tmp", Buffer.from("other"));
  expect(await watching.rename("/IN/b.tmp", "/IN/a.xml")).toEqual({ refused: expect.stringContaining("EEXIST") });
  expect(calls).toEqual([["/IN/a.tmp", "/IN/a.xml"]]);
  expect(readdirSync(join(folder.root, "IN")).toSorted()).toEqual(["a.xml", "b.tmp"]);
  expect(readFileSync(join(folder.root, "IN", "a.xml"), "utf8")).toBe("order");
});

test("a name that only leads nowhere is a name, too: it is not replaced", async () => {
  symlinkSync(join(folder.root, "nowhere"), join(folder.root, "IN", "a.xml"));
  await session.store("/IN/a.tmp", bytes);
  expect(await session.rename("/IN/a.tmp", "/IN/a.xml")).toEqual({ refused: expect.stringContaining("EEXIST") });
});

test("a temporary folder on another file system: refused, and the file stays where it is", async () => {
  const across = await connect({
    rename: () => Promise.reject(Object.assign(new Error("EXDEV: cross-device link not permitted"), { code: "EXDEV" })),
  });
  await across.store("/a.tmp", bytes);
  expect(await across.rename("/a.tmp", "/IN/a.xml")).toEqual({ refused: expect.stringContaining("two file systems") });
  expect(readdirSync(folder.root).toSorted()).toEqual(["IN", "a.tmp"]);
  expect(readdirSync(join(folder.root, "IN"))).toEqual([]);
});

test("a rename whose look hung is not made any more once it was given up", async () => {
  const { promise: answer, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: looked, resolve: hasLooked } = Promise.withResolvers<void>();
  const slow = await connectFolder(
    { ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root, rename: "one-step", timeoutMs: 50 },
    {
      ...files,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its overloads differ by an option that is not used here
      lstat: (async (...input: Parameters<typeof files.lstat>) => {
        await answer;
        const found = await files.lstat(...input).finally(() => hasLooked());
        return found;
      }) as typeof files.lstat,
    },
  );
  await session.store("/IN/a.tmp", bytes);
  expect(await failureOf(slow.rename("/IN/a.tmp", "/IN/a.xml"))).toBeInstanceOf(NotSent);
  goOn();
  await looked;
  await new Promise(setImmediate);
  expect(readdirSync(join(folder.root, "IN"))).toEqual(["a.tmp"]);
});

test("file and directory are on disk before a file is reported as stored or renamed", async () => {
  const synced: string[] = [];
  const watching = await connect({
    open: async (path, ...rest) => {
      const handle = await files.open(path, ...rest);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        synced.push(String(path).slice(folder.root.length));
      };
      return handle;
    },
  });
  await watching.store("/IN/a.tmp", bytes);
  expect(synced).toEqual(["/IN/a.tmp", "/IN"]);
  await watching.rename("/IN/a.tmp", "/IN/a.xml");
  expect(synced).toEqual(["/IN/a.tmp", "/IN", "/IN"]);
});

/** As if the system had refused to open the file. */
const refusing = (code: string): Promise<SupplierSession> =>
  connect({ open: () => Promise.reject(Object.assign(new Error(code), { code })) });

test.each(["EACCES", "EROFS", "ENOENT"])(
  "a file that could not be opened (%s) was not stored, for certain: forbidden",
  async (code) => {
    expect(await failureOf((await refusing(code)).store("/IN/a", bytes))).toBeInstanceOf(StoreForbidden);
  },
);

test.each(["ENOSPC", "EDQUOT", "ESTALE", "EIO"])(
  "a file that could not be opened (%s) was not stored, for certain",
  async (code) => {
    expect(await failureOf((await refusing(code)).store("/IN/a", bytes))).toBeInstanceOf(NotStored);
  },
);

test("a file whose directory is gone was not stored, for certain", async () => {
  expect(await failureOf(session.store("/none/a", bytes))).toBeInstanceOf(StoreForbidden);
});

test.each(["writeFile", "sync", "close"] as const)(
  "a file that was opened may have been stored, whatever its %s says",
  async (step) => {
    for (const code of ["EACCES", "ENOSPC", "ENOENT"]) {
      const failing = await connect({
        open: async (path, ...rest) => {
          const handle = await files.open(path, ...rest);
          const real = handle.close.bind(handle);
          handle[step] = () => real().then(() => Promise.reject(Object.assign(new Error(code), { code })));
          return handle;
        },
      });
      const failure = await failureOf(failing.store("/IN/a", bytes));
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(NotStored);
      expect(failure).not.toBeInstanceOf(StoreForbidden);
    }
  },
);

test("a file that is not opened in time may be written later: nothing is certain of it", async () => {
  const slow = await connectFolder(
    { ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root, timeoutMs: 20, rename: "one-step" },
    { ...files, open: () => new Promise<never>(() => {}) },
  );
  const failure = await failureOf(slow.store("/IN/a", bytes));
  expect(failure).toBeInstanceOf(NotSent);
  expect(failure).not.toBeInstanceOf(NotStored);
  expect(slow.closed()).toBe(true);
});

test("a directory that is not mounted is not sent to, and the message asks whether it is", async () => {
  folder.remove();
  const failure = await failureOf(connect());
  expect(failure).toBeInstanceOf(NotSent);
  expect(String(failure)).toMatch(/is it mounted\?$/);
});
