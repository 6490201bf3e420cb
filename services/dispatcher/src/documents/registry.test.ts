import { expect, test } from "vitest";
import { pricedFormats } from "../domain/document.ts";
import { formatNames, formatOf } from "./registry.ts";
import { plainSettings } from "./test/settings.ts";

test.each(formatNames)("%s needs prices if and only if the configuration asks for them", (format) => {
  const template =
    format === "template"
      ? { file: "a.csv", source: "{{ number }}", mediaType: "text/csv", escape: "none" as const, purposes: ["original" as const] }
      : null;
  expect(formatOf({ ...plainSettings, format, template }).needsPrice).toBe(pricedFormats.includes(format));
});
