// A TCP proxy that can stop passing anything on without closing a connection, as a firewall does that has forgotten it:
// both sides believe that the other is there, and hear nothing.
//
//   client ──▶ proxy ──▶ server      frozen: what arrives stays in the sockets, on open connections and on new ones
//                                    thawed "late": it arrives after all; "never": those connections stay silent for good
//
// It can also lose one answer, with the connection that it came on: what was asked for is done, and who asked never hears so.
import { createServer, connect, type Socket } from "node:net";

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** From now on nothing passes, until `thaw`. */
  freeze(): void;
  /** Connections made from now on pass. Of the frozen ones, what was held back arrives late, or never does. */
  thaw(heldBack: "late" | "never"): void;
  /**
   * The first that the server says once `when` holds does not pass, and that connection is closed on both sides; once.
   * Encryption changes nothing: what is done at the server is seen by `when`, and its answer comes after.
   */
  loseAnswer(when: () => boolean): void;
  /** Closes everything. */
  stop(): Promise<void>;
}

/** Throws when the port is taken. */
export async function startFaultProxy(options: {
  readonly to: { readonly host: string; readonly port: number };
  /** A free one unless given. */
  readonly port?: number;
}): Promise<FaultProxy> {
  const { to } = options;
  const host = "127.0.0.1";
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Pairs that will never pass anything again. */
  const dead = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let toLose: (() => boolean) | undefined;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...to, allowHalfOpen: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, other] of [pair, [upstream, client]] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes) => {
        if (from === upstream && toLose?.() === true) {
          toLose = undefined;
          pair.forEach((socket) => socket.destroy());
          return;
        }
        other.write(bytes);
      });
      from.on("end", () => other.end());
      from.on("error", () => from.destroy());
      from.on("close", () => {
        // A frozen connection keeps even its end to itself.
        if (!frozen && !dead.has(pair)) {
          other.destroy();
          pairs.delete(pair);
        }
      });
      if (frozen) {
        from.pause();
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();

  return {
    host,
    port: typeof address === "object" && address !== null ? address.port : 0,

    freeze() {
      frozen = true;
      pairs.forEach((pair) => pair.forEach((socket) => socket.pause()));
    },

    thaw(heldBack) {
      frozen = false;
      for (const pair of pairs) {
        if (heldBack === "never") {
          dead.add(pair);
        } else if (!dead.has(pair)) {
          pair.forEach((socket) => socket.resume());
        }
      }
    },

    loseAnswer: (when) => void (toLose = when),

    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      frozen = false;
      dead.clear();
      pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
      await closed;
    },
  };
}
