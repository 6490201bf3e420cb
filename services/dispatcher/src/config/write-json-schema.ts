// `npm run generate`: writes config/handler.schema.json, which editors use to complete and check handler.yaml, and
// docs/configuration.md.
import { readFileSync, writeFileSync } from "node:fs";
import { configurationPage } from "./documentation.ts";
import { jsonSchema } from "./json-schema.ts";

const root = new URL("../../../../", import.meta.url);
writeFileSync(new URL("config/handler.schema.json", root), jsonSchema());
const reference = readFileSync(new URL("config/reference.yaml", root), "utf8");
writeFileSync(new URL("docs/configuration.md", root), configurationPage(reference));
