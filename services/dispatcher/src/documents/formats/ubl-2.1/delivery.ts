import type { Content } from "../../../domain/purchase-order/content.ts";
import { optional, required, texts, type XmlNode } from "../../xml-write.ts";
import { address, filled } from "./parties.ts";

/** Where, when and how: Delivery and DeliveryTerms. */
export function delivery(content: Content): XmlNode {
  const { deliverTo, requestedDelivery, shipping, incoterm } = content;
  const pickupPoint = optional(content.pickupPoint);
  const carrier = optional(shipping?.carrier ?? null);
  return {
    "cac:Delivery": filled({
      "cac:DeliveryAddress": deliverTo === null ? undefined : address(deliverTo),
      "cac:DeliveryLocation": pickupPoint === undefined ? undefined : { "cbc:ID": pickupPoint },
      "cac:RequestedDeliveryPeriod":
        requestedDelivery === null
          ? undefined
          : filled({ "cbc:StartDate": requestedDelivery.earliest, "cbc:EndDate": requestedDelivery.latest }),
      "cac:CarrierParty": carrier === undefined ? undefined : { "cac:PartyName": { "cbc:Name": carrier } },
      "cac:DeliveryParty": recipient(deliverTo),
      "cac:Shipment": shipment(content),
    }),
    "cac:DeliveryTerms": incoterm === null ? undefined : { "cbc:ID": { "@schemeID": "INCOTERMS", "#text": incoterm } },
  };
}

/** A private person is both the party and its contact. */
function recipient(deliverTo: Content["deliverTo"]): XmlNode | undefined {
  const name = optional(deliverTo?.name ?? null);
  const partyName = optional(deliverTo?.company ?? null) ?? name;
  return filled({
    "cac:PartyName": partyName === undefined ? undefined : { "cbc:Name": partyName },
    "cac:Contact": filled({ "cbc:Name": name, "cbc:Telephone": optional(deliverTo?.phone ?? null) }),
  });
}

function shipment(content: Content): XmlNode | undefined {
  const { shipping } = content;
  const number = required(content.number, "number");
  const account = optional(shipping?.account ?? null);
  const said = filled({
    "cbc:ShippingPriorityLevelCode": optional(shipping?.code ?? null),
    "cbc:Information": shipping === null ? undefined : required(shipping.title, "shipping method"),
    "cbc:DeliveryInstructions": texts(content.notes),
    "cac:Consignment":
      account === undefined
        ? undefined
        : { "cbc:ID": number, "cac:TransportContract": { "cbc:ID": account, "cbc:ContractType": "carrier account" } },
  });
  return said && { "cbc:ID": number, ...said };
}
