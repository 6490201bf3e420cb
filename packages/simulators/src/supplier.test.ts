import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Client } from "basic-ftp";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createCertificateAuthority, type CertificateAuthority } from "./certificates.ts";
import { AGRIEST, FOURNIAL, startSupplier, type Supplier, type SupplierOptions } from "./supplier.ts";
import { orderXml } from "./supplier/order-example.ts";

let authority: CertificateAuthority;
let root: string;
const suppliers = new Set<Supplier>();
const clients: Client[] = [];

beforeAll(async () => {
  authority = await createCertificateAuthority("Supplier test");
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "soh-supplier-"));
});

afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.close();
  }
  await Promise.all([...suppliers].map((supplier) => supplier.stop()));
  suppliers.clear();
  rmSync(root, { recursive: true });
});

async function start(options: Partial<SupplierOptions> = {}): Promise<Supplier> {
  const supplier = await startSupplier({ ...AGRIEST, root, authority, user: "sermat", password: "s3cret", ...options });
  suppliers.add(supplier);
  return supplier;
}

async function login({ host, port }: Supplier): Promise<Client> {
  const client = new Client(10_000);
  clients.push(client);
  const secureOptions = { ca: authority.certificate };
  await client.access({ host, port, user: "sermat", password: "s3cret", secure: true, secureOptions });
  return client;
}

async function order(client: Client, temporary: string, final: string, xml: string): Promise<void> {
  await client.uploadFrom(Readable.from([Buffer.from(xml)]), temporary);
  await client.rename(temporary, final);
}

const onDisk = (folder: string) => readdirSync(join(root, folder));

describe("taking orders", () => {
  test("an order is taken at the instant of its rename, kept, and acknowledged", async () => {
    const supplier = await start();
    const heard = vi.fn<(file: unknown) => void>();
    supplier.onTaken(heard);
    const client = await login(supplier);
    const xml = orderXml();
    await order(client, "/IN/CDE_SE1001-1_1.xml.tmp", "/IN/CDE_SE1001-1_1.xml", xml);

    expect(onDisk("ftp/IN")).toEqual([]);
    expect(onDisk("ftp/OUT")).toEqual(["AR_SE1001-1.xml"]);
    expect(readFileSync(join(root, "ftp/OUT/AR_SE1001-1.xml"), "utf8")).toContain("<Status>accepted</Status>");
    expect(readFileSync(join(root, "taken/000001-CDE_SE1001-1_1.xml"), "utf8")).toBe(xml);
    expect(supplier.taken).toMatchObject([
      { fileName: "CDE_SE1001-1_1.xml", bytes: Buffer.byteLength(xml), order: { orderNumber: "SE1001-1", documentVersion: 1 } },
    ]);
    expect(heard).toHaveBeenCalledExactlyOnceWith(supplier.taken[0]);
  });

  test("a temporary name is passed over, by suffix or by prefix", async () => {
    const supplier = await start({ ...FOURNIAL, root });
    const client = await login(supplier);
    await client.uploadFrom(Readable.from([Buffer.from(orderXml())]), "/orders/.part-1001F1.xml");
    expect(supplier.taken).toHaveLength(0);
    expect(supplier.count()).toMatchObject({ files: 0, waiting: [], temporary: [".part-1001F1.xml"] });
    await client.rename("/orders/.part-1001F1.xml", "/orders/1001F1.xml");
    expect(supplier.taken).toHaveLength(1);
    expect(onDisk("ftp/out")).toEqual(["SE1001-1.xml"]);
  });

  test("a supplier that polls takes what it finds", async () => {
    const supplier = await start({ script: { takes: { everyMs: 5 } } });
    const client = await login(supplier);
    await order(client, "/IN/a.xml.tmp", "/IN/a.xml", orderXml());
    await vi.waitFor(() => expect(supplier.taken).toHaveLength(1));
    expect(onDisk("ftp/IN")).toEqual([]);
  });

  test("what lay there while nobody read is taken at the start", async () => {
    const first = await start({ script: { takes: { everyMs: 3_600_000 } } });
    await order(await login(first), "/IN/a.xml.tmp", "/IN/a.xml", orderXml());
    expect(first.count().waiting).toEqual(["a.xml"]);
    await first.stop();
    suppliers.delete(first);
    expect((await start()).taken).toMatchObject([{ fileName: "a.xml" }]);
  });

  test("a file that is no order is taken, said to be unreadable, and not answered", async () => {
    const supplier = await start();
    await order(await login(supplier), "/IN/a.xml.tmp", "/IN/a.xml", "<Order>");
    expect(supplier.taken).toMatchObject([{ order: undefined, problem: "line 1: Unclosed tag 'Order'." }]);
    expect(onDisk("ftp/OUT")).toEqual([]);
    expect(supplier.count()).toMatchObject({ files: 1, orderNumbers: [], unreadable: ["000001-a.xml"] });
  });
});

