import { expect, test } from "vitest";
import { encodingByMark, separatorLine } from "./csv-text.ts";

test("a line that names the delimiter is read and taken away, quoted or not", () => {
  expect(separatorLine("sep=;\r\nsku;x\r\n")).toEqual({ delimiter: ";", rest: "sku;x\r\n" });
  expect(separatorLine('"sep=,"\nsku,x\n')).toEqual({ delimiter: ",", rest: "sku,x\n" });
  expect(separatorLine("SEP=\t\nsku\tx\n")).toEqual({ delimiter: "\t", rest: "sku\tx\n" });
  expect(separatorLine("sku;sep=;\n")).toBeUndefined();
});

test("an encoding is known by its byte order mark", () => {
  expect(encodingByMark(Uint8Array.of(0xff, 0xfe, 0x73, 0))).toBe("utf-16le");
  expect(encodingByMark(Uint8Array.of(0xfe, 0xff, 0, 0x73))).toBe("utf-16be");
  expect(encodingByMark(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe("utf-8");
  expect(encodingByMark(Uint8Array.of(0x73, 0x6b))).toBeUndefined();
});
