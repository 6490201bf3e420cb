import type { Logger } from "@soh/shared/logger";
import type { FileNews } from "./poll.ts";

/** A line for each file that was applied; what a person must know is an alert. */
export const logFiles =
  (logger: Logger) =>
  (news: FileNews): void => {
    if (news.kind === "applied") {
      const { supplier, path, fileKind: kind, purchaseOrder, number, status } = news;
      logger.info({
        event: "file.received",
        kind,
        supplier,
        path,
        purchase_order: purchaseOrder,
        number,
        status,
      });
    }
  };
