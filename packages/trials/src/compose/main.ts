// `npm run test:compose`: docker-compose.yml for real, from a machine without .env to `down`. It builds the images, starts
// everything under a project name of its own, and plays Shopify and both suppliers on this machine. Exit status 0 only if
// every check holds. With --json the last line is one JSON object; with --keep the containers stay, for looking at them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createShop } from "@soh/simulators/shop";
import { checkConsole } from "./check-console.ts";
import { checkContainers } from "./check-containers.ts";
import { checkRecovery } from "./check-recovery.ts";
import { checkSettings } from "./check-settings.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import { createChecks, eventually, say, secondsSince, type Checks } from "./checks.ts";
import { createProject, findEngine, must, run, type Project } from "./engine.ts";
import { freePort, SHOP, startOutside } from "./outside.ts";
import { envFileText, newSecret, readSettings, withoutSettings } from "./settings.ts";
import { SERVICES } from "./world.ts";

const root = resolve(import.meta.dirname, "../../../..");
const keep = process.argv.includes("--keep");
const PUBLIC_REGISTRY = "https://registry.npmjs.org/";

const interrupted = new AbortController();
process.on("SIGINT", () => interrupted.abort(new Error("ended by SIGINT")));
process.on("SIGTERM", () => interrupted.abort(new Error("ended by SIGTERM")));

const startedAt = performance.now();
const checks = createChecks(interrupted.signal);
const figures: Record<string, number> = {};
const problems: string[] = [];
/** In the reverse order, whatever happened. */
const onEnd: (() => Promise<unknown>)[] = [];
try {
  await test();
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
}
for (const end of onEnd.toReversed()) {
  await end().catch((error: unknown) => problems.push(`cleaning up: ${String(error)}`));
}
problems.forEach(say);
figures.seconds = secondsSince(startedAt);
const ok = problems.length === 0 && checks.failed.length === 0;
say(`${checks.passed} checks passed, ${checks.failed.length} failed, in ${figures.seconds} s`);
if (process.argv.includes("--json")) {
  say(JSON.stringify({ ok, passed: checks.passed, failed: checks.failed, problems, ...figures }));
}
process.exit(ok ? 0 : 1);

async function test(): Promise<void> {
  const engine = await findEngine();
  const folder = mkdtempSync(join(tmpdir(), "soh-compose-"));
  onEnd.push(async () => (keep ? undefined : rmSync(folder, { recursive: true, force: true })));
  const outside = await startOutside({
    address: engine.hostAddress,
    folder,
    handlerYaml: join(root, "config/handler.yaml"),
  });
  onEnd.push(outside.stop);

  const [publicPort, consolePort] = [await freePort(), await freePort()];
  const secrets = { redis: newSecret(), webhook: newSecret(), console: newSecret(), token: newSecret() };
  const values = {
    ...outside.settings,
    REDIS_PASSWORD: secrets.redis,
    SHOPIFY_WEBHOOK_SECRET: secrets.webhook,
    OPERATIONS_PASSWORD: secrets.console,
    SOH_API_TOKEN: secrets.token,
    CONFIG_FOLDER: outside.configFolder,
    HTTP_PORT: `127.0.0.1:${publicPort}`,
    CONSOLE_PORT: String(consolePort),
    NPM_CONFIG_REGISTRY: await registry(),
  };

  say("Settings");
  await checkSettings({ checks, engine, root, folder, values });

  const envFile = join(folder, "filled.env");
  const configure = (changes: Readonly<Record<string, string>>): void =>
    writeFileSync(envFile, envFileText({ ...values, ...changes }));
  configure({});
  const project = createProject({
    engine,
    name: `soh-test-${process.pid}`,
    folder: root,
    envFile,
    env: withoutSettings(readSettings(join(root, ".env.example"))),
  });
  onEnd.push(async () => {
    if (!interrupted.signal.aborted && (checks.failed.length > 0 || problems.length > 0)) {
      await showLogs(project);
    }
    if (keep) {
      say(`kept: project ${project.name}, env file ${envFile}`);
    } else {
      await project.remove();
    }
  });
  await start(project, checks);

  const url = `http://127.0.0.1:${publicPort}/webhooks/shopify`;
  const shop = createShop({ url, domain: SHOP, secret: secrets.webhook, timeFactor: 600 });
  const world = { checks, project, outside, shop, configure, publicPort, consolePort, secrets };
  say("Webhooks");
  await checkWebhooks(world);
  say("Console");
  await checkConsole(world, root);
  say("Containers");
  await checkContainers(world);
  say("Recovery");
  await checkRecovery(world);
}

async function start(project: Project, { check }: Checks): Promise<void> {
  say("Building (some minutes the first time) and starting");
  const buildAt = performance.now();
  await project.compose("build");
  figures.build_seconds = secondsSince(buildAt);
  const upAt = performance.now();
  await project.compose("up", "--build", "-d");
  figures.up_seconds = secondsSince(upAt);
  const healthy = await check("redis, ingest, dispatcher and nginx become healthy", async () => {
    await eventually(90, async () => {
      const containers = await Promise.all(SERVICES.map((service) => project.container(service)));
      assert.deepEqual(
        containers.map(({ State }) => State.Health?.Status),
        SERVICES.map(() => "healthy"),
      );
    });
    figures.healthy_seconds = secondsSince(upAt);
  });
  for (const service of SERVICES) {
    const { Image } = await project.container(service);
    const bytes = await must("docker", ["image", "inspect", "-f", "{{.Size}}", Image]);
    figures[`${service}_image_mb`] = Math.round(Number(bytes) / 1e6);
  }
  say(`  ${JSON.stringify(figures)}`);
  if (!healthy) {
    throw new Error("nothing more can be tried while not everything is healthy");
  }
}

/** The registry that this machine's npm is told to use: the images' builds need it as well. */
async function registry(): Promise<string> {
  const { status, stdout } = await run("npm", ["config", "get", "registry"]);
  return status === 0 && /^https?:\/\/\S+$/.test(stdout.trim()) ? stdout.trim() : PUBLIC_REGISTRY;
}

async function showLogs(project: Project): Promise<void> {
  for (const service of SERVICES) {
    const log = await project.logs(service).catch(String);
    say(`--- ${service}, its last lines\n${log.split("\n").slice(-30).join("\n")}`);
  }
}
