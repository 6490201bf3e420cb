import { userInfo } from "node:os";

/** Whose process this is; a container's user may have no name. */
export function actor(): string {
  try {
    return userInfo().username || "cli";
  } catch {
    return "cli";
  }
}
