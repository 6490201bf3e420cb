// The contract's part on what goes wrong.
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FolderRefused, NotSent, OutcomeUnknown, Refused } from "../../domain/delivery/failure.ts";
import type { SupplierSession } from "../transport.ts";
import { everyByte, failure, fiveMegabytes, interruptions, operations, type Operation, type Suite } from "./contract-suite.ts";

/** Milliseconds of silence that a test waits for. */
const PATIENCE_MS = 400;

export function faults({ server, session, reconnect, folder, at, onDisk, put }: Suite): void {
  test("a closed session does nothing any more", async () => {
    const other = await server().connect();
    other.close();
    expect(other.closed()).toBe(true);
    expect(await failure(other.enter(folder()))).toBeInstanceOf(NotSent);
    expect(await failure(other.store(at("file"), everyByte))).toBeInstanceOf(NotSent);
    expect(readdirSync(onDisk(folder()))).toEqual([]);
  });

  test("a wrong password is refused, and no reason to try again", async ({ skip }) => {
    skip(!server().can.refuseLogin, "there is no login");
    expect(await failure(server().connect({ password: "wrong" }))).toBeInstanceOf(Refused);
  });

  test("a server that is not the one we trust is refused", async ({ skip }) => {
    skip(server().fingerprint === "none", "it shows nothing to be recognised by");
    expect(await failure(server().connect({ trust: "wrong" }))).toBeInstanceOf(Refused);
  });

  test("nobody answers: not sent", async ({ skip }) => {
    const undo = (await server().can.goDown?.()) ?? skip("it cannot go down");
    try {
      expect(await failure(server().connect({ timeoutMs: PATIENCE_MS }))).toBeInstanceOf(NotSent);
    } finally {
      await undo();
    }
  });

  test("a full disk: not sent, and nobody takes the short file for a whole one", async ({ skip }) => {
    const undo = (await server().can.fillDisk?.()) ?? skip("its disk cannot be filled");
    try {
      await session().enter(folder());
      const error = await failure(session().store(at("large.tmp"), fiveMegabytes));
      expect(error).toBeInstanceOf(NotSent);
      expect(error).not.toBeInstanceOf(FolderRefused);
      if (session().closed()) {
        await reconnect();
      }
      expect(await session().size(at("large.tmp"))).not.toBe(fiveMegabytes.byteLength);
    } finally {
      await undo();
    }
  });

  test("a server that hides a full disk is found out: by storing, or by the size", async ({ skip }) => {
    const undo = server().can.lieAboutFullDisk?.() ?? skip("it cannot be made to lie");
    try {
      await session().enter(folder());
      const error = await session()
        .store(at("large.tmp"), fiveMegabytes)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      const foundOut = error instanceof NotSent || (await session().size(at("large.tmp"))) !== fiveMegabytes.byteLength;
      expect(foundOut).toBe(true);
    } finally {
      await undo();
    }
  });

  test("a folder that may not be written to is refused, not a failure of the server", async ({ skip }) => {
    const undo = (await server().can.makeReadOnly?.(folder())) ?? skip("its folder cannot be made read-only");
    try {
      await session().enter(folder());
      expect(await failure(session().store(at("file"), everyByte))).toBeInstanceOf(FolderRefused);
    } finally {
      await undo();
    }
    expect(readdirSync(onDisk(folder()))).toEqual([]);
  });

  describe.each(operations)("%s", (operation) => {
    test.for(interruptions)("meets %s", async (how, { skip }) => {
      skip(operation === "connect" && how === "cut-after", "a connection that is made is a session");
      const interrupt = server().can.interrupt ?? skip("it cannot be interrupted");
      put("there", "there");
      const mine = await server().connect({ timeoutMs: PATIENCE_MS });
      await mine.enter(folder());
      const undo = interrupt(operation, how);
      const started = performance.now();
      try {
        const error = await failure(
          operation === "connect" ? server().connect({ timeoutMs: PATIENCE_MS }) : carryOut(mine, operation),
        );
        expect(error).toBeInstanceOf(operation === "rename" ? OutcomeUnknown : NotSent);
        expect(error).not.toBeInstanceOf(FolderRefused);
        expect(error instanceof Error && error.cause).toBeDefined();
        expect(performance.now() - started).toBeLessThan(PATIENCE_MS * 8);
      } finally {
        await undo();
        mine.close();
      }
    });
  });

  const carryOut = (one: SupplierSession, operation: Exclude<Operation, "connect">): Promise<unknown> => {
    switch (operation) {
      case "enter":
        return one.enter("/");
      case "store":
        return one.store(at("stored"), everyByte);
      case "size":
        return one.size(at("there"));
      case "read":
        return one.read(at("there"));
      case "rename":
        return one.rename(at("there"), at("renamed"));
      case "list":
        return one.list(folder());
      case "makeFolder":
        return one.makeFolder(at("made"));
    }
  };
}
