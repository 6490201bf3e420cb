import type { Alert } from "./alerts/alerts.ts";
import type { FileNews } from "./inbound/poll.ts";

/** What a person must know of a supplier's file; undefined for good news. */
export function alertOfFile(news: FileNews): Alert | undefined {
  const { supplier, path } = news;
  const detail = { supplier, path };
  switch (news.kind) {
    case "quarantined":
      return {
        kind: "file.quarantined",
        message: `Supplier ${supplier}: the file ${path} was set aside: ${news.reason.replace(/\.$/, "")}. Nothing of it was applied. Look at it under Dead letters in the console, and ask the supplier.`,
        detail,
      };
    case "not-put-away":
      return {
        kind: "file.not_put_away",
        message: `Supplier ${supplier}: ${path} is done with, and stays there: ${news.reason}. It is not read again; ask the supplier for the right.`,
        detail,
      };
    case "not-touched":
      return {
        kind: "file.not_touched",
        message: `Supplier ${supplier}: ${JSON.stringify(path)} is left alone: ${news.reason}. Others go on; ask the supplier for another name.`,
        detail,
      };
    case "not-given":
      return {
        kind: "file.not_given",
        message: `Supplier ${supplier}: ${path} cannot be read: ${news.reason}. It is tried again with every look; others go on.`,
        detail,
      };
    case "applied": {
      const { number, status, reason, notice, surprise } = news;
      if (notice !== null) {
        return status !== "rejected"
          ? undefined
          : {
              kind: "acknowledgement.too_late",
              message: `Supplier ${supplier}: it is too late for the ${notice} of purchase order ${number}${reason === null ? "" : `: ${reason}`}. The goods come as ordered: agree on a return with the supplier or have the parcel refused, and tell the customer.`,
              detail: { ...detail, number },
            };
      }
      if (status === "rejected" || status === "changed") {
        const verb = status === "rejected" ? "rejects" : "changes";
        const why = reason === null ? "" : `: ${reason}`;
        const besides = surprise === null ? "" : ` Besides, ${surprise}.`;
        return {
          kind: `acknowledgement.${status}`,
          message: `Supplier ${supplier} ${verb} purchase order ${number}${why}. Tell the customer, or order elsewhere.${besides}`,
          detail: { ...detail, number },
        };
      }
      return surprise === null
        ? undefined
        : {
            kind: "acknowledgement.unexpected",
            message: `Supplier ${supplier} acknowledges purchase order ${number} (${path}), though ${surprise}.`,
            detail: { ...detail, number },
          };
    }
  }
}
