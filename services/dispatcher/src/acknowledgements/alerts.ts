// What people are told of a supplier's answer.
import type { Alert } from "../alerts/alerts.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import type { NoticePurpose } from "../domain/answers/notice.ts";

export interface Answered {
  readonly supplier: string;
  /** Of the file, as the supplier named it. */
  readonly path: string;
  readonly number: string;
  readonly status: AcknowledgementStatus;
  readonly reason: string | null;
  /** It answers a notice, not the purchase order. */
  readonly notice: NoticePurpose | null;
  /** Why a person should know, although it was applied. */
  readonly surprise: string | null;
}

/** Undefined for good news. */
export function alertOfAnswer(answered: Answered): Alert | undefined {
  const { supplier, path, number, status, reason, notice, surprise } = answered;
  const detail = { supplier, path };
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
