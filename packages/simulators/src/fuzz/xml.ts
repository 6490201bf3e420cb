// Spoiling an XML document, mostly so that it stays well-formed: past the first check, into what reads it.
import type { Random } from "../orders/random.ts";
import { HOSTILE_NUMBERS, hostileText } from "./hostile-values.ts";
import { pickNamed, type Spoil } from "./mutation.ts";

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Before the last end tag: inside the root. */
const inside = (text: string, more: string): string => {
  const end = text.lastIndexOf("</");
  return end < 0 ? text + more : text.slice(0, end) + more + text.slice(end);
};

const afterDeclaration = (text: string, more: string): string => {
  const end = text.indexOf("?>");
  return end < 0 ? more + text : text.slice(0, end + 2) + more + text.slice(end + 2);
};

/** One of the texts between two tags, replaced. */
const changeText = (random: Random, text: string, change: (was: string) => string): string => {
  const places = [...text.matchAll(/>([^<>]+)</g)].filter((match) => match[1]?.trim());
  if (places.length === 0) {
    return text;
  }
  const { index, 1: was = "" } = random.pick(places);
  return text.slice(0, index + 1) + change(was) + text.slice(index + 1 + was.length);
};

/** One whole element without children. */
const changeElement = (random: Random, text: string, change: (was: string, name: string) => string): string => {
  const places = [...text.matchAll(/<([A-Za-z]+)[^<>]*>[^<>]*<\/\1>/g)];
  if (places.length === 0) {
    return text;
  }
  const { index, 0: was, 1: name = "" } = random.pick(places);
  return text.slice(0, index) + change(was, name) + text.slice(index + was.length);
};

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "a:b",
  "xml:lang",
  "Ä",
  "#text",
  "-1",
];

/** Small changes: most of the cases. */
const small: Readonly<Record<string, Spoil>> = {
  "a value hostile": (random, text) => changeText(random, text, () => hostileText(random)),
  "a value hostile and escaped": (random, text) => changeText(random, text, () => escaped(hostileText(random))),
  "a value a hostile number": (random, text) => changeText(random, text, () => random.pick(HOSTILE_NUMBERS)),
  "an attribute hostile": (random, text) =>
    text.replace(/(\w+)="[^"]*"/g, (was, name: string) =>
      random.chance(0.4)
        ? `${name}="${escaped(random.chance(0.5) ? random.pick(HOSTILE_NUMBERS) : hostileText(random)).replaceAll('"', "")}"`
        : was,
    ),
  "an element left out": (random, text) => changeElement(random, text, () => ""),
  "an element twice": (random, text) => changeElement(random, text, (was) => was + was),
  "an element empty": (random, text) => changeElement(random, text, (_was, name) => `<${name}/>`),
  "an element with a child": (random, text) => changeElement(random, text, (was, name) => `<${name}>${was}</${name}>`),
  "an element of another name": (random, text) =>
    changeElement(random, text, (was, name) => was.replaceAll(name, random.pick(NAMES))),
  "an element as CDATA": (random, text) => changeText(random, text, (was) => `<![CDATA[${was}]]>`),
  "a value of references": (random, text) =>
    changeText(random, text, (was) => [...was].map((one) => `&#${one.codePointAt(0)};`).join("")),
  "an unknown version": (random, text) => text.replace(/version="[^"]*"/g, `version="${random.pick(HOSTILE_NUMBERS)}"`),
  "a namespace": (_random, text) => text.replace(/<([A-Z]\w*) /, '<$1 xmlns="urn:x" xmlns:p="urn:y" p:z="1" '),
  "prefixes everywhere": (_random, text) => text.replace(/(<\/?)([A-Z])/g, "$1p:$2"),
  "two roots": (_random, text) => text + text.replace(/<\?[^>]*\?>/, ""),
  "a document type": (_random, text) => afterDeclaration(text, "<!DOCTYPE a [<!ELEMENT a ANY>]>"),
  "an external entity": (random, text) =>
    afterDeclaration(
      changeText(random, text, () => "&x;"),
      `<!DOCTYPE a [<!ENTITY x SYSTEM "${random.pick(["file:///etc/passwd", "http://127.0.0.1:9/x", "/dev/zero"])}">]>`,
    ),
  "a parameter entity": (_random, text) =>
    afterDeclaration(text, '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'),
  "a billion laughs": (random, text) =>
    afterDeclaration(
      changeText(random, text, () => "&l9;"),
      laughs(),
    ),
  "a document type in disguise": (random, text) =>
    afterDeclaration(text, random.pick(["<!doctype a>", "<!DOCTYPE\ta>", "<!-- --><!DocType a []>", "<\u0000!DOCTYPE a>"])),
};

