import type { Format } from "./format.ts";
import { orderXml } from "./formats/order-xml/order-xml.ts";

const formats = { "order-xml": orderXml } as const satisfies Record<string, Format>;

export const formatOf = (name: keyof typeof formats): Format => formats[name];
