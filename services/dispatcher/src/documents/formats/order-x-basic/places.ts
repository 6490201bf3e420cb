import type { Place, Places } from "../../fields.ts";

const root = "/rsm:SCRDMCCBDACIOMessageStructure";
const context = `${root}/rsm:ExchangedDocumentContext`;
const document = `${root}/rsm:ExchangedDocument`;
const transaction = `${root}/rsm:SupplyChainTradeTransaction`;
const agreement = `${transaction}/ram:ApplicableHeaderTradeAgreement`;
const buyer = `${agreement}/ram:BuyerTradeParty`;
const delivery = `${transaction}/ram:ApplicableHeaderTradeDelivery`;
const shipTo = `${delivery}/ram:ShipToTradeParty`;
const address = `${shipTo}/ram:PostalTradeAddress`;
const wished = `${delivery}/ram:RequestedDeliverySupplyChainEvent/ram:OccurrenceSpecifiedPeriod`;
const settlement = `${transaction}/ram:ApplicableHeaderTradeSettlement`;
const line = `${transaction}/ram:IncludedSupplyChainTradeLineItem`;
const product = `${line}/ram:SpecifiedTradeProduct`;
const notes = `${document}/ram:IncludedNote/ram:Content`;
const lineNotes = `${line}/ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content`;

const note = (shows: string): Place => ({ at: notes, shows });
const lineNote = (shows: string): Place => ({ at: lineNotes, shows });

export const places: Places = {
  number: `${document}/ram:ID`,
  version: note("version: 3"),
  purpose: { at: `${document}/ram:PurposeCode`, shows: "9" },
  "issued at": { at: `${document}/ram:IssueDateTime/udt:DateTimeString`, shows: "202701101200" },
  "ordered at": note("ordered at: 2027-01-10T08:00:00.000Z"),
  test: { at: `${context}/ram:TestIndicator/udt:Indicator`, shows: "true" },
  "kind (dropship)": note("kind: dropship"),
  "shop order": `${agreement}/ram:BuyerReference`,
  "customer's order number": note("customer order number: BC-778"),
  contract: `${agreement}/ram:ContractReferencedDocument/ram:IssuerAssignedID`,
  "buyer.name": `${buyer}/ram:Name`,
  "buyer.account": `${buyer}/ram:ID`,
  "buyer.siret": `${buyer}/ram:SpecifiedLegalOrganization/ram:ID`,
  "buyer.vat": `${buyer}/ram:SpecifiedTaxRegistration/ram:ID`,
  "buyer.gln": `${buyer}/ram:GlobalID`,
  "buyer.contact": `${buyer}/ram:DefinedTradeContact/ram:PersonName`,
  "buyer.phone": `${buyer}/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber`,
  "buyer.email": `${buyer}/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID`,
  "buyer.address": `${buyer}/ram:PostalTradeAddress/ram:LineOne`,
  "invoice to": note("invoice to: Sermat Holding, SIRET 98765432109876, VAT FR98765432109, 9 place de la Gare, 35510 Cesson, FR"),
  "seller.name": `${agreement}/ram:SellerTradeParty/ram:Name`,
  "deliver to.company": `${shipTo}/ram:Name`,
  "deliver to.name": `${shipTo}/ram:DefinedTradeContact/ram:PersonName`,
  "deliver to.street": `${address}/ram:LineOne`,
  "deliver to.street2": `${address}/ram:LineTwo`,
  "deliver to.zip": `${address}/ram:PostcodeCode`,
  "deliver to.city": `${address}/ram:CityName`,
  "deliver to.province": `${address}/ram:CountrySubDivisionName`,
  "deliver to.country": `${address}/ram:CountryID`,
  "deliver to.phone": `${shipTo}/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber`,
  "pickup point": `${shipTo}/ram:ID`,
  "customer.name": note("customer: Paul Durand"),
  "customer.email": note("customer e-mail: paul@example.com"),
  "customer.language": note("customer language: fr-BE"),
  "requested delivery.earliest": { at: `${wished}/ram:StartDateTime/udt:DateTimeString`, shows: "20270120" },
  "requested delivery.latest": { at: `${wished}/ram:EndDateTime/udt:DateTimeString`, shows: "20270122" },
  "partial allowed": {
    at: `${line}/ram:SpecifiedLineTradeDelivery/ram:PartialDeliveryAllowedIndicator/udt:Indicator`,
    shows: "true",
  },
  "backorder allowed": note("backorder allowed: false"),
  "substitution allowed": note("substitution allowed: false"),
  "shipping.code": note("shipping method code: HAY"),
  "shipping.title": note("shipping method: Livraison avec hayon"),
  "shipping.carrier": note("carrier: Geodis"),
  "shipping.account": note("carrier account: GEO-5512"),
  instructions: notes,
  incoterm: `${agreement}/ram:ApplicableTradeDeliveryTerms/ram:DeliveryTypeCode`,
  "delivery note.neutral": note("delivery note neutral: true"),
  "delivery note.prices": note("delivery note prices: false"),
  "delivery note.sender": note("delivery note sender: Boutique Sermat"),
  currency: `${settlement}/ram:OrderCurrencyCode`,
  "net total": `${settlement}/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxBasisTotalAmount`,
  extras: note("COLOUR: red"),
  "line.number": `${line}/ram:AssociatedDocumentLineDocument/ram:LineID`,
  "line.supplier SKU": `${product}/ram:SellerAssignedID`,
  "line.shop SKU": `${product}/ram:BuyerAssignedID`,
  "line.GTIN": `${product}/ram:GlobalID`,
  "line.manufacturer's SKU": lineNote("manufacturer SKU: MF-99812"),
  "line.description": `${product}/ram:Name`,
  "line.quantity": `${line}/ram:SpecifiedLineTradeDelivery/ram:RequestedQuantity`,
  "line.unit": `${line}/ram:SpecifiedLineTradeDelivery/ram:RequestedQuantity/@unitCode`,
  "line.pack size": lineNote("pack size: 10"),
  "line.unit cost": `${line}/ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount`,
  "line.net amount": `${line}/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount`,
  "line.note": lineNotes,
  "line.weight": lineNote("weight in grams: 2500"),
  "line.hazard": lineNote("hazard: ADR 3"),
};
