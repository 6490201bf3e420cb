// The container engine of this machine, and one compose project on it. Containers are looked at through the engine itself:
// the versions of compose print them differently.
import { execFile } from "node:child_process";
import { createServer } from "node:net";

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LONGEST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Never rejects: a command that cannot be run at all has status -1. Not synchronous, because the suppliers live in this process. */
export function run(
  command: string,
  args: readonly string[],
  options: { env?: Environment; cwd?: string } = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(command, args, { ...options, maxBuffer: LONGEST_OUTPUT_BYTES }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, stdout, output: status === -1 ? `${stdout}${stderr}${error?.message}` : `${stdout}${stderr}` });
    });
  });
}

/** Like `run`, and throws when the command fails. Returns its stdout. */
export async function must(
  command: string,
  args: readonly string[],
  options?: { env?: Environment; cwd?: string },
): Promise<string> {
  const { status, stdout, output } = await run(command, args, options);
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(" ")} ended with ${status}:\n${output.slice(-4_000)}`);
  }
  return stdout;
}

export interface Engine {
  /** `docker compose` or `docker-compose`. */
  readonly compose: readonly [string, ...string[]];
  /** An address of this machine that every container reaches. */
  readonly hostAddress: string;
}

/** Throws, saying what is missing. */
export async function findEngine(): Promise<Engine> {
  const { status, output } = await run("docker", ["info"]);
  if (status !== 0) {
    throw new Error(`this test needs a container engine, and \`docker info\` fails:\n${output.trim().slice(-500)}`);
  }
  const hostAddress = defaultGateway(await must("docker", ["run", "--rm", "node:24-bookworm-slim", "cat", "/proc/net/route"]));
  if (hostAddress === undefined || !(await isOurs(hostAddress))) {
    throw new Error(
      `this test needs an engine on this very machine: its suppliers would listen where containers find their gateway, ${hostAddress}`,
    );
  }
  for (const compose of [["docker", "compose"], ["docker-compose"]] as const) {
    const [command, ...first] = compose;
    if ((await run(command, [...first, "version"])).status === 0) {
      return { compose, hostAddress };
    }
  }
  throw new Error("this test needs compose: neither `docker compose version` nor `docker-compose version` works");
}

/** From Linux's routing table, where addresses are hexadecimal and their bytes reversed. */
function defaultGateway(routes: string): string | undefined {
  const gateway = /^\S+\t00000000\t([0-9A-F]{8})\t/m.exec(routes)?.[1];
  return gateway === undefined ? undefined : [...Buffer.from(gateway, "hex")].toReversed().join(".");
}

function isOurs(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
}

/** The parts of `docker inspect` that are looked at. */
export interface Container {
  readonly Id: string;
  readonly Image: string;
  readonly State: { readonly StartedAt: string; readonly ExitCode: number; readonly Health?: { readonly Status: string } };
  readonly Config: { readonly User: string; readonly Env: readonly string[] };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly Privileged: boolean;
    readonly SecurityOpt: readonly string[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly Memory: number;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>> | null;
  };
}

export interface Project {
  readonly name: string;
  /** Throws when it fails. Returns stdout. */
  compose(...args: readonly string[]): Promise<string>;
  /** Its containers of one service, or of all; stopped ones too. */
  containers(service?: string): Promise<readonly Container[]>;
  /** The one container of a service. */
  container(service: string): Promise<Container>;
  /** Runs a command in the first container of a service, as its user. */
  exec(service: string, ...command: readonly string[]): Promise<Finished>;
  logs(service: string): Promise<string>;
  /** Removes containers, networks, volumes and images. */
  remove(): Promise<void>;
}

export function createProject(options: {
  readonly engine: Engine;
  readonly name: string;
  readonly folder: string;
  readonly envFile: string;
  readonly env: Environment;
}): Project {
  const { engine, name, folder, envFile, env } = options;
  const [command, ...first] = engine.compose;
  const base = [...first, "--project-name", name, "--env-file", envFile];
  const compose = (...args: readonly string[]): Promise<string> => must(command, [...base, ...args], { cwd: folder, env });

  const containers = async (service?: string): Promise<readonly Container[]> => {
    const labels = [`com.docker.compose.project=${name}`, ...(service ? [`com.docker.compose.service=${service}`] : [])];
    const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
    const ids = (await must("docker", ["ps", "--all", "--quiet", "--no-trunc", ...filters]))
      .split("\n")
      .filter((id) => id !== "");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own format
    return ids.length === 0 ? [] : (JSON.parse(await must("docker", ["inspect", ...ids])) as Container[]);
  };
  const container = async (service: string): Promise<Container> => {
    const [one, ...others] = await containers(service);
    if (one === undefined || others.length > 0) {
      throw new Error(`${service} has ${others.length + (one ? 1 : 0)} containers instead of one`);
    }
    return one;
  };

  return {
    name,
    compose,
    containers,
    container,
    async exec(service, ...rest) {
      const [one] = await containers(service);
      return await run("docker", ["exec", one?.Id ?? service, ...rest]);
    },
    logs: (service) => compose("logs", "--no-color", service),
    async remove() {
      await compose("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5");
    },
  };
}
