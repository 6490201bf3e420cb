// What fit.ts moves on is lost where a template does not print the field that it goes on in. What a template prints cannot be
// read off it, so it writes a purchase order whose texts are marks, and the marks are looked for.
import type { Content } from "../domain/purchase-order/content.ts";
import type { BoundedText, DocumentSettings } from "../domain/purchase-order/document.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import { formatOf } from "./registry.ts";

export interface LostOverflow {
  /** Within `document.max`. */
  readonly bound: BoundedText;
  readonly message: string;
}

/** Short, so that a narrow column takes them; of letters alone, so that nothing quotes or escapes them. */
const marks = {
  "deliver_to.name": "qzna",
  "deliver_to.company": "qzco",
  "deliver_to.street": "qzsa",
  "deliver_to.street2": "qzsb",
  "line.description": "qzde",
  "the first of line.notes": "qzla",
  "the others of line.notes": "qzlb",
  "the first of notes": "qzoa",
  "the others of notes": "qzob",
} as const;
type Field = keyof typeof marks;

/** Where fit.ts moves what is too long. */
const flows: readonly { readonly bound: BoundedText; readonly from: Field; readonly to: Field }[] = [
  { bound: "name", from: "deliver_to.name", to: "deliver_to.company" },
  { bound: "street", from: "deliver_to.street", to: "deliver_to.street2" },
  { bound: "description", from: "line.description", to: "the first of line.notes" },
  { bound: "note", from: "the first of line.notes", to: "the others of line.notes" },
  { bound: "note", from: "the first of notes", to: "the others of notes" },
];

/** None where the format is not the merchant's own, and where the template does not write the marks: then it is not known. */
export function lostOverflow(settings: DocumentSettings): readonly LostOverflow[] {
  const { template, limits, overflow } = settings;
  const concerned = flows.filter(({ bound }) => limits[bound] !== undefined);
  if (template === null || overflow === "hold" || concerned.length === 0) {
    return [];
  }
  let text: string;
  try {
    const content = marked(template.purposes[0] ?? "original");
    text = formatOf(settings).render(content, { encoding: settings.encoding, extras: settings.extras }).toLowerCase();
  } catch (error) {
    if (error instanceof BadDocument) {
      return [];
    }
    throw error;
  }
  const isPrinted = (field: Field): boolean => text.includes(marks[field]);
  return concerned
    .filter(({ from, to }) => isPrinted(from) && !isPrinted(to))
    .map(({ bound, from, to }) => ({
      bound,
      message: `template ${template.file} prints ${from} and not ${to}, where what is longer than ${limits[bound] ?? 0} characters goes on: it would be lost. Print it, or set max.overflow to hold`,
    }));
}

const party = {
  name: "Probe",
  siret: "12345678901234",
  vat: "FR12345678901",
  gln: "3012345678900",
  contact: "Probe",
  phone: "+33300000000",
  email: "probe@shop.example",
  address: { company: "P", name: "P", street: "P", street2: "P", zip: "35000", city: "P", province: "P", country: "FR" },
};

/** Every field has something, so that nothing that the template requires is missing. */
const marked = (purpose: Content["purpose"]): Content => ({
  number: "P-1",
  version: 1,
  purpose,
  test: true,
  issuedAt: 0,
  orderedAt: 0,
  shopOrder: "#1",
  customerOrderNumber: "1",
  contract: "1",
  buyer: { ...party, account: "1" },
  invoiceTo: party,
  seller: party,
  customer: { name: "P", email: "p@shop.example", language: "fr" },
  deliverTo: {
    ...party.address,
    name: marks["deliver_to.name"],
    company: marks["deliver_to.company"],
    street: marks["deliver_to.street"],
    street2: marks["deliver_to.street2"],
    phone: "+33300000000",
  },
  pickupPoint: "1",
  requestedDelivery: { earliest: "2027-01-20", latest: "2027-01-22" },
  partial: true,
  backorder: true,
  substitution: true,
  shipping: { code: "1", title: "P", carrier: "P", account: "1" },
  incoterm: "DAP",
  deliveryNote: { neutral: true, prices: false, sender: "P" },
  currency: "EUR",
  netTotal: "1",
  notes: [marks["the first of notes"], marks["the others of notes"]],
  lines: [
    {
      number: 1,
      supplierSku: "1",
      shopSku: "1",
      gtin: "3012345678900",
      mpn: "1",
      description: marks["line.description"],
      quantity: 1,
      unit: "C62",
      packSize: 1,
      unitCost: "1",
      netAmount: "1",
      notes: [marks["the first of line.notes"], marks["the others of line.notes"]],
      weightGrams: 1_000,
      hazard: "1",
    },
  ],
});
