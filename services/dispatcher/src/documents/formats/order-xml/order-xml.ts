// The house format; order-xml.xsd beside this file is its definition and goes to the supplier's engineer.
import type { Format } from "../../format.ts";
import { readAcknowledgement } from "./parse.ts";
import { render } from "./render.ts";

export const orderXml: Format = { name: "order-xml", render, readAcknowledgement };
