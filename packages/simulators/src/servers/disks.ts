// Disks of a server's user, mounted inside its enclosure only: one that can be filled, and one that does not tell capitals
// from small letters.
import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { unpack, type Unpacked } from "./packages.ts";
import { USER } from "./recipe.ts";

/** Lines of sh: a disk of 64 MB, root's as sshd wants of a chroot. The folder exists. */
export function smallDisk(folder: string): readonly string[] {
  return [`mount -t tmpfs -o size=64m,mode=0755 tmpfs ${folder}`];
}

/** Writes until there is no room for a byte. The function that it returns removes the file. */
export function fill(file: string): () => void {
  const descriptor = openSync(file, "a");
  try {
    for (const block of [1 << 20, 1 << 12, 1].map((size) => Buffer.alloc(size))) {
      while (fits(descriptor, block)) {
        // Until there is no room for so much.
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return () => rmSync(file);
}

function fits(descriptor: number, block: Uint8Array): boolean {
  try {
    return writeSync(descriptor, block) === block.byteLength;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
      return false;
    }
    throw error;
  }
}

/** Downloads what is not there yet. */
export const prepareDisks = (): Promise<Unpacked> => unpack(["exfat-fuse", "exfatprogs"]);

/**
 * Lines of sh that mount exFAT, which keeps a name as it was written and finds it however it is written, as a Windows server
 * does. Few kernels can do that with a file system of their own, so it is done by FUSE on a loop device; where the machine
 * has neither, `problem` gets the reason.
 */
export async function caseInsensitiveDisk(options: {
  readonly folder: string;
  readonly image: string;
  readonly problem: string;
}): Promise<readonly string[]> {
  const { folder, libraryPath } = await prepareDisks();
  const { image } = options;
  const mount = ["sbin", "usr/sbin"].map((one) => `${folder}/${one}/mount.exfat-fuse`).find((one) => existsSync(one));
  return [
    "mount_exfat() (",
    `export LD_LIBRARY_PATH='${libraryPath}'`,
    `truncate -s 8M '${image}' &&`,
    `'${folder}/usr/sbin/mkfs.exfat' '${image}' >/dev/null &&`,
    `device=$(losetup --find --show '${image}') || exit`,
    `'${mount ?? "mount.exfat-fuse"}' -o allow_other,uid=${USER.id},gid=${USER.id},fmask=0133,dmask=0022 "$device" '${options.folder}' >/dev/null`,
    "mounted=$?",
    // It is detached when the last process that has it open has ended.
    'losetup --detach "$device"',
    "return $mounted",
    ")",
    `mount_exfat 2> '${options.problem}' && : > '${options.problem}' || echo 'no exFAT could be mounted' >> '${options.problem}'`,
  ];
}
