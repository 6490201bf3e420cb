// What a supplier's file says, in whatever format it came.
import type { Acknowledgement } from "./acknowledgement.ts";
import type { DespatchAdvice } from "./despatch.ts";
import type { StockReport } from "./stock.ts";

export type Message =
  | { readonly kind: "acknowledgement"; readonly acknowledgement: Acknowledgement }
  | { readonly kind: "despatch-advice"; readonly despatchAdvice: DespatchAdvice }
  | { readonly kind: "stock-report"; readonly stockReport: StockReport };

export type ReadMessage = { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly reason: string };
