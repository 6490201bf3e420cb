// Servers unpacked from the system's packages, each into a folder of its own: the packages conflict with each other, and
// nothing of them may be installed, started or configured on the machine that runs the tests.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Unpacked {
  /** Where the packages' `/` is. */
  readonly folder: string;
  /** What the loader needs to find libraries that the machine does not have. */
  readonly libraryPath: string;
  /** Version of the first package, as the distribution writes it. */
  readonly version: string;
}

const CACHE = fileURLToPath(new URL("../../../../.cache/servers", import.meta.url));

/** apt-get downloads from a mirror: minutes, on a slow line. */
const DOWNLOAD_MS = 180_000;

/**
 * Downloads the packages with those that they need and the machine has not, and unpacks all of them; once, then they are
 * kept under .cache/. Throws an error that names them when that fails.
 */
export async function unpack(packages: readonly [string, ...string[]]): Promise<Unpacked> {
  const [first] = packages;
  const folder = join(CACHE, `${system()}-${packages.join("+")}`);
  if (!existsSync(folder)) {
    mkdirSync(CACHE, { recursive: true });
    const building = `${folder}.${process.pid}`;
    try {
      await download(packages, join(building, "packages"));
      await unpackAll(join(building, "packages"), join(building, "root"), first);
      rmSync(join(building, "packages"), { recursive: true });
      renameSync(building, folder);
    } catch (error) {
      rmSync(building, { recursive: true, force: true });
      // Another run may have been faster.
      if (!existsSync(folder)) {
        throw new Error(`${packages.join(", ")} cannot be unpacked from the system's packages: ${text(error)}`, { cause: error });
      }
    }
  }
  const root = join(folder, "root");
  return { folder: root, libraryPath: libraries(root), version: readFileSync(join(root, "VERSION"), "utf8") };
}

async function download(packages: readonly string[], to: string): Promise<void> {
  mkdirSync(join(to, "partial"), { recursive: true });
  // --reinstall: also what the machine has already. Nothing is installed, so no lock of apt's is needed either.
  const fetchThem = (): Promise<string> =>
    run("apt-get", [
      ..."install --download-only --reinstall --yes -qq --no-install-recommends".split(" "),
      ..."-o Debug::NoLocking=1 -o APT::Sandbox::User=root -o".split(" "),
      `Dir::Cache::archives=${to}`,
      ...packages,
    ]);
  try {
    await fetchThem();
  } catch {
    // The lists of packages may be missing or old.
    await run("apt-get", ["update", "-qq"]);
    await fetchThem();
  }
}

async function unpackAll(from: string, to: string, first: string): Promise<void> {
  const files = readdirSync(from).filter((name) => name.endsWith(".deb"));
  for (const file of files) {
    await run("dpkg", ["-x", join(from, file), to]);
  }
  const main = files.find((file) => file.startsWith(`${first}_`));
  if (main === undefined) {
    throw new Error(`apt-get downloaded ${files.join(", ") || "nothing"}`);
  }
  writeFileSync(join(to, "VERSION"), (await run("dpkg-deb", ["-f", join(from, main), "Version"])).trim());
}

/** The distribution and its version: a server for another one would miss its libraries. */
function system(): string {
  const lines = readFileSync("/etc/os-release", "utf8");
  const value = (key: string): string => /^"?([^"\n]*)/.exec(lines.split(`\n${key}=`)[1] ?? "")?.[1] ?? "";
  return `${value("ID")}-${value("VERSION_ID")}-${process.arch}`;
}

function libraries(root: string): string {
  return ["lib", "usr/lib"]
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true }).map((entry) => join(folder, entry.name)))
    .filter((folder) => folder.includes("-linux-"))
    .join(":");
}

/** What it prints. Rejects with what it complains of. */
export function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: DOWNLOAD_MS,
    });
    let output = "";
    let complaint = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(new Error(`${command} ${args[0]} ended with ${signal ?? code}: ${complaint.trim().slice(-400)}`));
      }
    });
  });
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
