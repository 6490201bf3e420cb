// What a container may do, and what it knows.
import assert from "node:assert/strict";
import { must } from "./engine.ts";
import { SERVICES, type World } from "./world.ts";

export async function checkContainers(world: World): Promise<void> {
  const { checks, outside, project, secrets } = world;
  const { check } = checks;
  const confidential = [
    secrets.redis,
    secrets.webhook,
    secrets.console,
    secrets.token,
    outside.settings.FTP_AGRIEST_PASS ?? "",
    outside.settings.FTP_FOURNIAL_PASS ?? "",
  ];

  for (const service of SERVICES) {
    await check(`${service}: no process is root, has a capability or can get one`, async () => {
      const { output } = await project.exec(service, "sh", "-c", "cat /proc/[0-9]*/status");
      const lines = (name: string): string[] =>
        output
          .split("\n")
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.split(":\t")[1] ?? "");
      assert.ok(lines("Uid").length >= 2, output);
      for (const line of lines("Uid")) {
        assert.doesNotMatch(line, /\b0\b/);
      }
      assert.deepEqual([...new Set(["CapEff", "CapPrm", "CapBnd"].flatMap(lines))], ["0000000000000000"]);
      assert.deepEqual([...new Set(lines("NoNewPrivs"))], ["1"]);
    });

    await check(`${service}: its root file system is read-only`, async () => {
      const { status, output } = await project.exec(service, "touch", "/x");
      assert.notEqual(status, 0);
      assert.match(output, /read-only file system/i);
      const { HostConfig } = await project.container(service);
      assert.equal(HostConfig.ReadonlyRootfs, true);
    });

    await check(`${service}: it is limited, and started again when it dies`, async () => {
      const { HostConfig } = await project.container(service);
      assert.equal(HostConfig.RestartPolicy.Name, "unless-stopped");
      assert.ok(HostConfig.Memory > 0);
      assert.equal(HostConfig.Privileged, false);
    });
  }

  await check("dispatcher: database and journal, which hold addresses, are readable by nobody else", async () => {
    const { output } = await project.exec("dispatcher", "sh", "-c", "stat -c '%a %n' /data /journal /data/* /journal/*");
    const lines = output.trim().split("\n");
    assert.ok(lines.length >= 4, output);
    for (const line of lines) {
      assert.match(line, /^[67]00 /);
    }
  });

  await check("only nginx publishes ports, the console's on 127.0.0.1", async () => {
    for (const { HostConfig, Config } of await project.containers()) {
      const bindings = HostConfig.PortBindings ?? {};
      if (Object.keys(bindings).length > 0) {
        assert.equal(Config.User, "nginx");
        assert.deepEqual(Object.keys(bindings).sort(), ["8080/tcp", "8081/tcp"]);
        assert.deepEqual(
          bindings["8081/tcp"]?.map(({ HostIp }) => HostIp),
          ["127.0.0.1"],
        );
      }
    }
    assert.deepEqual(Object.keys((await project.container("redis")).HostConfig.PortBindings ?? {}), []);
  });

  await check("redis refuses whoever has no password, and keeps what it confirms", async () => {
    const refused = await project.exec("redis", "env", "-u", "REDISCLI_AUTH", "redis-cli", "ping");
    assert.match(refused.output, /NOAUTH/);
    const ready = await project.exec(
      "ingest",
      "node",
      "-e",
      "fetch('http://127.0.0.1:3000/readyz').then(async (r) => console.log(r.status, await r.text()))",
    );
    assert.equal(ready.output.trim(), '200 {"status":"ready","unknown":[]}');
  });

  await check("no secret stands on a command line, where every user of this machine could read it", async () => {
    for (const { Id } of await project.containers()) {
      const lines = await must("docker", ["top", Id, "-eo", "pid,args"]);
      assert.deepEqual(
        confidential.filter((secret) => lines.includes(secret)),
        [],
      );
    }
  });

  await check("ingest knows nothing of suppliers, console and database", async () => {
    const { Config } = await project.container("ingest");
    const names = Config.Env.map((line) => line.split("=")[0] ?? "");
    assert.deepEqual(
      names.filter((name) => /^(FTP_|OPERATIONS_|SOH_API|DATABASE_|SHOPIFY_ACCESS|SHOPIFY_CLIENT)/.test(name)),
      [],
    );
  });

  await check("nothing that builds is left in the images", async () => {
    for (const service of ["ingest", "dispatcher"]) {
      const { output } = await project.exec(
        service,
        "sh",
        "-c",
        "command -v npm npx pnpm corepack yarn; ls /app/packages /app/services",
      );
      assert.equal(output, `/app/packages:\nshared\n\n/app/services:\n${service}\n`);
    }
  });

  await check("no secret is in a log", async () => {
    for (const service of SERVICES) {
      const log = await project.logs(service);
      assert.deepEqual(
        confidential.filter((secret) => log.includes(secret)),
        [],
        service,
      );
    }
  });
}
