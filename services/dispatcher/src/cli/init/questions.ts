// What `soh init` has to know, how it is asked, and what an answer may be.
import { formatNames } from "../../domain/purchase-order/document.ts";
import { envValue } from "./env-value.ts";

export const answerNames = [
  "shop",
  "webhookSecret",
  "buyer",
  "since",
  "supplier",
  "name",
  "vendor",
  "format",
  "host",
  "user",
  "password",
  "orders",
  "answers",
] as const;
export type AnswerName = (typeof answerNames)[number];
export type Answers = Readonly<Record<AnswerName, string>>;

export interface Question {
  readonly name: AnswerName;
  readonly text: string;
  /** How it is given on the command line; a secret's only in the environment, because everyone sees a command line. */
  readonly flag: string | null;
  /** Its environment variable, where it has one. */
  readonly variable: ((answers: Partial<Answers>) => string) | null;
  readonly fallback: ((answers: Partial<Answers>) => string) | null;
  readonly hidden: boolean;
  /** What is wrong with an answer, as "expected …". */
  check(answer: string): string | undefined;
}

/** Those that a format needs further keys for are set up by hand. */
const formats = formatNames.filter((name) => name !== "template");

export function questions(today: string): readonly Question[] {
  return [
    ask("shop", "The shop's myshopify.com domain", {
      flag: "--shop",
      variable: () => "SHOPIFY_SHOP",
      check: expecting(/^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/i, "the shop's domain, such as sermat.myshopify.com"),
    }),
    ask("webhookSecret", "What Shopify signs its webhooks with (not shown)", {
      variable: () => "SHOPIFY_WEBHOOK_SECRET",
      hidden: true,
    }),
    ask("buyer", "Your company's legal name", { flag: "--buyer" }),
    ask("since", "Orders from which day on go to the suppliers", {
      flag: "--since",
      fallback: () => today,
      check: (text) => (startOf(text) === undefined ? "expected a day such as 2026-12-01" : undefined),
    }),
    ask("supplier", "The first supplier's short name, which must not change later", {
      flag: "--supplier",
      check: expecting(/^[a-z][a-z0-9-]{0,30}$/, "a short lower-case name, such as agriest"),
    }),
    ask("name", "Its name", { flag: "--name", fallback: ({ supplier = "" }) => supplier }),
    ask("vendor", "The vendor in Shopify whose products it ships", { flag: "--vendor", fallback: ({ name = "" }) => name }),
    ask("format", `What it reads: ${formats.join(", ")}; a form of its own: order-xml for now`, {
      flag: "--format",
      fallback: () => "order-xml",
      check: (text) =>
        formats.some((one) => one === text)
          ? undefined
          : text === "template"
            ? "a form of the supplier's own needs more than questions can ask: give order-xml, and change it as docs/formats/template.md says"
            : `expected one of ${formats.join(", ")}`,
    }),
    ask("host", "Its FTPS server", {
      flag: "--host",
      variable: (answers) => supplierVariable(answers, "HOST"),
      check: expecting(/^[A-Za-z0-9.:-]+$/, "a host, such as ftp.agriest.example"),
    }),
    ask("user", "Our user there", { flag: "--user", variable: (answers) => supplierVariable(answers, "USER") }),
    ask("password", "The password (not shown)", { variable: (answers) => supplierVariable(answers, "PASS"), hidden: true }),
    ask("orders", "Its folder for our purchase orders", { flag: "--orders", fallback: () => "/IN", check: absolute }),
    ask("answers", "Its folder with answers, or none", {
      flag: "--answers",
      fallback: () => "/OUT",
      check: (text) => (text === "none" ? undefined : absolute(text)),
    }),
  ];
}

/** FTP_LA_COUR_PASS. */
export const supplierVariable = ({ supplier = "<supplier>" }: Partial<Answers>, what: "HOST" | "USER" | "PASS"): string =>
  `FTP_${supplier.toUpperCase().replaceAll("-", "_")}_${what}`;

/** A day at midnight here → RFC 3339 with this machine's offset. Undefined for what is no day. */
export function startOf(day: string): string | undefined {
  const [, year, month, date] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) {
    return undefined;
  }
  const midnight = new Date(year, month - 1, date);
  if (midnight.getFullYear() !== year || midnight.getMonth() !== month - 1 || midnight.getDate() !== date) {
    return undefined;
  }
  const minutes = -midnight.getTimezoneOffset();
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${day}T00:00:00${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function ask(name: AnswerName, text: string, over: Partial<Question>): Question {
  const check = over.check ?? (() => undefined);
  return {
    name,
    text,
    flag: null,
    variable: null,
    fallback: null,
    hidden: false,
    ...over,
    check(answer) {
      if (answer.trim() === "") {
        return "expected an answer";
      }
      if (over.variable !== undefined && envValue(answer) === undefined) {
        return "expected a value that .env can hold: no line break, no ${, no backslash at the end or doubled. Change it, or set it up by hand with a file (see .env.example)";
      }
      if (answer.includes("${")) {
        return "expected text without ${, which stands for a variable in handler.yaml";
      }
      return check(answer);
    },
  };
}

const expecting =
  (pattern: RegExp, what: string) =>
  (text: string): string | undefined =>
    pattern.test(text) ? undefined : `expected ${what}`;

const absolute = expecting(/^\//, "an absolute folder at the supplier, such as /IN");
