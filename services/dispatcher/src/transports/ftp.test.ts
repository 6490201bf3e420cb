import { Secret } from "@soh/shared/config";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { NotSent } from "../domain/failure.ts";
import { connectFtp } from "./ftp.ts";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

test.each([
  ["says nothing at all", () => undefined],
  [
    "greets, accepts AUTH TLS and then stalls in the handshake",
    (line: string) => (line.startsWith("AUTH") ? "234 go on\r\n" : undefined),
  ],
])("a server that %s is given up in time", async (_what, answer) => {
  server = createServer((socket) => {
    socket.on("error", () => {});
    if (answer("AUTH") !== undefined) {
      socket.write("220 hello\r\n");
    }
    socket.on("data", (data) => {
      const reply = answer(data.toString("latin1"));
      if (reply !== undefined) {
        socket.write(reply);
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const connecting = connectFtp({
    kind: "ftps",
    mode: "explicit",
    host: "127.0.0.1",
    port,
    user: "u",
    password: new Secret("p"),
    trust: { by: "authority", ca: null },
    minTls: "TLSv1.2",
    maxTls: "TLSv1.3",
    separateTransferHost: false,
    encoding: "utf-8",
    connections: 1,
    connectionsPerMinute: null,
    timeoutMs: 300,
  });
  await expect(connecting).rejects.toThrow(NotSent);
});
