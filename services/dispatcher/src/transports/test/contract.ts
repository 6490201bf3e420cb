// What every transport promises, as one suite for every kind and every server: the simulators, a directory, and real servers.
// A server is described by how to connect to it, where its folder lies on disk, and what can be done to it.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import type { SupplierSession } from "../transport.ts";
import { faults } from "./contract-faults.ts";
import { filesAndFolders } from "./contract-files.ts";
import type { ContractServer } from "./contract-suite.ts";

/** Registers the suite. `start` is called once, before all of it. */
export function transportContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`${name} keeps the contract of transports`, () => {
    let server: ContractServer;
    let session: SupplierSession;
    let folder = "";
    let folders = 0;

    beforeAll(async () => {
      server = await start();
      session = await server.connect();
    });
    afterAll(async () => {
      session?.close();
      await server?.stop();
    });
    beforeEach(async () => {
      folder = newFolder();
      if (session.closed()) {
        session = await server.connect();
      }
    });

    const onDisk = (path: string): string => join(server.root, path);
    const newFolder = (): string => {
      const path = `/contract-${++folders}`;
      mkdirSync(onDisk(path));
      chmodSync(onDisk(path), 0o777); // The server may run as somebody else.
      return path;
    };
    const at = (file: string): string => `${folder}/${file}`;
    const suite = {
      server: () => server,
      session: () => session,
      reconnect: async () => {
        session = await server.connect();
      },
      folder: () => folder,
      newFolder,
      at,
      onDisk,
      put: (file: string, content: string | Uint8Array) => writeFileSync(onDisk(at(file)), content),
    };
    filesAndFolders(suite);
    faults(suite);
  });
}
