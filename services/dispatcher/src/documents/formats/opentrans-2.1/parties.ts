// PARTIES: each party has an id, by which the order refers to it, a role and an address.
import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import type { Address } from "../../../domain/order/order.ts";
import { optional, type XmlNode } from "../../xml-write.ts";
import { bounded, mandatory, typed } from "./bounds.ts";
import { countries } from "./codes.ts";

/** The elements PARTIES and ORDER_PARTIES_REFERENCE. */
export function parties(content: Content): { readonly list: XmlNode; readonly references: XmlNode } {
  const { buyer, invoiceTo, seller, customer, deliverTo, shipping } = content;
  const own = (what: string) => ids([["buyer_specific", `${content.number}-${what}`]], `number with -${what}`);

  const buyerIds = companyIds(buyer, "buyer", {
    otherwise: "party_specific",
    account: buyer.account,
    accountAtCarrier: shipping?.account ?? null,
  });
  const sellerIds = companyIds(seller, "supplier", { otherwise: "buyer_specific" });
  const invoiceIds = invoiceTo && companyIds(invoiceTo, "invoice_to", { otherwise: "buyer_specific" });
  const deliveryIds = deliverTo && own("delivery");
  const pickupIds = some(ids([["carrier", content.pickupPoint]], "pickup point"));
  const carrierIds = some(ids([["buyer_specific", shipping?.carrier ?? null]], "shipping.carrier"));
  const isCustomerKnown = optional(customer.name) !== undefined || optional(customer.email) !== undefined;

  const deliveryReference = (deliveryIds ?? pickupIds)?.[0];
  return {
    list: {
      PARTY: [
        party("buyer", buyerIds, company(buyer, "buyer")),
        party("supplier", sellerIds, company(seller, "supplier")),
        invoiceTo && invoiceIds && party("invoice_recipient", invoiceIds, company(invoiceTo, "invoice_to")),
        deliverTo && deliveryIds && party("delivery", deliveryIds, delivery(deliverTo, customer.name)),
        pickupIds && party("final_delivery", pickupIds, undefined),
        isCustomerKnown
          ? party("customer", own("customer"), {
              "bme:NAME": bounded("customer.name", customer.name, 50),
              "bme:EMAIL": bounded("customer.email", customer.email, 255),
            })
          : undefined,
        carrierIds && party("deliverer", carrierIds, { "bme:NAME": bounded("shipping.carrier", shipping?.carrier ?? null, 50) }),
      ],
    },
    references: {
      "bme:BUYER_IDREF": buyerIds[0],
      "bme:SUPPLIER_IDREF": sellerIds[0],
      INVOICE_RECIPIENT_IDREF: invoiceIds?.[0],
      // Without a place of delivery the schema has none for the others either; their parties' roles remain.
      SHIPMENT_PARTIES_REFERENCE: deliveryReference && {
        DELIVERY_IDREF: deliveryReference,
        FINAL_DELIVERY_IDREF: pickupIds?.[0],
        DELIVERER_IDREF: carrierIds?.[0],
      },
    },
  };
}

type Ids = readonly XmlNode[];

const party = (role: string, partyIds: Ids, address: XmlNode | undefined): XmlNode => ({
  "bme:PARTY_ID": partyIds,
  PARTY_ROLE: role,
  ADDRESS: address,
});

const ids = (of: readonly (readonly [type: string, id: string | null])[], field: string): Ids =>
  of.flatMap(([type, id]) => {
    const node = typed(type, bounded(field, id, 250));
    return node === undefined ? [] : [node];
  });

const some = (of: Ids): Ids | undefined => (of.length === 0 ? undefined : of);

/** The first is the one that is referred to. A company without any id goes by its name. */
function companyIds(
  one: Party,
  field: string,
  also: { readonly otherwise: string; readonly account?: string | null; readonly accountAtCarrier?: string | null },
): Ids {
  const known = ids(
    [
      ["supplier_specific", also.account ?? null],
      ["gln", one.gln],
      ["siret", one.siret],
    ],
    `${field}'s id`,
  );
  const first = known.length > 0 ? known : ids([[also.otherwise, mandatory(`${field}.name`, one.name, 50)]], `${field}.name`);
  return [...first, ...ids([["carrier", also.accountAtCarrier ?? null]], "shipping.account")];
}

function company(one: Party, field: string): XmlNode {
  const contact = bounded(`${field}.contact`, one.contact, 50);
  const phone = bounded(`${field}.phone`, one.phone, 50);
  const email = bounded(`${field}.email`, one.email, 255);
  const at = one.address;
  return {
    "bme:NAME": mandatory(`${field}.name`, one.name, 50),
    "bme:NAME2": bounded(`${field}.address.company`, at?.company ?? null, 50),
    "bme:NAME3": bounded(`${field}.address.street2`, at?.street2 ?? null, 50),
    CONTACT_DETAILS: contact && {
      "bme:CONTACT_NAME": contact,
      "bme:PHONE": phone,
      "bme:EMAILS": email && { "bme:EMAIL": email },
    },
    ...place(at, `${field}.address`),
    "bme:VAT_ID": bounded(`${field}.vat`, one.vat, 50),
    // CONTACT_DETAILS must have a name.
    "bme:PHONE": contact ? undefined : phone,
    "bme:EMAIL": contact ? undefined : email,
    "bme:ADDRESS_REMARKS": bounded(`${field}.address.name`, at?.name ?? null, 250),
  };
}

function delivery(to: NonNullable<Content["deliverTo"]>, customerName: string): XmlNode {
  const companyName = bounded("deliver_to.company", to.company, 50);
  const name = bounded("deliver_to.name", to.name, 50);
  const phone = bounded("deliver_to.phone", to.phone, 50);
  const contact = name ?? companyName ?? bounded("customer.name", customerName, 50);
  return {
    "bme:NAME": companyName ?? name,
    "bme:NAME2": companyName && name,
    // STREET again would be the street in another language.
    "bme:NAME3": bounded("deliver_to.street2", to.street2, 50),
    CONTACT_DETAILS: phone && contact && { "bme:CONTACT_NAME": contact, "bme:PHONE": phone },
    ...place(to, "deliver_to"),
    "bme:PHONE": contact ? undefined : phone,
  };
}

function place(at: Address | null, field: string): XmlNode {
  const country = at?.country ?? null;
  const isCoded = country !== null && countries.has(country);
  return {
    "bme:STREET": bounded(`${field}.street`, at?.street ?? null, 50),
    "bme:ZIP": bounded(`${field}.zip`, at?.zip ?? null, 20),
    "bme:CITY": bounded(`${field}.city`, at?.city ?? null, 50),
    "bme:STATE": bounded(`${field}.province`, at?.province ?? null, 50),
    "bme:COUNTRY": isCoded ? undefined : bounded(`${field}.country`, country, 50),
    "bme:COUNTRY_CODED": isCoded ? country : undefined,
  };
}
