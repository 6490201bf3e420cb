// A file is admitted to this package only if both services import it today and it would be a production bug if their
// copies differed. The first half is checked here; the second is a reviewer's.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

const root = join(import.meta.dirname, "../../..");
const sourcesOf = (folder: string) => globSync(join(root, folder, "src/**/*.ts")).filter((file) => !file.endsWith(".test.ts"));

describe("packages/shared", () => {
  const files = sourcesOf("packages/shared");

  it("says how large it is, and exports each of its files by its own subpath", () => {
    const lines = files.map((file) => readFileSync(file, "utf8").trimEnd().split("\n").length);
    const total = lines.reduce((sum, count) => sum + count, 0);
    process.stdout.write(`packages/shared/src: ${files.length} files, ${total} lines\n`);
    const expected = files.map((file) => basename(file, ".ts")).map((name) => [`./${name}`, `./src/${name}.ts`]);
    expect(manifest.exports).toEqual(Object.fromEntries(expected));
  });

  it.each(["services/ingest", "services/dispatcher"])("has every subpath imported by %s", (service) => {
    const imports = sourcesOf(service).flatMap(
      (file) => readFileSync(file, "utf8").match(/(?<=from "@soh\/shared)\/[^"]+/g) ?? [],
    );
    const missing = Object.keys(manifest.exports).filter((subpath) => !imports.includes(subpath.slice(1)));
    expect(missing).toEqual([]);
  });
});
