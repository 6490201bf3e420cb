import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { personalDataIn } from "./evidence.ts";

test("a log that says who a customer is is found, however it writes that, and what it said is not said again", () => {
  const file = join(mkdtempSync(join(tmpdir(), "soh-log-")), "dispatcher.log");
  writeFileSync(file, '{"msg":"called \\"La Ferme\\""}\n{"err":{"message":"+33612345678"}}\n{"order":"#1003"}\n');
  const orders = [
    { name: "#1001", unsaid: new Set(['"La Ferme"']) },
    { name: "#1002", unsaid: new Set(["a@example.com", "+33612345678"]) },
    { name: "#1003", unsaid: new Set(["Jean Martin"]) },
  ];
  expect(personalDataIn(file, orders)).toEqual([
    `#1001: ${file} says who the customer is`,
    `#1002: ${file} says who the customer is`,
  ]);
});
