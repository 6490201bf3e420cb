// Who buys, who sells, who is invoiced: names, identifiers, addresses.
import { z } from "zod";
import type { Party } from "../../domain/supplier/party.ts";
import type { Address } from "../../domain/order/order.ts";
import { country } from "./scalars.ts";

const phone = z.string().regex(/^\+[0-9]{4,15}$/, "expected a phone number in E.164, such as +33300000000");

const address = z
  .strictObject({
    street: z.string().min(1),
    street2: z.string().optional(),
    zip: z.string().min(1),
    city: z.string().min(1),
    province: z.string().optional(),
    country,
  })
  .transform((one): Address => ({
    company: null,
    name: null,
    ...one,
    street2: one.street2 ?? null,
    province: one.province ?? null,
  }));

/** `name` may be left out where the supplier's own name stands for it. */
export const partyShape = {
  siret: z
    .string()
    .regex(/^\d{14}$/, "expected the 14 digits of a SIRET")
    .optional(),
  vat: z.string().min(4).optional().describe("VAT number, such as FR12345678901."),
  gln: z
    .string()
    .regex(/^\d{13}$/, "expected the 13 digits of a GLN")
    .optional(),
  contact: z.string().min(1).optional().describe("Whom to ask."),
  phone: phone.optional(),
  email: z.string().min(3).optional(),
  address: address.optional(),
};
export const party = z.strictObject({ name: z.string().min(1).describe("The legal name."), ...partyShape }).transform(asParty);

function asParty(
  one: { readonly name: string } & { readonly [Key in keyof Omit<Party, "name">]?: Party[Key] | undefined },
): Party {
  return {
    name: one.name,
    siret: one.siret ?? null,
    vat: one.vat ?? null,
    gln: one.gln ?? null,
    contact: one.contact ?? null,
    phone: one.phone ?? null,
    email: one.email ?? null,
    address: one.address ?? null,
  };
}

export const buyerSchema = party.describe("Who orders from the suppliers, and whom they invoice.");
