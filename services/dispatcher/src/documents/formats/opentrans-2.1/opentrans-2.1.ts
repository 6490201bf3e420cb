// openTRANS 2.1 (https://www.opentrans.org, Fraunhofer IAO, 2009). The schema says what is valid; what a document means is in
// the specification, and what is agreed beyond it in docs/formats/opentrans-2.1.md.
import type { Format } from "../../format.ts";
import { read } from "./parse.ts";
import { render } from "./render.ts";

export const opentrans: Format = {
  name: "opentrans-2.1",
  mediaType: "application/xml",
  says: { replacement: true, change: true, cancellation: true },
  needsPrice: false,
  join: null,
  limits: { name: 50, street: 50, zip: 20, city: 50, phone: 50, description: 150, note: 64_000 },
  render,
  read,
};
