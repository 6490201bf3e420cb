// The project's own configuration with short times, so that a minute shows what would take a day. Everything else stays
// as it is: the rules, the names, the folders.
import type { SupplierKind } from "@soh/simulators/supplier";
import { parseDocument } from "yaml";
import { PARTNERS } from "../world/partners.ts";

const RETRY = { waits: ["1s", "1s", "2s", "3s", "5s"], every: "5s", for: "20d" };
const BREAKER = { after: 5, probe: "1s", longest: "3s" };
const CONNECTIONS: Readonly<Record<string, number>> = { fournial: 2 };

/** Another way to the suppliers than that of the file, with the variables of the same names. */
const transports: Readonly<Record<SupplierKind, (variables: string) => Readonly<Record<string, string>> | undefined>> = {
  ftps: () => undefined,
  sftp: (of) => ({
    kind: "sftp",
    host: `\${${of}_HOST}`,
    port: `\${${of}_PORT}`,
    user: `\${${of}_USER}`,
    password: `\${${of}_PASS}`,
    host_key: `\${${of}_HOST_KEY}`,
  }),
  folder: (of) => ({ kind: "folder", root: `\${${of}_HOST}` }),
};

/** Throws when the text is no YAML. */
export function shortTimes(yaml: string, kind: SupplierKind = "ftps"): string {
  const document = parseDocument(yaml);
  for (const { id, variables } of PARTNERS) {
    const transport = transports[kind](variables);
    if (transport !== undefined) {
      document.setIn(["suppliers", id, "transport"], document.createNode(transport));
    }
    document.setIn(["suppliers", id, "transport", "timeout"], "3s");
    document.setIn(["suppliers", id, "transport", "connections"], CONNECTIONS[id] ?? 1);
    document.setIn(["suppliers", id, "retry"], document.createNode(RETRY));
    document.setIn(["suppliers", id, "breaker"], document.createNode(BREAKER));
  }
  return document.toString();
}
