import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NODE_FLAGS } from "./node-flags.ts";

const root = join(import.meta.dirname, "../../..");
const flags = NODE_FLAGS.join(" ");
const quoted = NODE_FLAGS.map((flag) => `"${flag}"`).join(", ");
const lines = (file: string): readonly string[] => readFileSync(join(root, file), "utf8").split("\n");

test("the images start Node with them", () => {
  const commands = lines("Dockerfile").filter((line) => line.startsWith("CMD "));
  expect(commands).toEqual(["ingest", "dispatcher"].map((name) => `CMD ["node", ${quoted}, "services/${name}/src/main.ts"]`));
  // And compile with them what the images keep.
  const compiling = lines("Dockerfile").filter((line) => line.startsWith("RUN node "));
  expect(compiling.map((line) => line.split(" 2>&1")[0])).toEqual(
    ["ingest", "dispatcher"].map((name) => `RUN node ${flags} services/${name}/src/main.ts`),
  );
  expect(lines("services/dispatcher/bin/soh").filter((line) => line.includes("node "))).toEqual([
    `exec node ${flags} "$(dirname "$0")/../src/cli/main.ts" "$@"`,
  ]);
});

test("the containers' health checks start Node with them", () => {
  const checks =
    lines("docker-compose.yml")
      .join(" ")
      .match(/"node",(?:\s*"--[\w=-]+",)*/g) ?? [];
  expect(checks.map((words) => words.split(/,\s*/).filter(Boolean))).toEqual(
    ["ingest", "dispatcher"].map(() => [`"node"`, ...NODE_FLAGS.map((flag) => `"${flag}"`)]),
  );
});

test("the launcher starts Node and the tests with them", () => {
  expect(lines("scripts/run.mjs")).toContain(`const NODE_FLAGS = [${quoted}];`);
  expect(process.execArgv).toEqual(expect.arrayContaining([...NODE_FLAGS]));
});

test("this Node knows them", () => {
  const { status, stderr } = spawnSync(process.execPath, [...NODE_FLAGS, "--eval", ""], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
