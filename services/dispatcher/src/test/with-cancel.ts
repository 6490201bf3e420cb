import type { Yaml } from "./world.ts";

/** config/handler.yaml with Agriest told of cancellations and changes by documents. */
export const withCancel = (yaml: Yaml): Yaml =>
  yaml.replace(
    "    acknowledgement: { expect: accepted, within: 4h }",
    (line) => `${line}\n    cancel: { document: true, answer_within: 4h }`,
  );
