// A server that refuses a transfer as ProFTPD does: the data connection is reset, and the reply says why.
import { createServer, type Server, type Socket } from "node:net";
import { Secret } from "@soh/shared/config";
import { afterEach, expect, test } from "vitest";
import { FolderRefused, NotSent } from "../domain/delivery/failure.ts";
import { connectFtp } from "./ftp.ts";
import { limits } from "./test/simulated.ts";

const servers: Server[] = [];
afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
});

const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
};

/** What each command is answered with; STOR is the test's own affair. */
const REPLIES: Readonly<Record<string, string>> = {
  USER: "331 password",
  PASS: "230 in",
  FEAT: "500 none",
  TYPE: "200 ok",
  STRU: "200 ok",
  OPTS: "200 ok",
  CWD: "250 ok",
};

/** Plain FTP. `stor` answers an upload: with the control and the data connection. */
async function session(stor: (control: Socket, data: Socket) => void): ReturnType<typeof connectFtp> {
  const port = await listen(
    createServer((control) => {
      let data: Promise<Socket> | undefined;
      control.on("error", () => {});
      control.write("220 hello\r\n");
      control.on("data", (bytes) => {
        void (async () => {
          const verb = bytes.toString("latin1").split(/[ \r]/)[0] ?? "";
          if (verb === "EPSV") {
            const { promise, resolve } = Promise.withResolvers<Socket>();
            data = promise;
            const door = await listen(createServer((socket) => resolve(socket.on("error", () => {}))));
            control.write(`229 Entering Extended Passive Mode (|||${door}|)\r\n`);
          } else if (verb === "STOR" && data !== undefined) {
            stor(control, await data);
          } else {
            control.write(`${REPLIES[verb] ?? "502 no"}\r\n`);
          }
        })();
      });
    }),
  );
  return await connectFtp({
    ...limits,
    kind: "ftp",
    port,
    user: "u",
    password: new Secret("p"),
    separateTransferHost: false,
    rename: null,
    encoding: "utf-8",
  });
}

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

test("a reply that comes after the data connection was reset is heard, and the session goes on", async () => {
  const one = await session((control, data) => {
    data.resetAndDestroy();
    data.once("close", () => control.write("550 /IN: Permission denied\r\n"));
  });
  const error = await failureOf(one.store("/IN/file", Buffer.from("x")));
  expect(error).toBeInstanceOf(FolderRefused);
  expect(String(error)).toContain("Permission denied");
  expect(one.closed()).toBe(false);
  await one.enter("/IN");
  one.close();
});

test("a data connection that is reset and never explained ends the session within a second or two", async () => {
  const one = await session((_control, data) => data.resetAndDestroy());
  const error = await failureOf(one.store("/IN/file", Buffer.from("x")));
  expect(error).toBeInstanceOf(NotSent);
  expect(error).not.toBeInstanceOf(FolderRefused);
  expect(one.closed()).toBe(true);
});

test("one that is reset in the midst of its transfer ends the session at once: its reply must not answer the next command", async () => {
  const one = await session((control, data) => {
    control.write("150 go on\r\n");
    data.once("data", () => {
      data.resetAndDestroy();
      data.once("close", () => control.write("452 disk full\r\n"));
    });
  });
  const error = await failureOf(one.store("/IN/file", Buffer.alloc(5_000_000)));
  expect(error).toBeInstanceOf(NotSent);
  expect(one.closed()).toBe(true);
});
