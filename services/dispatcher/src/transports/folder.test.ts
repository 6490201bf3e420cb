import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
  connectFolder({ ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root }, { ...files, ...over });

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

test.each(["EPERM", "EOPNOTSUPP", "ENOTSUP"])(
  "on a file system without links (%s) a file is renamed all the same, and never onto another",
  async (code) => {
    const plain = await connect({ link: () => Promise.reject(Object.assign(new Error(code), { code })) });
    await plain.store("/IN/a.tmp", bytes);
    expect(await plain.rename("/IN/a.tmp", "/IN/a.xml")).toBe("renamed");
    await plain.store("/IN/b.tmp", Buffer.from("other"));
    expect(await plain.rename("/IN/b.tmp", "/IN/a.xml")).toEqual({ refused: expect.stringContaining("EEXIST") });
    expect(readdirSync(join(folder.root, "IN")).toSorted()).toEqual(["a.xml", "b.tmp"]);
    expect(readFileSync(join(folder.root, "IN", "a.xml"), "utf8")).toBe("order");
  },
);

test("what died between the two halves of a rename leaves the whole file under both names", async () => {
  await session.store("/IN/a.tmp", bytes);
  linkSync(join(folder.root, "IN", "a.tmp"), join(folder.root, "IN", "a.xml"));
  expect(await session.size("/IN/a.tmp")).toBe(bytes.byteLength);
  expect(await session.read("/IN/a.xml")).toEqual(bytes);
  expect(await session.rename("/IN/a.tmp", "/IN/a.xml")).toEqual({ refused: expect.stringContaining("EEXIST") });
});

test("a file that has its final name is renamed, also where its first name cannot be removed", async () => {
  const denied = Object.assign(new Error("EACCES"), { code: "EACCES" });
  const sticky = await connect({ unlink: () => Promise.reject(denied) });
  await sticky.store("/IN/a.tmp", bytes);
  expect(await sticky.rename("/IN/a.tmp", "/IN/a.xml")).toBe("renamed");
  expect(readFileSync(join(folder.root, "IN", "a.xml"), "utf8")).toBe("order");
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
    { ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root, timeoutMs: 20 },
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
