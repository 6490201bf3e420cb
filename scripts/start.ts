// `npm start`: both services as processes of one terminal, for a machine without containers. When one ends, both do.
// It starts no Redis and reads no .env: the settings come from the environment (node's own --env-file works too).
import { spawn, type ChildProcess } from "node:child_process";

const services = ["services/ingest/src/main.ts", "services/dispatcher/src/main.ts"];
const children: ChildProcess[] = [];
let status = 0;

function stopAll(): void {
  children.forEach((child) => child.kill("SIGTERM"));
}

const ended = services.map(
  (file) =>
    new Promise<void>((resolve) => {
      const child = spawn(process.execPath, [...process.execArgv, file], { stdio: "inherit" });
      children.push(child);
      child.on("exit", (code) => {
        status ||= code ?? 1;
        stopAll();
        resolve();
      });
    }),
);
process.on("SIGTERM", stopAll);
process.on("SIGINT", stopAll);
await Promise.all(ended);
process.exit(status);
