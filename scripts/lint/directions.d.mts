interface Report {
  readonly message: string;
}
type Look = (node: { readonly source: { readonly value: string } }) => void;
declare const plugin: {
  readonly rules: {
    readonly directions: {
      create(context: { readonly filename: string; report(found: Report): void }): { readonly ImportDeclaration?: Look };
    };
  };
};
export default plugin;
