// The two files that `soh init` writes.
import { envValue } from "./env-value.ts";
import { startOf, supplierVariable, type Answers } from "./questions.ts";

/** Secrets of our own, made here. */
export interface OwnSecrets {
  readonly redisPassword: string;
  readonly operationsPassword: string;
  readonly apiToken: string;
}

/** What stands in .env: the configuration's placeholders are filled from it. */
export const variablesOf = (answers: Answers, own: OwnSecrets): Readonly<Record<string, string>> => ({
  REDIS_PASSWORD: own.redisPassword,
  SHOPIFY_SHOP: answers.shop,
  SHOPIFY_WEBHOOK_SECRET: answers.webhookSecret,
  OPERATIONS_PASSWORD: own.operationsPassword,
  SOH_API_TOKEN: own.apiToken,
  [supplierVariable(answers, "HOST")]: answers.host,
  [supplierVariable(answers, "USER")]: answers.user,
  [supplierVariable(answers, "PASS")]: answers.password,
});

export function envText(answers: Answers, own: OwnSecrets): string {
  const variables = variablesOf(answers, own);
  const line = (name: string): string => `${name}=${envValue(variables[name] ?? "") ?? ""}`;
  const supplier = (["HOST", "USER", "PASS"] as const).map((what) => line(supplierVariable(answers, what))).join("\n");
  return `# Written by \`npm run soh -- init\`. Keep it to yourself. All further settings: .env.example

# Redis's password. Letters and digits only: it becomes part of a URL.
${line("REDIS_PASSWORD")}
# The shop's myshopify.com domain, and what Shopify signs its webhooks with. Several secrets, separated by commas, while it is rotated.
${line("SHOPIFY_SHOP")}
${line("SHOPIFY_WEBHOOK_SECRET")}
# The console's password, of the user \`operator\`.
${line("OPERATIONS_PASSWORD")}
# The API's bearer token, for \`npm run soh\` and scripts.
${line("SOH_API_TOKEN")}
# The supplier's FTPS server.
${supplier}
`;
}

/** YAML takes JSON's strings. */
const text = (value: string): string => JSON.stringify(value);

export function handlerYaml(answers: Answers): string {
  const variable = (what: "HOST" | "USER" | "PASS"): string => `"\${${supplierVariable(answers, what)}}"`;
  const answered = answers.answers !== "none";
  return `# yaml-language-server: $schema=./handler.schema.json
# Written by \`npm run soh -- init\`. Every key that exists, with comments: docs/configuration.md.
# \${NAME} comes from the environment (.env). Check it after each change: npm run soh -- config check

shops:
  "\${SHOPIFY_SHOP}":
    webhook_secrets: ["\${SHOPIFY_WEBHOOK_SECRET}"]

# Who orders from the suppliers, and whom they invoice.
buyer:
  name: ${text(answers.buyer)}
  # siret: "12345678901234"
  # vat: FR12345678901
  # phone: "+33100000000"

dispatch:
  # Orders created earlier are stored as historic, and only a person sends them.
  since: ${text(startOf(answers.since) ?? answers.since)}
  # Orders that wait for a person.
  hold: []
  #  - value_over: 3000 EUR
  #  - tag: attention
  # What an order's other lines do when one matches no supplier: dispatch-rest or hold-order.
  unmatched: dispatch-rest

suppliers:
  # This name must not change later.
  ${answers.supplier}:
    name: ${text(answers.name)}
    # account: "our customer number there"
    # {order}: the shop's order number; {n}: from 1 until it is unique.
    number: { pattern: "{order}-{n}" }
    # Which lines are this supplier's. Try it: npm run soh -- classify docs/formats/order.json
    rules:
      - vendor: ${text(answers.vendor)}
      # - sku: { prefix: ABC- }
    # Without these a purchase order is held.
    require: [deliver_to.phone]
    document:
      format: ${answers.format}
      # encoding: windows-1252
    transport:
      kind: ftps
      host: ${variable("HOST")}
      user: ${variable("USER")}
      password: ${variable("PASS")}
      # Where no public authority signs its certificate, a PEM file beside this one:
      # tls: { ca: ${answers.supplier}.pem }
    folders:
      # While a file is uploaded its name ends with .tmp.
      orders: { path: ${text(answers.orders)}, name: "{number}.xml", temporary: { suffix: .tmp } }
${
  answered
    ? `      acknowledgements: { path: ${text(answers.answers)}, match: "*.xml", after: archive }
    # What it answers (received or accepted), and how long after sending you want to hear if it has not.
    acknowledgement: { expect: accepted, within: 1d }
`
    : `      # acknowledgements: { path: /OUT, match: "*.xml" }
    acknowledgement: { expect: none }
`
}`;
}
