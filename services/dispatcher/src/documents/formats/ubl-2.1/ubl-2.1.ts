// OASIS Universal Business Language 2.1 (ISO/IEC 19845), http://docs.oasis-open.org/ubl/UBL-2.1.html, with the document
// types of ordering, despatch and stock. What goes where: docs/formats/ubl-2.1.md.
import type { Format } from "../../format.ts";
import { read } from "./parse.ts";
import { render } from "./render.ts";

export const ubl: Format = {
  name: "ubl-2.1",
  mediaType: "application/xml",
  says: { replacement: true, change: true, cancellation: true },
  needsPrice: false,
  join: null,
  limits: {},
  render,
  read,
};
