// Every listener and socket that is open, so that stopping leaves none behind.
import { once } from "node:events";
import { Server, type Socket } from "node:net";

export interface OpenHandles {
  add<H extends Socket | Server>(handle: H): H;
  /** Closes all of them, at once and without courtesy; resolves when the last one is closed. */
  closeAll(): Promise<void>;
}

export function createOpenHandles(): OpenHandles {
  const open = new Set<Socket | Server>();
  let whenEmpty: (() => void) | undefined;

  return {
    add(handle) {
      open.add(handle);
      handle.once("close", () => {
        open.delete(handle);
        if (open.size === 0) {
          whenEmpty?.();
        }
      });
      return handle;
    },
    async closeAll() {
      const emptied = new Promise<void>((resolve) => (whenEmpty = resolve));
      for (const handle of open) {
        if (handle instanceof Server) {
          handle.close();
        } else {
          handle.destroy();
        }
      }
      if (open.size > 0) {
        await emptied;
      }
    },
  };
}

/** Starts listening and says on which port; 0 takes a free one. Throws when the port is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new TypeError(`no port to listen on at ${host}`);
  }
  return address.port;
}
