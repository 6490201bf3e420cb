import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import type { Address } from "../../../domain/order/order.ts";
import { optional, required, type XmlNode } from "../../xml-write.ts";

/** Undefined where nothing is in it, for UBL forbids empty elements (its rule IND5). */
export const filled = (node: XmlNode): XmlNode | undefined =>
  Object.values(node).some((value) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
    ? node
    : undefined;

/** Schemes by their code in ISO 6523, as Peppol has them too. */
const SIRET = "0009";
const GLN = "0088";

interface Parties {
  readonly buyer: XmlNode;
  readonly seller: XmlNode;
  readonly customer: XmlNode | undefined;
  readonly invoiceTo: XmlNode | undefined;
}

export function parties({ buyer, seller, customer, invoiceTo }: Content): Parties {
  const language = optional(customer.language);
  const name = optional(customer.name);
  const contact = filled({ "cbc:ElectronicMail": optional(customer.email) });
  const endCustomer = filled({
    "cac:PartyName": name === undefined ? undefined : { "cbc:Name": name },
    "cac:Language": language === undefined ? undefined : { "cbc:ID": language },
    "cac:Contact": contact,
  });
  return {
    buyer: { "cbc:SupplierAssignedAccountID": optional(buyer.account), "cac:Party": party(buyer, "buyer.name") },
    seller: { "cac:Party": party(seller, "supplier name") },
    customer: endCustomer && { "cac:Party": endCustomer },
    invoiceTo: invoiceTo === null ? undefined : { "cac:Party": party(invoiceTo, "invoice_to.name") },
  };
}

function party(one: Party, what: string): XmlNode {
  const name = required(one.name, what);
  const vat = optional(one.vat);
  return {
    "cac:PartyIdentification": one.gln === null ? undefined : { "cbc:ID": { "@schemeID": GLN, "#text": one.gln } },
    "cac:PartyName": { "cbc:Name": name },
    "cac:PostalAddress": one.address && partyAddress(one.address),
    "cac:PartyTaxScheme": vat === undefined ? undefined : { "cbc:CompanyID": vat, "cac:TaxScheme": { "cbc:ID": "VAT" } },
    "cac:PartyLegalEntity":
      one.siret === null
        ? undefined
        : { "cbc:RegistrationName": name, "cbc:CompanyID": { "@schemeID": SIRET, "#text": one.siret } },
    "cac:Contact": filled({
      "cbc:Name": optional(one.contact),
      "cbc:Telephone": one.phone,
      "cbc:ElectronicMail": optional(one.email),
    }),
  };
}

/** Undefined where nothing is in it. Company and name stand in it only where no party around it has them. */
const partyAddress = (one: Address): XmlNode | undefined =>
  address({ ...one, marks: { "cbc:MarkAttention": optional(one.name), "cbc:MarkCare": optional(one.company) } });

/** `marks`: what stands between the street and the city. */
export function address(one: Address & { readonly marks?: XmlNode }): XmlNode | undefined {
  const country = optional(one.country);
  return filled({
    "cbc:StreetName": optional(one.street),
    "cbc:AdditionalStreetName": optional(one.street2),
    ...one.marks,
    "cbc:CityName": optional(one.city),
    "cbc:PostalZone": optional(one.zip),
    "cbc:CountrySubentity": optional(one.province),
    "cac:Country": country === undefined ? undefined : { "cbc:IdentificationCode": country },
  });
}
