// What people are told of a supplier.
import type { Alert } from "../alerts/alerts.ts";

export const alertOfPause = (supplier: string, reason: string): Alert => ({
  kind: "supplier.paused",
  message: `Supplier ${supplier} is paused: ${reason}. Nothing is sent to it until this is mended; then run \`npm run soh -- resume ${supplier}\`.`,
  detail: { supplier },
});

/** `why`: what of its connection is not secure. */
export const alertOfInsecurity = (supplier: string, why: string): Alert => ({
  kind: "supplier.insecure",
  message: `Supplier ${supplier}: ${why}. Its configuration accepts that (transport.insecure); ask the supplier for FTPS with a certificate, or SFTP.`,
  detail: { supplier },
});
