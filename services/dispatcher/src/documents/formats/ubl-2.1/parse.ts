import type { ReadMessage } from "../../../domain/answers/message.ts";
import { readDocument } from "../../xml-shape.ts";
import { despatchAdvice } from "./despatch-advice.ts";
import { orderResponse, orderResponseSimple } from "./order-response.ts";
import { stockAvailabilityReport } from "./stock-availability.ts";

export const read = (bytes: Uint8Array): ReadMessage =>
  readDocument(bytes, {
    OrderResponseSimple: orderResponseSimple,
    OrderResponse: orderResponse,
    DespatchAdvice: despatchAdvice,
    StockAvailabilityReport: stockAvailabilityReport,
  });
