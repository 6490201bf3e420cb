// The front door of what suppliers read and write: a supplier's language, and what is wrong with one. A format is added in
// formats/ and named in registry.ts.
export { documentProblems } from "./check.ts";
export { renderDeliveryNote } from "./delivery-note.ts";
export { createLanguage, type Language, type RenderedDocument } from "./language.ts";
export { writeXml, type XmlNode } from "./xml-write.ts";
