import type { Places } from "../../fields.ts";

const order = "/ubl:Order";
const document = `${order}/cac:AdditionalDocumentReference`;
const version = `${document}[cbc:DocumentTypeCode='order']`;
const buyer = `${order}/cac:BuyerCustomerParty`;
const buyerParty = `${buyer}/cac:Party`;
const customer = `${order}/cac:OriginatorCustomerParty/cac:Party`;
const delivery = `${order}/cac:Delivery`;
const address = `${delivery}/cac:DeliveryAddress`;
const recipient = `${delivery}/cac:DeliveryParty`;
const shipment = `${delivery}/cac:Shipment`;
const deliveryNote = `${document}[cbc:DocumentTypeCode='delivery-note']`;
const orderLine = `${order}/cac:OrderLine`;
const line = `${orderLine}/cac:LineItem`;
const item = `${line}/cac:Item`;

export const namespaces = {
  ubl: "urn:oasis:names:specification:ubl:schema:xsd:Order-2",
  cac: "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
  cbc: "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
};

/** Of the Order. An OrderChange has the same but for its version, SequenceNumberID; an OrderCancellation has no delivery and no lines. */
export const places: Places = {
  number: `${order}/cbc:ID`,
  version: `${version}/cbc:VersionID`,
  purpose: { at: `${version}/cbc:DocumentStatusCode`, shows: "NoStatus" },
  "issued at": { at: `${order}/cbc:IssueTime`, shows: "12:00:00Z" },
  "ordered at": { at: `${document}[cbc:DocumentTypeCode='customer-order']/cbc:IssueTime`, shows: "08:00:00Z" },
  test: { at: `${order}/cbc:ProfileExecutionID`, shows: "test" },
  "kind (dropship)": { at: `${order}/cbc:OrderTypeCode`, shows: "dropship" },
  "shop order": `${order}/cbc:CustomerReference`,
  "customer's order number": `${order}/cac:OriginatorDocumentReference/cbc:ID`,
  contract: `${order}/cac:Contract/cbc:ID`,
  "buyer.name": `${buyerParty}/cac:PartyName/cbc:Name`,
  "buyer.account": `${buyer}/cbc:SupplierAssignedAccountID`,
  "buyer.siret": `${buyerParty}/cac:PartyLegalEntity/cbc:CompanyID[@schemeID='0009']`,
  "buyer.vat": `${buyerParty}/cac:PartyTaxScheme/cbc:CompanyID`,
  "buyer.gln": `${buyerParty}/cac:PartyIdentification/cbc:ID[@schemeID='0088']`,
  "buyer.contact": `${buyerParty}/cac:Contact/cbc:Name`,
  "buyer.phone": `${buyerParty}/cac:Contact/cbc:Telephone`,
  "buyer.email": `${buyerParty}/cac:Contact/cbc:ElectronicMail`,
  "buyer.address": `${buyerParty}/cac:PostalAddress/cbc:StreetName`,
  "invoice to": `${order}/cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name`,
  "seller.name": `${order}/cac:SellerSupplierParty/cac:Party/cac:PartyName/cbc:Name`,
  "deliver to.company": `${recipient}/cac:PartyName/cbc:Name`,
  "deliver to.name": `${recipient}/cac:Contact/cbc:Name`,
  "deliver to.street": `${address}/cbc:StreetName`,
  "deliver to.street2": `${address}/cbc:AdditionalStreetName`,
  "deliver to.zip": `${address}/cbc:PostalZone`,
  "deliver to.city": `${address}/cbc:CityName`,
  "deliver to.province": `${address}/cbc:CountrySubentity`,
  "deliver to.country": `${address}/cac:Country/cbc:IdentificationCode`,
  "deliver to.phone": `${recipient}/cac:Contact/cbc:Telephone`,
  "pickup point": `${delivery}/cac:DeliveryLocation/cbc:ID`,
  "customer.name": `${customer}/cac:PartyName/cbc:Name`,
  "customer.email": `${customer}/cac:Contact/cbc:ElectronicMail`,
  "customer.language": `${customer}/cac:Language/cbc:ID`,
  "requested delivery.earliest": `${delivery}/cac:RequestedDeliveryPeriod/cbc:StartDate`,
  "requested delivery.latest": `${delivery}/cac:RequestedDeliveryPeriod/cbc:EndDate`,
  "partial allowed": { at: `${line}/cbc:PartialDeliveryIndicator`, shows: "true" },
  "backorder allowed": { at: `${line}/cbc:BackOrderAllowedIndicator`, shows: "false" },
  "substitution allowed": { at: `${orderLine}/cbc:SubstitutionStatusCode`, shows: "Original" },
  "shipping.code": `${shipment}/cbc:ShippingPriorityLevelCode`,
  "shipping.title": `${shipment}/cbc:Information`,
  "shipping.carrier": `${delivery}/cac:CarrierParty/cac:PartyName/cbc:Name`,
  "shipping.account": `${shipment}/cac:Consignment/cac:TransportContract/cbc:ID`,
  instructions: `${shipment}/cbc:DeliveryInstructions`,
  incoterm: `${order}/cac:DeliveryTerms/cbc:ID[@schemeID='INCOTERMS']`,
  "delivery note.neutral": { at: `${deliveryNote}/cbc:DocumentDescription`, shows: "neutral: true" },
  "delivery note.prices": { at: `${deliveryNote}/cbc:DocumentDescription`, shows: "prices: false" },
  "delivery note.sender": `${deliveryNote}/cac:IssuerParty/cac:PartyName/cbc:Name`,
  currency: `${order}/cbc:DocumentCurrencyCode`,
  "net total": `${order}/cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount[@currencyID='EUR']`,
  extras: { at: `${document}[cbc:ID='COLOUR'][cbc:DocumentTypeCode='extra']/cbc:DocumentDescription`, shows: "red" },
  "line.number": `${line}/cbc:ID`,
  "line.supplier SKU": `${item}/cac:SellersItemIdentification/cbc:ID`,
  "line.shop SKU": `${item}/cac:BuyersItemIdentification/cbc:ID`,
  "line.GTIN": `${item}/cac:StandardItemIdentification/cbc:ID[@schemeID='0160']`,
  "line.manufacturer's SKU": `${item}/cac:ManufacturersItemIdentification/cbc:ID`,
  "line.description": `${item}/cbc:Name`,
  "line.quantity": `${line}/cbc:Quantity`,
  "line.unit": `${line}/cbc:Quantity/@unitCode`,
  "line.pack size": `${item}/cbc:PackSizeNumeric`,
  "line.unit cost": `${line}/cac:Price/cbc:PriceAmount[@currencyID='EUR']`,
  "line.net amount": `${line}/cbc:LineExtensionAmount[@currencyID='EUR']`,
  "line.note": `${orderLine}/cbc:Note`,
  "line.weight": { at: `${line}/cac:OrderedShipment/cac:Shipment/cbc:GrossWeightMeasure[@unitCode='GRM']`, shows: "2500" },
  "line.hazard": `${item}/cac:HazardousItem/cbc:HazardClassID`,
};
