// The two suppliers as the three who deal with them know them: the configuration (its environment variables), the order
// generator (whose lines, what makes a purchase order wait) and the simulated supplier (folders and file names).
// All of it repeats config/handler.yaml.
import type { GeneratorSupplier, OrderGeneratorOptions } from "@soh/simulators/orders";
import { AGRIEST, FOURNIAL } from "@soh/simulators/supplier";

export const PARTNERS = [
  {
    id: "agriest",
    simulated: AGRIEST,
    variables: "FTP_AGRIEST",
    rules: {
      name: "agriest",
      vendors: ["Agriest", "Kramp"],
      skuPrefixes: ["AGR-"],
      requiresPhone: true,
      shipping: { mapped: ["Standard", "Livraison avec hayon"], unmapped: "hold" },
    },
  },
  {
    id: "fournial",
    simulated: FOURNIAL,
    variables: "FTP_FOURNIAL",
    rules: { name: "fournial", vendors: ["Fournial"], skuPrefixes: ["FOU"] },
  },
] as const satisfies readonly { readonly id: string; readonly rules: GeneratorSupplier; readonly [other: string]: unknown }[];

export const HOLDS: OrderGeneratorOptions["holds"] = { valueOver: 3_000, tags: ["attention"] };

/** Agriest for agriest. */
export function partnerName(id: string): string {
  return PARTNERS.find((one) => one.id === id)?.simulated.name ?? id;
}
