// How many bytes of webhooks the process holds, and may hold. When Redis hangs, what was sent to it stays in memory
// until it answers or the connection is given up; without this bound a busy hour fills the memory.

/**
 * Counted for each webhook besides its body: headers, sockets, promises and the job around an empty body. It bounds the
 * number of webhooks as well as their bytes.
 */
const OVERHEAD_BYTES = 8 * 1024;

export interface Hold {
  /** Counts that many more bytes; false, and counts nothing, where that would pass the bound. */
  take(bytes: number): boolean;
  /** Gives all back. Any number of times. */
  release(): void;
}

export interface InFlight {
  bytes(): number;
  /** Opens the account of one webhook; undefined where not even that fits. */
  open(): Hold | undefined;
}

export function createInFlight(maxBytes: number): InFlight {
  let total = 0;
  return {
    bytes: () => total,
    open() {
      let mine = 0;
      const hold: Hold = {
        take(bytes) {
          if (total + bytes > maxBytes) {
            return false;
          }
          total += bytes;
          mine += bytes;
          return true;
        },
        release() {
          total -= mine;
          mine = 0;
        },
      };
      return hold.take(OVERHEAD_BYTES) ? hold : undefined;
    },
  };
}
