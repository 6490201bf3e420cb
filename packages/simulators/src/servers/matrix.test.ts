import { expect, test } from "vitest";
import {
  differences,
  matrixTable,
  NOT_TRIED,
  partOf,
  speedTable,
  upstream,
  versionsTable,
  withPart,
  type Cell,
} from "./matrix.ts";

const versions = {
  vsftpd: "3.0.3-13+b2",
  proftpd: "1.3.8+dfsg-4+deb12u5",
  "pure-ftpd": "1.0.50-2.1+b2",
  openssh: "1:9.2p1-2+deb12u10",
};

const cells: readonly Cell[] = [
  { server: "vsftpd", tls: "TLSv1.2", check: "rename onto an existing name", found: "overwrites" },
  { server: "vsftpd", tls: "TLSv1.3", check: "rename onto an existing name", found: "overwrites" },
  { server: "proftpd", tls: "TLSv1.2", check: "rename onto an existing name", found: "overwrites" },
  { server: "proftpd", tls: "TLSv1.3", check: "rename onto an existing name", found: "refused" },
  { server: "openssh", tls: null, check: "rename onto an existing name", found: "refused" },
];

const page = (of: readonly Cell[], at: typeof versions = versions): string => {
  const empty = "# Page\n<!-- matrix --><!-- /matrix -->\nand\n<!-- versions --><!-- /versions -->\nend\n";
  return withPart(withPart(empty, "matrix", matrixTable(of)), "versions", versionsTable(at));
};

test("a row of the matrix has a column for each server, and tells versions of TLS apart where they differ", () => {
  expect(matrixTable(cells)).toBe(
    [
      "|  | vsftpd | ProFTPD | pure-ftpd | OpenSSH sftp |",
      "| --- | --- | --- | --- | --- |",
      "| rename onto an existing name | overwrites | TLS 1.2: overwrites; TLS 1.3: refused | – | refused |",
    ].join("\n"),
  );
});

test.each(
  Object.entries({
    "3.0.3-13+b2": "3.0.3",
    "1.3.8+dfsg-4+deb12u5": "1.3.8",
    "1.0.50-2.1+b2": "1.0.50",
    "1:9.2p1-2+deb12u10": "9.2p1",
  }),
)("the package %s is version %s of its makers", (version, makers) => expect(upstream(version)).toBe(makers));

test("a page that says what was found has no differences, however its table is laid out", () => {
  expect(differences(page(cells).replaceAll(" | ", "   |   "), cells, versions)).toEqual([]);
});

test("what is found otherwise, newly or no more of a server of the written version counts", () => {
  const now = [{ server: "vsftpd", tls: null, check: "another", found: "ok" } as const, ...cells.slice(2)];
  expect(differences(page(cells), now, versions)).toEqual([
    { counts: true, text: 'vsftpd 3.0.3, "rename onto an existing name": written is "overwrites", found was "–"' },
    { counts: true, text: 'vsftpd 3.0.3, "another": written is "nothing", found was "ok"' },
    ...["ProFTPD 1.3.8", "pure-ftpd 1.0.50", "OpenSSH sftp 9.2p1"].map((server) => ({
      counts: true,
      text: `${server}, "another": written is "nothing", found was "–"`,
    })),
  ]);
});

test("another version of a server may differ, and that is told; what could not be tried says nothing", () => {
  const [first, ...rest] = cells;
  const now = [{ ...first!, found: "refused" }, ...rest];
  const newer = { ...versions, vsftpd: "3.0.5-1" };
  expect(differences(page(cells), now, newer)).toEqual([
    { counts: false, text: expect.stringMatching(/^vsftpd 3\.0\.5.*TLS 1\.2: refused; TLS 1\.3: overwrites/) },
  ]);
  expect(differences(page(cells), [...cells.slice(0, 4), { ...cells[4]!, found: NOT_TRIED }], versions)).toEqual([]);
});

test("a part of the page is replaced and the rest stays", () => {
  const changed = withPart(page(cells), "matrix", "new");
  expect(partOf(changed, "matrix").trim()).toBe("new");
  expect(partOf(changed, "versions")).toContain("9.2p1");
  expect(changed).toMatch(/^# Page\n.*\nend\n$/s);
  expect(() => partOf("nothing", "matrix")).toThrow("<!-- matrix -->");
});

test("speeds are written with the ratio of the two", () => {
  expect(speedTable([{ server: "proftpd", tls: "TLSv1.3", kept: 375, each: 4.31 }])).toContain(
    "| ProFTPD, TLS 1.3 | 380 | 4.3 | 87 |",
  );
});
