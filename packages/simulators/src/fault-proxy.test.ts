import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";

let server: Server;
let proxy: FaultProxy;
/** What the server heard, in the order of its connections. */
let heard: string[];
let sockets: Socket[];

beforeEach(async () => {
  heard = [];
  sockets = [];
  server = createServer((socket) => {
    const index = heard.push("") - 1;
    sockets.push(socket.on("error", () => {}));
    socket.on("data", (bytes) => {
      heard[index] += String(bytes);
      socket.write(`${String(bytes)}!`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  proxy = await startFaultProxy({ to: { host: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 } });
});

afterEach(async () => {
  await proxy.stop();
  sockets.forEach((socket) => socket.destroy());
  server.close();
});

async function client(): Promise<Socket> {
  const socket = connect(proxy.port, proxy.host).on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

async function answerTo(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, "data");
  socket.write(text);
  return String((await answer)[0]);
}

test("bytes pass in both directions, and an end passes too", async () => {
  const socket = await client();
  expect(await answerTo(socket, "hello")).toBe("hello!");
  socket.end();
  await once(socket, "close");
});

test("frozen, nothing passes and nothing is closed; what was held back arrives when it is thawed late", async () => {
  const socket = await client();
  await answerTo(socket, "before ");
  proxy.freeze();
  const answer = once(socket, "data");
  socket.write("held back");
  const other = await client();
  other.write("held back too");
  const otherAnswer = once(other, "data");
  // Two round trips to the server itself: what could pass would have passed by now.
  const direct = connect(proxyTarget(), "127.0.0.1");
  sockets.push(direct);
  await answerTo(direct, "a");
  await answerTo(direct, "b");
  expect(heard.filter((text) => text.includes("held"))).toEqual([]);
  expect([socket.destroyed, other.destroyed]).toEqual([false, false]);

  proxy.thaw("late");
  expect(String((await answer)[0])).toBe("held back!");
  expect(String((await otherAnswer)[0])).toBe("held back too!");
});

test("thawed without what was held back, frozen connections stay silent and new ones pass", async () => {
  const socket = await client();
  await answerTo(socket, "before ");
  proxy.freeze();
  socket.write("lost");
  proxy.thaw("never");
  const other = await client();
  expect(await answerTo(other, "new")).toBe("new!");
  expect(heard.join("")).not.toContain("lost");
  expect(socket.destroyed).toBe(false);
});

test("one answer is lost with its connection, the first after what was asked for is done; the next connection is well", async () => {
  const socket = await client();
  proxy.loseAnswer(() => heard[0] === "first second ");
  expect(await answerTo(socket, "first ")).toBe("first !");
  let more = "";
  socket.on("data", (bytes) => (more += String(bytes)));
  socket.write("second ");
  await once(socket, "close");
  expect([heard[0], more]).toEqual(["first second ", ""]);
  const other = await client();
  expect(await answerTo(other, "third")).toBe("third!");
});

const proxyTarget = (): number => {
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
};
