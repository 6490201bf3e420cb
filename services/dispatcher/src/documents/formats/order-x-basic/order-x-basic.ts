// Order-X Basic (FNFE-MPE and FeRD, UN/CEFACT Cross Industry Order D20B): orders and order changes out.
import type { Format } from "../../format.ts";
import { render } from "./render.ts";

export const orderX: Format = {
  name: "order-x-basic",
  mediaType: "application/xml",
  says: { replacement: true, change: true, cancellation: true },
  needsPrice: true,
  join: null,
  limits: {},
  render,
  read: () => ({
    ok: false,
    reason:
      "a supplier that is sent Order-X Basic is not read: its answers need another format; configure that one, or expect: none",
  }),
};
