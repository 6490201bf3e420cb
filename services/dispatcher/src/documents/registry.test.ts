import { expect, test } from "vitest";
import { pricedFormats } from "../domain/document.ts";
import { formatNames, formatOf } from "./registry.ts";
import { plainSettings } from "./test/contents.ts";

test.each(formatNames)("%s needs prices if and only if the configuration asks for them", (format) => {
  expect(formatOf({ ...plainSettings, format }).needsPrice).toBe(pricedFormats.includes(format));
});