describe("answering", () => {
  test("the script decides: silence, a rejection, changed lines", async () => {
    const supplier = await start({
      script: {
        decide: ({ orderNumber }) =>
          orderNumber === "S"
            ? "silence"
            : orderNumber === "R"
              ? { status: "rejected", reason: "inconnu" }
              : { status: "changed", lines: [{ number: 1, confirmed: 1, backordered: 1 }] },
      },
    });
    const client = await login(supplier);
    for (const number of ["S", "R", "C"]) {
      await order(client, `/IN/${number}.xml.tmp`, `/IN/${number}.xml`, orderXml({ number }));
    }
    expect(onDisk("ftp/OUT")).toEqual(["AR_C.xml", "AR_R.xml"]);
    expect(readFileSync(join(root, "ftp/OUT/AR_R.xml"), "utf8")).toContain("<Reason>inconnu</Reason>");
    expect(readFileSync(join(root, "ftp/OUT/AR_C.xml"), "utf8")).toContain("<Backordered>1</Backordered>");
  });

  test("a cancellation or change is answered with its version, by a decision of its own", async () => {
    const supplier = await start({
      script: {
        decide: () => "silence",
        decideNotice: ({ purpose }) => ({ status: purpose === "cancellation" ? "rejected" : "accepted" }),
      },
    });
    const client = await login(supplier);
    for (const [index, purpose] of ["original", "change", "cancellation"].entries()) {
      await order(client, `/IN/${index}.tmp`, `/IN/${index}.xml`, orderXml({ number: "A", version: index + 1, purpose }));
    }
    expect(onDisk("ftp/OUT")).toEqual(["AR_A-2.xml", "AR_A.xml"]);
    expect(readFileSync(join(root, "ftp/OUT/AR_A.xml"), "utf8")).toMatch(/Version>2<[^]*<Status>accepted</);
    expect(readFileSync(join(root, "ftp/OUT/AR_A-2.xml"), "utf8")).toMatch(/Version>3<[^]*<Status>rejected</);
  });

  test("an answer comes after its delay, and never after the stop", async () => {
    const supplier = await start({ script: { reactionMs: 10 } });
    const client = await login(supplier);
    await order(client, "/IN/a.xml.tmp", "/IN/a.xml", orderXml({ number: "A" }));
    await vi.waitFor(() => expect(onDisk("ftp/OUT")).toEqual(["AR_A.xml"]));
    supplier.setScript({ reactionMs: 20 });
    await order(client, "/IN/b.xml.tmp", "/IN/b.xml", orderXml({ number: "B" }));
    await supplier.stop();
    suppliers.delete(supplier);
    expect(onDisk("ftp/OUT")).toEqual(["AR_A.xml"]);
  });

  test("a late answer can be given by hand, and does not overwrite one that waits to be fetched", async () => {
    const supplier = await start();
    await order(await login(supplier), "/IN/a.xml.tmp", "/IN/a.xml", orderXml({ number: "A" }));
    supplier.acknowledge(supplier.taken[0]!, { status: "rejected", reason: "finalement non" });
    expect(onDisk("ftp/OUT")).toEqual(["AR_A-2.xml", "AR_A.xml"]);
  });

  test("what a script throws is reported by stop", async () => {
    const decide = vi.fn<() => never>(() => {
      throw new Error("script failed");
    });
    const supplier = await start({ script: { reactionMs: 1, decide } });
    suppliers.delete(supplier);
    await order(await login(supplier), "/IN/a.xml.tmp", "/IN/a.xml", orderXml());
    await vi.waitFor(() => expect(decide).toHaveBeenCalled());
    await expect(supplier.stop()).rejects.toThrow("script failed");
  });
});

describe("counting from the disk", () => {
  test("the same number and version twice is a duplicate, another version is not, and restarts do not forget", async () => {
    const first = await start();
    const client = await login(first);
    await order(client, "/IN/1.tmp", "/IN/1.xml", orderXml({ number: "A" }));
    await order(client, "/IN/2.tmp", "/IN/2.xml", orderXml({ number: "A", version: 2 }));
    await order(client, "/IN/3.tmp", "/IN/3.xml", orderXml({ number: "B" }));
    expect(first.count().duplicates).toEqual([]);
    await first.stop();
    suppliers.delete(first);

    const second = await start();
    const again = await login(second);
    await order(again, "/IN/1.tmp", "/IN/1.xml", orderXml({ number: "A", description: "with other bytes" }));
    await order(again, "/IN/x.tmp", "/IN/x.xml", "nonsense");
    await order(again, "/IN/y.tmp", "/IN/y.xml", "nonsense");
    writeFileSync(join(root, "ftp/IN/late.xml"), orderXml());
    expect(second.count()).toEqual({
      files: 6,
      orderNumbers: ["A", "B"],
      duplicates: [
        { what: "A version 1", files: ["000001-1.xml", "000004-1.xml"] },
        { what: expect.stringMatching(/^bytes [\da-f]{64}$/), files: ["000005-x.xml", "000006-y.xml"] },
      ],
      unreadable: ["000005-x.xml", "000006-y.xml"],
      waiting: ["late.xml"],
      temporary: [],
    });
  });
});
