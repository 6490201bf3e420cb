import type { Redis } from "ioredis";

export interface Durability {
  /** Reasons why an acknowledged write can be lost. Empty: none is known. */
  readonly problems: readonly string[];
  /** What the server would not tell: managed Redis may refuse CONFIG GET. Neither good nor bad. */
  readonly unknown: readonly string[];
}

/** Looks whether Redis keeps what it confirms: AOF on, fsync always, no eviction, not a replica. Throws when Redis does not answer. */
export async function checkDurability(redis: Redis): Promise<Durability> {
  const info = parseInfo(await redis.info());
  const problems: string[] = [];
  const unknown: string[] = [];
  if (info.get("aof_enabled") !== "1") {
    problems.push("appendonly is off: set `appendonly yes`");
  } else if (info.get("aof_last_write_status") !== "ok") {
    problems.push(
      `the last append-only write failed (aof_last_write_status: ${info.get("aof_last_write_status")}): check the disk`,
    );
  }
  if (info.get("role") === "slave") {
    problems.push("this Redis is a read-only replica: REDIS_URL must name the primary");
  }
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    problems.push(`maxmemory-policy is ${policy}: set \`maxmemory-policy noeviction\``);
  }
  try {
    const [, fsync] = await redis.config("GET", "appendfsync");
    if (fsync !== undefined && fsync !== "always") {
      problems.push(`appendfsync is ${fsync}: set \`appendfsync always\``);
    }
  } catch {
    unknown.push("appendfsync (CONFIG GET is refused)");
  }
  return { problems, unknown };
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split("\r\n")
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
}
