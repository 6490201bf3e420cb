import { expect, test } from "vitest";
import { joinableFormats, pricedFormats } from "../domain/purchase-order/document.ts";
import { formatNames, formatOf } from "./registry.ts";
import { plainSettings } from "./test/settings.ts";

test.each(formatNames)("%s needs prices, and joins documents in one file, if and only if the configuration says so", (format) => {
  const template =
    format === "template"
      ? {
          file: "a.csv",
          source: "{{ number }}",
          mediaType: "text/csv",
          escape: "none" as const,
          purposes: ["original" as const],
          header: 0,
        }
      : null;
  const { needsPrice, join } = formatOf({ ...plainSettings, format, template });
  expect(needsPrice).toBe(pricedFormats.includes(format));
  expect(join !== null).toBe(joinableFormats.includes(format));
});
