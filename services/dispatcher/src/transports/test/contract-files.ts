// The contract's part on files and folders.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { FolderRefused, NotSent } from "../../domain/delivery/failure.ts";
import { everyByte, failure, fiveMegabytes, type Suite } from "./contract-suite.ts";

const fingerprints = {
  certificate: /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
  "host-key": /^SHA256:[A-Za-z0-9+/]{43}$/,
  none: /^none$/,
} as const;

export function filesAndFolders({ server, session, folder, at, onDisk, put, newFolder }: Suite): void {
  test("a folder that is there can be entered, again and again", async () => {
    await session().enter(folder());
    await session().enter("/");
    await session().enter(folder());
    expect(session().closed()).toBe(false);
  });

  test("a missing folder is refused, not absent", async () => {
    expect(await failure(session().enter("/nowhere"))).toBeInstanceOf(FolderRefused);
    await session().enter(folder());
  });

  test("a file is no folder", async () => {
    put("file", "x");
    expect(await failure(session().enter(at("file")))).toBeInstanceOf(FolderRefused);
  });

  test.each([
    ["every byte there is", everyByte],
    ["line ends of every kind", Buffer.from("a\r\nb\nc\rd\r\n")],
    ["one byte", Buffer.from("x")],
    ["five megabytes", fiveMegabytes],
  ])("%s: stored, measured and read back unchanged", async (_what, bytes) => {
    await session().enter(folder());
    await session().store(at("file.tmp"), bytes);
    expect(await session().size(at("file.tmp"))).toBe(bytes.byteLength);
    expect(readFileSync(onDisk(at("file.tmp"))).equals(bytes)).toBe(true);
    const back = await session().read(at("file.tmp"));
    expect(typeof back === "object" && Buffer.compare(back, bytes)).toBe(0);
  });

  test("what is stored replaces a longer file of that name", async () => {
    put("file", "long before");
    chmodSync(onDisk(at("file")), 0o666);
    await session().enter(folder());
    await session().store(at("file"), Buffer.from("short"));
    expect(readFileSync(onDisk(at("file")), "utf8")).toBe("short");
  });

  test("a part of a larger buffer is stored, and not the rest of it", async () => {
    await session().enter(folder());
    await session().store(at("part"), everyByte.subarray(10, 20));
    expect(readFileSync(onDisk(at("part"))).equals(everyByte.subarray(10, 20))).toBe(true);
  });

  test("a renamed file has the new name only, and its bytes", async () => {
    await session().enter(folder());
    await session().store(at("order.tmp"), everyByte);
    expect(await session().rename(at("order.tmp"), at("order.xml"))).toBe("renamed");
    expect(readdirSync(onDisk(folder()))).toEqual(["order.xml"]);
    expect(readFileSync(onDisk(at("order.xml"))).equals(everyByte)).toBe(true);
  });

  test("a file is renamed into another folder", async () => {
    const other = newFolder();
    await session().enter(folder());
    await session().store(at("order.xml"), everyByte);
    expect(await session().rename(at("order.xml"), `${other}/order.xml`)).toBe("renamed");
    expect(readdirSync(onDisk(folder()))).toEqual([]);
    expect(readdirSync(onDisk(other))).toEqual(["order.xml"]);
  });

  test("a rename onto a name that exists does what is known of this server", async () => {
    await session().enter(folder());
    await session().store(at("new"), Buffer.from("new"));
    await session().store(at("old"), Buffer.from("old"));
    const renamed = await session().rename(at("new"), at("old"));
    const replaces = server().renamesOnto === "replaces";
    expect(typeof renamed).toBe(replaces ? "string" : "object");
    expect(readdirSync(onDisk(folder())).toSorted()).toEqual(replaces ? ["old"] : ["new", "old"]);
    expect(readFileSync(onDisk(at("old")), "utf8")).toBe(replaces ? "new" : "old");
  });

  test("a rename of what is not there is refused", async () => {
    await session().enter(folder());
    expect(await session().rename(at("nothing"), at("file"))).toEqual({ refused: expect.stringMatching(/./) });
    expect(session().closed()).toBe(false);
  });

  test("a rename into a missing folder is refused, and the file stays", async () => {
    await session().enter(folder());
    await session().store(at("file"), everyByte);
    expect(await session().rename(at("file"), `${folder()}/missing/file`)).toMatchObject({ refused: expect.stringMatching(/./) });
    expect(readdirSync(onDisk(folder()))).toEqual(["file"]);
  });

  test("a file that is not there is absent", async () => {
    put("another", "x");
    await session().enter(folder());
    expect(await session().size(at("nothing"))).toBe("absent");
    expect(await session().read(at("nothing"))).toBe("absent");
    expect(session().closed()).toBe(false);
  });

  test("a folder is no file", async () => {
    mkdirSync(onDisk(at("sub")));
    await session().enter(folder());
    expect(await session().size(at("sub"))).toBe("absent");
    expect(["absent", "unreadable"]).toContain(await session().read(at("sub")));
  });

  test("a listing has each file with its name, size and time, and no folder", async () => {
    mkdirSync(onDisk(at("archive")));
    put("AR 1 (copy).xml", "12345");
    put("stock.csv", "1");
    const before = statSync(onDisk(at("stock.csv"))).mtimeMs;
    await session().enter(folder());
    const files = (await session().list(folder())).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(files.map(({ name, size }) => ({ name, size }))).toEqual([
      { name: "AR 1 (copy).xml", size: 5 },
      { name: "stock.csv", size: 1 },
    ]);
    // As LIST writes it, it may be of another time zone.
    const accuracyMs = server().times === "exact" ? 1_001 : 25 * 3_600_000;
    expect(Math.abs((files[1]?.modifiedAt ?? before) - before)).toBeLessThan(accuracyMs);
  });

  test("an empty folder has an empty listing", async () => {
    await session().enter(folder());
    expect(await session().list(folder())).toEqual([]);
  });

  test("a listing of many files is whole", async () => {
    const names = Array.from({ length: 500 }, (_, index) => `AR_${String(index).padStart(3, "0")}.xml`);
    names.forEach((name) => put(name, name));
    await session().enter(folder());
    expect((await session().list(folder())).map((file) => file.name).toSorted()).toEqual(names);
  });

  test("names beyond ASCII are the same on their way there and back", async ({ skip }) => {
    skip(server().accents === false, "this server knows only ASCII");
    const name = "Réponse à l'été — côté nord.xml".replace("—", "-");
    await session().enter(folder());
    await session().store(at(name), everyByte);
    expect((await session().list(folder())).map((file) => file.name)).toEqual([name]);
    expect(await session().size(at(name))).toBe(256);
    expect(await session().rename(at(name), at(`é${name}`))).toBe("renamed");
    expect((await session().list(folder())).map((file) => file.name)).toEqual([`é${name}`]);
    await session().remove(at(`é${name}`));
    expect(await session().list(folder())).toEqual([]);
  });

  test("a removed file is gone, and removing it again is no error", async () => {
    await session().enter(folder());
    await session().store(at("file"), everyByte);
    await session().remove(at("file"));
    expect(existsSync(onDisk(at("file")))).toBe(false);
    await session().remove(at("file"));
    expect(await session().size(at("file"))).toBe("absent");
  });

  test("a folder is made once, and making it again is no error", async () => {
    await session().enter(folder());
    await session().makeFolder(at("archive"));
    await session().makeFolder(at("archive"));
    await session().enter(at("archive"));
    await session().store(at("archive/file"), everyByte);
    expect(readdirSync(onDisk(at("archive")))).toEqual(["file"]);
  });

  test("storing into a missing folder fails, and the next command works or the session says that it is closed", async () => {
    const error = await failure(session().store(`${folder()}/missing/file`, everyByte));
    expect(error).toBeInstanceOf(server().namesMissingFolder === false ? Error : FolderRefused);
    expect(error instanceof FolderRefused || error instanceof NotSent).toBe(true);
    if (!session().closed()) {
      await session().enter(folder());
    }
  });

  test("fifty files in one session", async () => {
    await session().enter(folder());
    for (let n = 0; n < 50; n++) {
      const bytes = Buffer.from(`order ${n}`);
      await session().store(at(`${n}.tmp`), bytes);
      expect(await session().size(at(`${n}.tmp`))).toBe(bytes.byteLength);
      expect(await session().rename(at(`${n}.tmp`), at(`${n}.xml`))).toBe("renamed");
    }
    expect((await session().list(folder())).length).toBe(50);
    const back = await session().read(at("49.xml"));
    expect(typeof back === "object" && Buffer.from(back).toString()).toBe("order 49");
  });

  test("two sessions at once do not disturb each other", async () => {
    const other = await server().connect();
    await Promise.all(
      [session(), other].map(async (one, index) => {
        await one.enter(folder());
        for (let n = 0; n < 5; n++) {
          await one.store(at(`${index}-${n}`), everyByte);
        }
      }),
    );
    other.close();
    expect(readdirSync(onDisk(folder())).length).toBe(10);
    expect(await session().size(at("1-4"))).toBe(256);
  });

  test("a session says where it leads and what it is", async () => {
    const { host, fingerprint } = session().endpoint;
    expect(host).not.toBe("");
    expect(fingerprint ?? "none").toMatch(fingerprints[server().fingerprint]);
    const facts = await session().facts();
    expect(facts.protocol).not.toBe("");
    expect(facts.cipher === null).toBe(!server().encrypts);
    expect(facts.certificate === null).toBe(server().fingerprint !== "certificate");
    const { validFrom, validTo } = facts.certificate ?? { validFrom: 0, validTo: 1 };
    expect(validTo).toBeGreaterThan(validFrom);
  });
}
