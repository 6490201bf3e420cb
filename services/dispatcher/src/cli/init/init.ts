// `soh init`: the first configuration, by questions. What it writes is valid, and nothing that exists is touched.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError, parseConfig } from "@soh/shared/config";
import type { Command } from "commander";
import { jsonSchema } from "../../config/json-schema.ts";
import { readSections } from "../../config/read-sections.ts";
import { sections } from "../../config/schema/schema.ts";
import { Stopped, type Ask } from "../ask.ts";
import { CommandFailure, EXIT } from "../failure.ts";
import { printable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { envText, handlerYaml, variablesOf, type OwnSecrets } from "./files.ts";
import { answerNames, questions, supplierVariable, type AnswerName, type Answers, type Question } from "./questions.ts";

type Flags = { readonly yes?: true } & { readonly [Name in AnswerName]?: string };

export function initCommand(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
}): void {
  const { terminal } = input;
  const asked = questions(today());
  const command = input
    .describe(
      input.program.command("init [folder]"),
      "Asks for the shop, its secret, the start date and the first supplier, and writes .env and config/handler.yaml.\nIt never overwrites: what exists is named, and nothing is written. With --yes nothing is asked: the rest comes from the options, and secrets from the environment (SHOPIFY_WEBHOOK_SECRET, FTP_<SUPPLIER>_PASS, or the file in …_FILE).",
      "init my-shop",
    )
    .option("--yes", "ask nothing");
  for (const { flag, text } of asked) {
    if (flag !== null) {
      command.option(`${flag} <text>`, text);
    }
  }
  command.action(async (folder: string | undefined, flags: Flags) => {
    const files = filesIn(folder ?? ".");
    refuseExisting(files);
    const answers = flags.yes === true ? given(asked, flags, terminal) : await conversation(asked, flags, terminal);
    const own = { redisPassword: secret("hex"), operationsPassword: secret("base64url"), apiToken: secret("hex") };
    write(files, answers, own);
    const written = [files.env, files.config];
    const variables = (["HOST", "USER", "PASS"] as const).map((what) => supplierVariable(answers, what));
    input.print({ written, supplier: answers.supplier, variables }, () => whatNext(files, answers, variables));
  });
}

interface Files {
  readonly env: string;
  readonly config: string;
  readonly schema: string;
}

const filesIn = (folder: string): Files => ({
  env: join(folder, ".env"),
  config: join(folder, "config/handler.yaml"),
  schema: join(folder, "config/handler.schema.json"),
});

function refuseExisting(files: Files): void {
  const there = [files.env, files.config].filter((file) => existsSync(file));
  if (there.length > 0) {
    const which = there.length === 1 ? `${there[0]} is` : `${there.join(" and ")} are`;
    throw new CommandFailure(
      EXIT.refused,
      `${which} there already, and nothing is overwritten. Move what is in the way (the example that came with the project may go), or give another folder: init FOLDER`,
    );
  }
}

/** Throws CommandFailure naming all that is missing or wrong. */
function given(asked: readonly Question[], flags: Flags, terminal: Terminal): Answers {
  const answers: Partial<Record<AnswerName, string>> = {};
  const problems: string[] = [];
  for (const question of asked) {
    const variable = question.variable?.(answers);
    const answer =
      flags[question.name] ?? (variable === undefined ? undefined : terminal.lookup(variable)) ?? question.fallback?.(answers);
    const where = question.flag ?? variable ?? question.name;
    const problem = answer === undefined ? "is missing" : question.check(answer);
    if (problem === undefined) {
      answers[question.name] = answer ?? "";
    } else {
      problems.push(`${where}: ${problem} (${question.text})`);
    }
  }
  if (!isComplete(answers)) {
    throw new CommandFailure(EXIT.usage, problems.join("\n"));
  }
  return answers;
}

/** Asks what no flag says, until each answer is one. */
async function conversation(asked: readonly Question[], flags: Flags, terminal: Terminal): Promise<Answers> {
  const asking = terminal.startAsking();
  if (asking === null) {
    throw new CommandFailure(
      EXIT.usage,
      "stdin is not a terminal, so nothing can be asked. Give --yes with the options, and the secrets in the environment: init --help",
    );
  }
  try {
    const answers: Partial<Record<AnswerName, string>> = {};
    for (const question of asked) {
      answers[question.name] = await askUntilRight({ question, answers, said: flags[question.name], ask: asking.ask, terminal });
    }
    if (!isComplete(answers)) {
      throw new Error("a question was left out");
    }
    return answers;
  } catch (error) {
    if (error instanceof Stopped) {
      throw new CommandFailure(EXIT.refused, "Stopped: nothing was written.", { cause: error });
    }
    throw error;
  } finally {
    asking.close();
  }
}

async function askUntilRight(input: {
  readonly question: Question;
  readonly answers: Partial<Answers>;
  readonly said: string | undefined;
  readonly ask: Ask;
  readonly terminal: Terminal;
}): Promise<string> {
  const { question, answers } = input;
  const { hidden, text } = question;
  const fallback = question.fallback?.(answers);
  const prompt = `${text}${fallback === undefined ? "" : ` [${printable(fallback)}]`}: `;
  let said = input.said;
  for (;;) {
    const typed = said ?? (await input.ask(prompt, { hidden }));
    said = undefined;
    // A secret may begin or end with a space.
    const answer = hidden ? typed : typed.trim() || (fallback ?? "");
    const problem = question.check(answer);
    if (problem === undefined) {
      return answer;
    }
    input.terminal.err(`  ${problem}\n`);
  }
}

const isComplete = (answers: Partial<Answers>): answers is Answers => answerNames.every((name) => answers[name] !== undefined);

function write(files: Files, answers: Answers, own: OwnSecrets): void {
  const yaml = handlerYaml(answers);
  const variables = variablesOf(answers, own);
  try {
    const file = parseConfig({ file: files.config, text: yaml, lookup: (name) => variables[name] || undefined });
    readSections(file, sections);
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new CommandFailure(EXIT.refused, `These answers make no configuration, and nothing was written:\n${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
  try {
    mkdirSync(dirname(files.config), { recursive: true });
    if (!existsSync(files.schema)) {
      writeFileSync(files.schema, jsonSchema());
    }
    writeFileSync(files.env, envText(answers, own), { flag: "wx", mode: 0o600 });
    writeFileSync(files.config, yaml, { flag: "wx" });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.refused, `cannot be written: ${reason}`, { cause: error });
  }
}

const whatNext = (files: Files, { supplier }: Answers, variables: readonly string[]): string => {
  const elsewhere = files.env !== ".env";
  const load = elsewhere
    ? `npm run soh and npm start read the .env of the project, unless SOH_ENV_FILE names another:\n  export SOH_ENV_FILE=${files.env} SOH_CONFIG=${files.config}\n`
    : "";
  return `Written: ${files.env} (only you can read it; the console's password is in it) and ${files.config}.
${load}
Next:
  npm run soh -- config check
  npm run soh -- classify docs/formats/order.json
  npm run soh -- render docs/formats/order.json --supplier ${supplier}
  npm run soh -- suppliers kit ${supplier}
  npm run soh -- suppliers check ${supplier}

With containers: docker-compose.yml hands the suppliers' variables on by name. Under x-handler-yaml, put
${variables.map((name) => `  ${name}: "\${${name}:?}"`).join("\n")}
in place of those of the example's suppliers.`;
};

const secret = (encoding: "hex" | "base64url"): string => randomBytes(24).toString(encoding);

function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