/** Large ones: seldom, for each takes as long as hundreds of others. `size` is about how many bytes. */
const large: Readonly<Record<string, (text: string, size: number) => string>> = {
  "nested deeply": (text, size) => inside(text, "<a>".repeat(size / 7) + "</a>".repeat(size / 7)),
  "nested deeply, never closed": (text, size) => text + "<a>".repeat(size / 3),
  "a huge text": (text, size) => inside(text, `<Reason>${"é".repeat(size / 2)}</Reason>`),
  "a huge attribute": (text, size) => inside(text, `<a b="${"x".repeat(size)}"/>`),
  "many attributes": (text, size) => inside(text, `<a ${Array.from({ length: size / 12 }, (_, n) => `a${n}="x"`).join(" ")}/>`),
  "one attribute many times": (text, size) => inside(text, `<a ${'b="" '.repeat(size / 5)}/>`),
  "many elements": (text, size) => inside(text, "<a/>".repeat(size / 4)),
  "many elements of different names": (text, size) =>
    inside(text, Array.from({ length: size / 9 }, (_, n) => `<a${n}/>`).join("")),
  "many lines": (text, size) => {
    const line = /<Line .*?<\/Line>/s.exec(text)?.[0] ?? '<Line number="1"/>';
    return text.replace(line, line.repeat(Math.ceil(size / line.length)));
  },
  "a quadratic blow-up": (text, size) =>
    afterDeclaration(inside(text, "&q;".repeat(size / 6)), `<!DOCTYPE a [<!ENTITY q "${"q".repeat(size / 2)}">]>`),
  "many references": (text, size) => inside(text, `<Reason>${"&amp;".repeat(size / 5)}</Reason>`),
  "many references by number": (text, size) => inside(text, `<Reason>${"&#65;".repeat(size / 5)}</Reason>`),
  "many ampersands": (text, size) => inside(text, "&".repeat(size)),
  "many comments begun": (text, size) => inside(text, "<!--".repeat(size / 4)),
  "many CDATA sections": (text, size) => inside(text, "<![CDATA[x]]>".repeat(size / 13)),
  "many CDATA sections begun": (text, size) => inside(text, "<![CDATA[".repeat(size / 9)),
  "many instructions": (text, size) => inside(text, "<?x y?>".repeat(size / 7)),
  "many instructions begun": (text, size) => inside(text, "<?x ".repeat(size / 4)),
  "many open brackets": (text, size) => inside(text, "<".repeat(size)),
  "many quotes": (text, size) => inside(text, `<a ${'"'.repeat(size)}>`),
  "much space": (text, size) => inside(text, " \n".repeat(size / 2)),
  "a huge name": (text, size) => text.replaceAll("Acknowledgement", "A".repeat(size / 2)),
  "a huge name, not closed": (_text, size) => `<${"a".repeat(size)}`,
  "many colons": (_text, size) => `<${"a:".repeat(size / 2)}/>`,
};

function laughs(): string {
  const levels = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`);
  return `<!DOCTYPE a [<!ENTITY l0 "lol">${levels.join("")}]>`;
}

export function spoilXml(random: Random, text: string): { readonly text: string; readonly how: string } {
  const [how, spoil] = pickNamed(random, small);
  return { text: spoil(random, text), how };
}

/** About `size` bytes. */
export function bloatXml(random: Random, text: string, size: number): { readonly text: string; readonly how: string } {
  const [how, bloat] = pickNamed(random, large);
  return { text: bloat(text, size), how };
}
