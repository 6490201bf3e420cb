import { z } from "zod";
import { count, element, list, optionalCount, optionalText, reader, text, Unreadable } from "../../xml-shape.ts";
import { identification, moment, onlyOrder, orderReference, period, until } from "./shapes.ts";

const party = element({
  PartyName: list(element({ Name: optionalText })),
  PartyIdentification: list(identification),
});
const delivery = element({
  TrackingID: optionalText,
  EstimatedDeliveryPeriod: period,
  PromisedDeliveryPeriod: period,
  CarrierParty: party,
  Despatch: element({ ActualDespatchDate: optionalText, ActualDespatchTime: optionalText, CarrierParty: party }),
});
const shipment = element({
  Consignment: list(element({ CarrierAssignedID: optionalText, CarrierParty: party })),
  ShipmentStage: list(element({ CarrierParty: list(party) })),
  Delivery: delivery,
  TransportHandlingUnit: list(element({ TraceID: optionalText })),
});
const despatchLine = z.object({
  DeliveredQuantity: count,
  BackorderQuantity: optionalCount,
  OrderLineReference: list(z.object({ LineID: text, OrderReference: orderReference.optional() })),
  Item: element({ SellersItemIdentification: identification }),
  Shipment: list(shipment),
});

export const despatchAdvice = reader(
  z.object({
    ID: text,
    DocumentStatusCode: optionalText,
    OrderReference: list(orderReference),
    Shipment: shipment,
    DespatchLine: list(despatchLine).refine((lines) => lines.length > 0, "expected at least one line"),
  }),
  (one) => {
    if (one.DocumentStatusCode?.toLowerCase() === "cancelled") {
      throw new Unreadable("DocumentStatusCode: it takes an earlier despatch advice back, which a person must settle");
    }
    const references = [
      ...one.OrderReference,
      ...one.DespatchLine.flatMap((line) => line.OrderLineReference.flatMap((each) => each.OrderReference ?? [])),
    ];
    const shipments = [one.Shipment, ...one.DespatchLine.flatMap((line) => line.Shipment)];
    const { Delivery: main } = one.Shipment;
    const { ActualDespatchDate: date, ActualDespatchTime: clock } = main.Despatch;
    return {
      kind: "despatch-advice",
      despatchAdvice: {
        reference: one.ID,
        purchaseOrder: onlyOrder(
          "OrderReference/ID",
          references.map(({ ID: number }) => number),
        ),
        shippedAt: moment("Shipment/Delivery/Despatch", date, clock ?? START_OF_DAY),
        expectedOn: until(main.EstimatedDeliveryPeriod) ?? until(main.PromisedDeliveryPeriod),
        carrier: shipments.map(carrierOf).find((name) => name !== null) ?? null,
        tracking: [...new Set(shipments.flatMap(trackingOf))].map((number) => ({ number, url: null })),
        lines: one.DespatchLine.map(readLine),
      },
    };
  },
);

/** The day is what counts, where nothing else is told. */
const START_OF_DAY = "00:00:00";

type Shipment = z.output<typeof shipment>;

function carrierOf({ Delivery: at, Consignment: consignments, ShipmentStage: stages }: Shipment): string | null {
  const carriers = [
    at.CarrierParty,
    at.Despatch.CarrierParty,
    ...consignments.map((each) => each.CarrierParty),
    ...stages.flatMap((each) => each.CarrierParty),
  ];
  const names = carriers.flatMap((each) => [
    ...each.PartyName.map(({ Name: name }) => name),
    ...each.PartyIdentification.map(({ ID: id }) => id),
  ]);
  return names.find((name) => name !== null) ?? null;
}

/** The parcel's, and the waybill's. */
const trackingOf = ({ Delivery: at, Consignment: consignments, TransportHandlingUnit: units }: Shipment): string[] =>
  [at.TrackingID, ...units.map((each) => each.TraceID), ...consignments.map((each) => each.CarrierAssignedID)].filter(
    (number) => number !== null,
  );

function readLine(line: z.output<typeof despatchLine>): {
  number: number | null;
  supplierSku: string | null;
  quantity: number;
  backordered: number | null;
} {
  const id = line.OrderLineReference[0]?.LineID;
  // UBL wants one even from who does not keep ours: then the article tells which it is.
  const number = count.safeParse(id);
  const supplierSku = line.Item.SellersItemIdentification.ID;
  if (!number.success && supplierSku === null) {
    throw new Unreadable(`DespatchLine: neither our line's number nor an article: ${(id ?? "").slice(0, 40)}`);
  }
  return {
    number: number.success ? number.data : null,
    supplierSku,
    quantity: line.DeliveredQuantity,
    backordered: line.BackorderQuantity,
  };
}
