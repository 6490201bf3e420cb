// `npm start`: both services as processes of one terminal, for a machine without containers. When one ends, both do.
// It starts no Redis and reads no .env: the settings come from the environment (node's own --env-file works too).
import { spawn, type ChildProcess } from "node:child_process";
import { onLauncherGone } from "../packages/shared/src/lifecycle.ts";

const services = ["services/ingest/src/main.ts", "services/dispatcher/src/main.ts"];
const children: ChildProcess[] = [];
let status = 0;

function stopAll(): void {
  children.forEach((child) => child.kill("SIGTERM"));
}

const ended = services.map(
  (file) =>
    new Promise<void>((resolve) => {
      const env = { ...process.env, SOH_LAUNCHER: String(process.pid) };
      const child = spawn(process.execPath, [...process.execArgv, file], { stdio: "inherit", env });
      children.push(child);
      child.on("exit", (code) => {
        status ||= code ?? 1;
        stopAll();
        resolve();
      });
    }),
);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(signal, stopAll);
}
onLauncherGone(stopAll);
await Promise.all(ended);
process.exit(status);
