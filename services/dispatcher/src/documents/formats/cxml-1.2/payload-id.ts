// The name of one document, unique for ever and the same each time that it is written. Answers refer to it.
import type { Content } from "../../../domain/purchase-order/content.ts";

const HOST = "shopify-order-handler";
const OURS = new RegExp(`^\\d+\\.(.+)\\.v(\\d{1,9})\\.(?:original|replacement|change|cancellation)@${HOST}$`);

export const payloadId = (content: Pick<Content, "number" | "version" | "purpose" | "issuedAt">): string =>
  `${content.issuedAt}.${content.number}.v${content.version}.${content.purpose}@${HOST}`;

/** What one of ours names; undefined for another's. */
export function readPayloadId(id: string): { readonly purchaseOrder: string; readonly version: number } | undefined {
  const [, purchaseOrder, version] = OURS.exec(id) ?? [];
  return purchaseOrder === undefined || version === undefined ? undefined : { purchaseOrder, version: Number(version) };
}
