// cXML 1.2, as https://cxml.org defines it with its DTDs: OrderRequest out, ConfirmationRequest and ShipNoticeRequest in.
import type { Format } from "../../format.ts";
import { read } from "./parse.ts";
import { render } from "./render.ts";

export const cxml: Format = {
  name: "cxml-1.2",
  mediaType: "application/xml",
  says: { replacement: true, change: true, cancellation: true },
  needsPrice: true,
  join: null,
  limits: {},
  render,
  read,
};
