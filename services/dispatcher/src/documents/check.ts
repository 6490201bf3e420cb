import type { DocumentSettings } from "../domain/document.ts";
import { BadDocument } from "../domain/failure.ts";
import { createLanguage } from "./language.ts";
import { BadSchema, isXml } from "./schema.ts";

/** What is wrong with the settings' template and schema, each by its key of the configuration within `document`. */
export function documentProblems(
  settings: DocumentSettings,
): readonly { readonly key: readonly string[]; readonly message: string }[] {
  const { template } = settings;
  if (template !== null && template.header !== null && isXml(template.mediaType)) {
    const message = "a file with several XML documents is none: expected no header, and no schedule.batch";
    return [{ key: ["template", "header"], message }];
  }
  try {
    createLanguage(settings).close();
    return [];
  } catch (error) {
    if (error instanceof BadSchema) {
      return [{ key: ["schema"], message: error.message }];
    }
    if (error instanceof BadDocument) {
      return [{ key: ["template", "file"], message: error.message }];
    }
    throw error;
  }
}
