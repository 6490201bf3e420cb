// `npm run generate`: writes config/handler.schema.json, which editors use to complete and check handler.yaml.
import { writeFileSync } from "node:fs";
import { jsonSchema } from "./json-schema.ts";

writeFileSync(new URL("../../../../config/handler.schema.json", import.meta.url), jsonSchema());
