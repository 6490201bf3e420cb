/** config/handler.yaml with Agriest told of cancellations and changes by documents. */
export const withCancel = (yaml: string): string =>
  yaml.replace(
    "    acknowledgement: { expect: accepted, within: 4h }",
    (line) => `${line}\n    cancel: { document: true, answer_within: 4h }`,
  );
