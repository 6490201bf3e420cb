import type { Format } from "./format.ts";
import { orderXml } from "./formats/order-xml/order-xml.ts";

const formats = { "order-xml": orderXml } as const satisfies Record<string, Format>;

export const formatOf = (name: keyof typeof formats): Format => formats[name];

/** Every format that there is: for what tests them all. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a literal
export const formatNames = Object.keys(formats) as (keyof typeof formats)[];
