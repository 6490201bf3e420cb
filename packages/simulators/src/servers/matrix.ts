// What was found out about each server, as a table that people read and a later run is compared with.
import { serverKinds, type ServerKind, type TlsVersion } from "./recipe.ts";

/** One finding. */
export interface Cell {
  readonly server: ServerKind;
  /** Null: SSH. */
  readonly tls: TlsVersion | null;
  readonly check: string;
  /** What happens, in a few words. */
  readonly found: string;
}

/** What a cell says when this machine cannot try it: nothing about the server. */
export const NOT_TRIED = "not tried here";

export interface Speed {
  readonly server: ServerKind;
  readonly tls: TlsVersion | null;
  /** Files a second, in one kept session. */
  readonly kept: number;
  /** With a connection for each file. */
  readonly each: number;
}

export type Versions = Readonly<Partial<Record<ServerKind, string>>>;

const TITLES: Readonly<Record<ServerKind, string>> = {
  vsftpd: "vsftpd",
  proftpd: "ProFTPD",
  "pure-ftpd": "pure-ftpd",
  openssh: "OpenSSH sftp",
};

const tlsText = (tls: TlsVersion | null): string => (tls === null ? "SSH" : tls.replace("TLSv", "TLS "));

/** A row for each check, a column for each server; what differs between versions of TLS is said. */
export function matrixTable(cells: readonly Cell[]): string {
  const checks = [...new Set(cells.map((cell) => cell.check))];
  return table(
    ["", ...serverKinds.map((kind) => TITLES[kind])],
    checks.map((check) => [
      check,
      ...serverKinds.map((kind) => cellText(cells.filter((one) => one.check === check && one.server === kind))),
    ]),
  );
}

function cellText(cells: readonly Cell[]): string {
  const found = new Set(cells.map((cell) => cell.found));
  return found.size > 1 ? cells.map((cell) => `${tlsText(cell.tls)}: ${cell.found}`).join("; ") : ([...found][0] ?? "–");
}

export function versionsTable(versions: Versions): string {
  return table(
    ["", "version", "package"],
    serverKinds.map((kind) => [TITLES[kind], upstream(versions[kind] ?? ""), versions[kind] ?? ""]),
  );
}

/** Of a package's version, what its makers call it: without the distribution's own numbers. */
export const upstream = (version: string): string => /^(?:\d+:)?([0-9][0-9a-z.]*)/.exec(version)?.[1] ?? version;

export function speedTable(speeds: readonly Speed[]): string {
  return table(
    ["files a second", "one kept session", "a connection for each file", "ratio"],
    speeds.map(({ server, tls, kept, each }) => [
      `${TITLES[server]}, ${tlsText(tls)}`,
      rounded(kept),
      rounded(each),
      (kept / each).toFixed(0),
    ]),
  );
}

/** Two digits are all that a measurement is good for. */
const rounded = (value: number): string => String(Number(value.toPrecision(2)));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.map((text) => text.replaceAll("|", "/")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The rows of a Markdown table without its head, spaces around cells removed. */
function rowsOf(markdown: string): readonly (readonly string[])[] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(2);
}

/** Parts of a document between `<!-- NAME -->` and `<!-- /NAME -->`. Throws when it has none of that name. */
export function partOf(document: string, name: string): string {
  const [, part] = bounds(document, name);
  return part;
}

export function withPart(document: string, name: string, text: string): string {
  const [before, , after] = bounds(document, name);
  return `${before}\n\n${text}\n\n${after}`;
}

function bounds(document: string, name: string): readonly [string, string, string] {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin) + begin.length, document.indexOf(end)];
  if (from < begin.length || to < from) {
    throw new Error(`the document has no part between ${begin} and ${end}`);
  }
  return [document.slice(0, from), document.slice(from, to), document.slice(to)];
}

export interface Difference {
  /** Of a server of the very version that is written down: the document is wrong, or the server's line is. */
  readonly counts: boolean;
  readonly text: string;
}

/** What the document says and this run does not, or the other way round. */
export function differences(document: string, cells: readonly Cell[], versions: Versions): readonly Difference[] {
  const written = new Map(rowsOf(partOf(document, "matrix")).map(([check = "", ...rest]) => [check, rest]));
  const found = new Map(rowsOf(matrixTable(cells)).map(([check = "", ...rest]) => [check, rest]));
  const writtenVersions = new Map(rowsOf(partOf(document, "versions")).map(([title = "", version = ""]) => [title, version]));
  return [...new Set([...written.keys(), ...found.keys()])].flatMap((check) =>
    serverKinds.flatMap((kind, index) => {
      const [says, is] = [written.get(check)?.[index] ?? "nothing", found.get(check)?.[index] ?? "nothing"];
      if (says === is || says.includes(NOT_TRIED) || is.includes(NOT_TRIED)) {
        return [];
      }
      const counts = writtenVersions.get(TITLES[kind]) === upstream(versions[kind] ?? "");
      return [
        {
          counts,
          text: `${TITLES[kind]} ${upstream(versions[kind] ?? "")}, "${check}": written is "${says}", found was "${is}"`,
        },
      ];
    }),
  );
}
