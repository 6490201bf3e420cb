import type { DocumentSettings } from "../domain/purchase-order/document.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import { createLanguage } from "./language.ts";
import { lostOverflow } from "./lost-overflow.ts";
import { BadSchema, isXml } from "./schema.ts";

export interface DocumentProblem {
  /** Of the configuration, within `document`. */
  readonly key: readonly string[];
  readonly message: string;
  /** It works, and may not do what was meant. */
  readonly warning?: true;
}

/** What is wrong with the settings' template and schema, and what a template would lose. */
export function documentProblems(settings: DocumentSettings): readonly DocumentProblem[] {
  const { template } = settings;
  if (template !== null && template.header !== null && isXml(template.mediaType)) {
    const message = "a file with several XML documents is none: expected no header, and no schedule.batch";
    return [{ key: ["template", "header"], message }];
  }
  try {
    createLanguage(settings).close();
    return lostOverflow(settings).map(({ bound, message }) => ({ key: ["max", bound], message, warning: true }));
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
