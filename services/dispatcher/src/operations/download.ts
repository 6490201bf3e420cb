import type { FastifyReply } from "fastify";
import { DOWNLOAD_POLICY } from "./headers.ts";

/** Sends bytes to be saved, exactly as they are. The name is reduced to characters that are harmless everywhere. */
export function download(
  reply: FastifyReply,
  file: { readonly name: string; readonly bytes: Uint8Array; readonly mediaType?: string },
): FastifyReply {
  const name = file.name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "") || "file";
  return reply
    .type(file.mediaType ?? "application/octet-stream")
    .header("content-disposition", `attachment; filename="${name.slice(-150)}"`)
    .header("content-security-policy", DOWNLOAD_POLICY)
    .send(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength));
}

/** The name under which a version of a purchase order's document is saved. */
export function documentName(document: {
  readonly number: string | null;
  readonly id: string;
  readonly version: number;
  readonly mediaType: string;
}): string {
  const extension = /\/(?:.*\+)?([a-z0-9]+)/.exec(document.mediaType)?.[1] ?? "txt";
  return `${document.number ?? document.id}-v${document.version}.${extension === "plain" ? "txt" : extension}`;
}
