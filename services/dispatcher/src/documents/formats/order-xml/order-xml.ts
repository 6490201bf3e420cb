// The house format; order-xml.xsd beside this file is its definition and goes to the supplier's engineer.
import type { Format } from "../../format.ts";
import { read } from "./parse.ts";
import { join, render } from "./render.ts";

export const orderXml: Format = {
  name: "order-xml",
  mediaType: "application/xml",
  says: { replacement: true, change: true, cancellation: true },
  needsPrice: false,
  join,
  limits: {},
  render,
  read,
};
