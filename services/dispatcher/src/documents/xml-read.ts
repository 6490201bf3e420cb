// Reading a supplier's XML: no document type (so no entities of its own, no external files), bounded size and depth,
// values left as text (007 stays 007).
import { XMLParser, XMLValidator } from "fast-xml-parser";

/** Some thousand lines. The parser needs up to half a second for 1 MB of attributes, and everything else waits meanwhile. */
const MAX_BYTES = 512 * 1024;

export type ReadXml =
  | { readonly ok: true; readonly root: string; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  trimValues: true,
  processEntities: { enabled: true, maxTotalExpansions: 1_000_000, maxExpandedLength: MAX_BYTES },
  // Without it, references by number (&#233;) stay as they are written.
  htmlEntities: true,
  maxNestedTags: 100,
});

export interface ReadXmlOptions {
  /**
   * Where the format's documents name their definition: the root element of which `<!DOCTYPE root SYSTEM "…">` may stand
   * before it. It is taken out unread, so nothing is fetched; one that declares anything itself is still refused.
   */
  readonly doctype?: string;
}

/** The document's one root element, by its local name. Never throws on the content. */
export function readXml(bytes: Uint8Array, options: ReadXmlOptions = {}): ReadXml {
  if (bytes.byteLength > MAX_BYTES) {
    return { ok: false, reason: `larger than ${MAX_BYTES} bytes` };
  }
  const decoded = decode(bytes);
  if (!decoded.ok) {
    return decoded;
  }
  const text = options.doctype === undefined ? decoded.text : withoutDoctype(decoded.text, options.doctype);
  if (/<!DOCTYPE/i.test(text)) {
    const accepted = options.doctype === undefined ? "" : `, but for <!DOCTYPE ${options.doctype} SYSTEM "…">`;
    return { ok: false, reason: `a document type declaration is not accepted${accepted}` };
  }
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    return { ok: false, reason: `not well-formed XML: line ${valid.err.line}: ${valid.err.msg}` };
  }
  try {
    const document: unknown = parser.parse(text);
    const roots = typeof document === "object" && document !== null ? Object.entries(document) : [];
    const [root] = roots;
    if (root === undefined || roots.length > 1 || Array.isArray(root[1])) {
      return { ok: false, reason: "expected exactly one root element" };
    }
    return { ok: true, root: root[0], value: root[1] };
  } catch (error) {
    return { ok: false, reason: `not readable XML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Only where the declaration may stand: after the XML declaration, comments and processing instructions. Lines keep their numbers. */
function withoutDoctype(text: string, root: string): string {
  const space = /\s*/y;
  let at = 0;
  for (;;) {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    const end = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : undefined;
    if (end === undefined) {
      break;
    }
    const closed = text.indexOf(end, at + 2);
    if (closed === -1) {
      return text;
    }
    at = closed + end.length;
  }
  const declaration = new RegExp(`<!DOCTYPE\\s+${root}\\s+SYSTEM\\s+(?:"[^"<>&%[\\]]*"|'[^'<>&%[\\]]*')\\s*>`, "y");
  declaration.lastIndex = at;
  const [found] = declaration.exec(text) ?? [];
  return found === undefined ? text : text.slice(0, at) + found.replaceAll(/[^\r\n]/g, "") + text.slice(at + found.length);
}

/** By byte order mark, else by the declared encoding, else UTF-8. */
function decode(
  bytes: Uint8Array,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const mark = head.startsWith("\u00FF\u00FE") ? "utf-16le" : head.startsWith("\u00FE\u00FF") ? "utf-16be" : undefined;
  const encoding =
    mark ?? /^(?:\u00EF\u00BB\u00BF)?\s*<\?xml[^>]*\sencoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1] ?? "utf-8";
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, reason: `not text in ${encoding}` };
  }
}
