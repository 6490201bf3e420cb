// What a template cannot do, whatever is written in it.
import { expect, test } from "vitest";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import { fullContent } from "../../test/contents.ts";
import { bounded, TookTooLong } from "./bounds.ts";
import { parseTemplate } from "./engine.ts";
import { scopeOf } from "./scope.ts";

const scope = scopeOf(fullContent(), { encoding: "utf-8", extras: {} });
const template = (source: string, escape: "xml" | "none" = "none") =>
  parseTemplate({ file: "t.liquid", source, mediaType: "text/plain", escape, purposes: ["original"], header: null });
const render = (source: string): string => template(source)(scope);

test.each([
  ["include", "{% include '/etc/passwd' %}"],
  ["render", "{% render '/etc/passwd' %}"],
  ["layout", "{% layout '/etc/passwd' %}"],
  ["block", "{% block a %}{% endblock %}"],
])("no file is read: the tag %s does not exist, and is found when the template is read", (tag, source) => {
  expect(() => template(`first line\n${source}`)).toThrow(BadDocument);
  expect(() => template(`first line\n${source}`)).toThrow(`template t.liquid line 2: tag "${tag}" not found`);
});

test.each([
  "constructor",
  "__proto__",
  "toString",
  "buyer.constructor",
  "buyer.__proto__",
  "lines.constructor",
  "lines.map",
  "number.constructor",
  "number.replace",
  "version.toFixed",
  "extras.hasOwnProperty",
  'buyer["constructor"]',
  "process",
  "globalThis",
])("nothing of JavaScript is reached by %s", (name) => {
  expect(() => render(`{{ ${name} }}`)).toThrow(/line 1: undefined variable/);
});

test.each([
  '{{ lines | map: "constructor" | first }}',
  '{{ lines | where: "constructor" | first }}',
  '{{ lines | group_by_exp: "one", "one.constructor" | first }}',
  '{{ lines | sort: "__proto__" | first }}',
])("nor through a list, by %s", (source) => {
  const outcome = (): string => {
    try {
      return render(source);
    } catch (error) {
      return error instanceof BadDocument ? "" : String(error);
    }
  };
  expect(outcome()).toBe("");
});

test.each([
  ["text", "{{ number | constructor }}"],
  ["chance", "{{ lines | sample }}"],
  ["the clock", "{{ 'now' | date_to_xmlschema }}"],
])("a filter with %s does not exist", (_what, source) => {
  expect(() => template(source)).toThrow(/line 1: undefined filter/);
});

test("a template cannot change what the next one sees", () => {
  expect(render("{% assign number = 'x' %}{% assign lines = '' %}{{ number }}")).toBe("x");
  expect(render("{{ number }} {{ lines.size }}")).toBe("SE1001-1 2");
  expect(Object.isFrozen(scope) && Object.isFrozen(scope["lines"]) && Object.isFrozen(scope["buyer"])).toBe(true);
});

test.each([
  ["a range without end", "{% for i in (1..1000000000) %}{% endfor %}"],
  [
    "loops within loops",
    "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}",
  ],
  ["a text that doubles", '{% assign x = "aaaaaaaaaaaaaaaa" %}{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}'],
  [
    "a capture that doubles",
    '{% assign x = "aaaaaaaaaaaaaaaa" %}{% for i in (1..60) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}',
  ],
  ["much output", "{% for i in (1..999999) %}0123456789{% endfor %}"],
  ["much output, escaped", "{% for i in (1..99999) %}{{ number }}{{ number }}{{ number }}{% endfor %}"],
  ["much padding", '{% for i in (1..999) %}{{ "" | fixed: 10000 }}{% endfor %}'],
])("%s ends, as a bad document, within seconds", (_what, source) => {
  const startedAt = performance.now();
  expect(() => render(source)).toThrow(BadDocument);
  expect(() => template(source, "xml")(scope)).toThrow(
    /template t\.liquid line \d+: .*(limit exceeded|more than 1048576 characters)/,
  );
  expect(performance.now() - startedAt).toBeLessThan(12_000);
});

test("what Liquid's own limits do not see is broken off all the same, also within one function", () => {
  const startedAt = performance.now();
  const forever = (): never => {
    for (;;) {
      // As a filter that never ends would.
    }
  };
  expect(() => bounded(forever, 200)).toThrow(TookTooLong);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(bounded(() => render("{{ number }}"))).toBe("SE1001-1");
});

test("what is thrown within the bound comes out as it is", () => {
  const failure = new Error("own");
  expect(() =>
    bounded(() => {
      throw failure;
    }),
  ).toThrow(failure);
});

test("a template that is too large is not read", () => {
  expect(() => template(" ".repeat(300 * 1024))).toThrow(/template t\.liquid.*parse.* limit exceeded/);
});

test.each([
  ["an unclosed tag", "a\n\n{% if test %}", /template t\.liquid line 3: tag .*not closed/],
  ["an unclosed output", "a\n{{ number", /template t\.liquid line 2: output .*not closed/],
  ["an unknown filter", "a\n{{ number | upper }}", /template t\.liquid line 2: undefined filter: upper/],
])("a template with %s is refused when it is read", (_what, source, message) => {
  expect(() => template(source)).toThrow(message);
});
