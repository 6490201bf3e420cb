import type { IncomingMessage } from "node:http";
import type { Hold } from "./in-flight.ts";

export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  /** Larger than `maxBytes`, by its Content-Length or by what came. */
  | { readonly kind: "too_large"; readonly size: number }
  /** The process holds as many bytes as it may. */
  | { readonly kind: "no_room"; readonly size: number }
  /** The sender went away, or was too slow and was disconnected. */
  | { readonly kind: "cut_off"; readonly size: number };

/**
 * Reads the raw bytes, counting each chunk before it is kept. What comes after a refusal is thrown away unread instead
 * of closing the connection: a sender in the middle of a body could not read the answer.
 */
export function readBody(request: IncomingMessage, options: { readonly maxBytes: number; readonly hold: Hold }): Promise<Body> {
  const { maxBytes, hold } = options;
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maxBytes) {
    return Promise.resolve({ kind: "too_large", size: declared });
  }
  if (request.destroyed) {
    return Promise.resolve({ kind: "cut_off", size: 0 });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (body: Body): void => {
      request.off("data", keep);
      request.resume();
      chunks.length = 0;
      resolve(body);
    };
    const keep = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        end({ kind: "too_large", size });
      } else if (!hold.take(chunk.length)) {
        end({ kind: "no_room", size });
      } else {
        chunks.push(chunk);
      }
    };
    request.on("data", keep);
    request.on("end", () => end({ kind: "whole", bytes: Buffer.concat(chunks) }));
    request.on("error", () => end({ kind: "cut_off", size }));
    request.on("close", () => end({ kind: "cut_off", size }));
  });
}
