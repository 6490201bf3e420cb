import { ConfigError, type ConfigFile, type ConfigProblem, type Schemas, type Sections } from "@soh/shared/config";
import { didYouMean, explain } from "./explain.ts";

/** Every section of the file, by its schema. Throws ConfigError with all problems found, of sections that nobody knows too. */
export function readSections<S extends Schemas>(opened: ConfigFile, schemas: S): Sections<S> {
  const known = Object.keys(schemas);
  const unknown = opened.keys
    .filter(({ name }) => !known.includes(name))
    .map(({ name, line, column }): ConfigProblem => {
      const message = `unknown section. Known: ${known.join(", ")}${didYouMean(name, known)}`;
      return { line, column, path: name, message };
    });
  const problems = [...unknown];
  let read: Sections<S> | undefined;
  try {
    read = opened.read(schemas, explain);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    problems.push(...error.problems);
  }
  if (read === undefined || problems.length > 0) {
    throw new ConfigError(opened.file, problems);
  }
  return read;
}
