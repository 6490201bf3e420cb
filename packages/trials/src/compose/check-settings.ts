// Nothing is started while a setting is missing, and the message names it.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Checks } from "./checks.ts";
import { run, type Engine } from "./engine.ts";
import { demanded, envFileText, readSettings, withoutSettings } from "./settings.ts";

export async function checkSettings(options: {
  readonly checks: Checks;
  readonly engine: Engine;
  readonly root: string;
  readonly folder: string;
  /** A complete .env. */
  readonly values: Readonly<Record<string, string>>;
}): Promise<void> {
  const { checks, engine, root, values } = options;
  const settings = readSettings(join(root, ".env.example"));
  const env = withoutSettings(settings);
  const [command, ...first] = engine.compose;
  // A folder that has docker-compose.yml and no .env, whatever the checkout has.
  const folder = join(options.folder, "without-env");
  mkdirSync(folder);
  copyFileSync(join(root, "docker-compose.yml"), join(folder, "docker-compose.yml"));
  const compose = async (...args: readonly string[]) => await run(command, [...first, ...args], { cwd: folder, env });
  const message = (name: string): string => `${name} is not set: copy .env.example to .env and fill it in`;

  await checks.check(".env.example leaves exactly the required settings to be filled in", () => {
    assert.deepEqual([...settings.required].sort(), [...demanded(join(root, "docker-compose.yml"))].sort());
    return Promise.resolve();
  });

  await checks.check("without .env, `up --build` stops and names what is missing", async () => {
    const { status, output } = await compose("up", "--build");
    assert.notEqual(status, 0);
    const named = settings.required.filter((name) => output.includes(message(name)));
    assert.ok(named.length > 0, output);
  });

  await checks.check("with .env.example copied and not filled in, too", async () => {
    copyFileSync(join(root, ".env.example"), join(folder, ".env"));
    const { status, output } = await compose("config");
    assert.notEqual(status, 0);
    assert.ok(
      settings.required.some((name) => output.includes(message(name))),
      output,
    );
  });

  for (const missing of settings.required) {
    await checks.check(`with everything but ${missing}, it names ${missing}`, async () => {
      const { [missing]: _, ...others } = values;
      writeFileSync(join(folder, ".env"), envFileText(others));
      const { status, output } = await compose("config");
      assert.notEqual(status, 0);
      assert.ok(output.includes(message(missing)), output);
    });
  }

  await checks.check("with the required settings alone, it is content", async () => {
    writeFileSync(
      join(folder, ".env"),
      envFileText(Object.fromEntries(settings.required.map((name) => [name, values[name] ?? ""]))),
    );
    const { status, output } = await compose("config");
    assert.equal(status, 0, output);
  });
}
