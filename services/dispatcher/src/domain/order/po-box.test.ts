import { expect, test } from "vitest";
import { isPoBox } from "./po-box.ts";

const inStreet = (street: string): boolean => isPoBox({ street, street2: null, city: "Vitré" });

test.each([
  "BP 12",
  "BP12",
  "bp 12",
  "B.P. 12",
  "B. P. 1234",
  "BP n° 12",
  "BP N°12",
  "BP no 12",
  "12 rue de Paris, BP 40012",
  "Zone industrielle BP 12",
  "BP 12, 35500 Vitré",
  "Boîte postale 12",
  "Boite Postale 7",
  "BOÎTE POSTALE",
  "boi\u0302te postale 3",
  "Case postale 1234",
  "CS 12345",
  "CS12345",
  "C.S. 40012",
  "1 rue du Port CS 40012",
  "TSA 50001",
  "Postfach 12 34 56",
  "Postfach",
  "POSTFACH 1001",
  "Postf. 12",
  "PF 1234",
  "Pf. 12 34",
  "PO Box 12",
  "P.O. Box 12",
  "P. O. Box 12",
  "P O BOX 7",
  "POBox 12",
  "po box",
  "Post Office Box 9",
  "POB 12",
  "Postbus 12",
  "Apartado 12",
  "Apartado de Correos 99",
  "Casella Postale 3",
])("%s is a post office box", (street) => {
  expect(inStreet(street)).toBe(true);
  expect(isPoBox({ street: "1 rue du Port", street2: street, city: null })).toBe(true);
});

test("one that stands in the city is found as well", () => {
  expect(isPoBox({ street: "1 rue du Port", street2: null, city: "Vitré BP 12" })).toBe(true);
});

test.each([
  "12 rue de Paris",
  "1 zone artisanale",
  "CS Motors, 12 rue de Paris",
  "Garage Cs 12",
  "Bâtiment CS 1234",
  "CS 123456 Motors",
  "Résidence BPS 12",
  "Station BP, 12 rue de Paris",
  "Station BP 12 rue de Paris",
  "Station BP 3 bis rue du Port",
  "Relais BP 4, avenue de la Gare",
  "ABP 12",
  "SBP12",
  "12 rue de la Poste",
  "Place de l'Ancienne Poste",
  "Rue de la Boîte",
  "Postfachweg 3",
  "Am Alten Postfachgebäude 2",
  "Posthausstraße 12",
  "Packstation 145",
  "Box 12, Business Park",
  "Boxberg 4",
  "Apobox 4",
  "12 Post Office Road",
  "Pfarrgasse 12",
  "Pf Logistik, Halle 12 A",
  "Poblacion 12",
  "Apartadó, calle 3",
  "TSA 12",
  "",
])("%s is none", (street) => {
  expect(inStreet(street)).toBe(false);
});

test("an address without lines is none", () => {
  expect(isPoBox({ street: null, street2: null, city: null })).toBe(false);
});
