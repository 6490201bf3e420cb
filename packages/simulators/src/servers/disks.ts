// Disks for one folder of a server's user, mounted inside its enclosure only: one that is soon full, and one that does not
// tell capitals from small letters.
import { unpack } from "./packages.ts";
import { USER } from "./recipe.ts";

/** Bytes of the small disk. */
export const SMALL_DISK = 65_536;

/** Lines of sh. The folder exists. */
export function smallDisk(folder: string): readonly string[] {
  return [`mount -t tmpfs -o size=${SMALL_DISK},uid=${USER.id},gid=${USER.id},mode=0755 tmpfs ${folder}`];
}

/**
 * Lines of sh that mount exFAT, which keeps a name as it was written and finds it however it is written, as a Windows server
 * does. Few kernels can do that with a file system of their own, so it is done by FUSE on a loop device; where the machine
 * has neither, `problem` gets the reason and the folder stays empty and not writable.
 */
export async function caseInsensitiveDisk(options: {
  readonly folder: string;
  readonly image: string;
  readonly problem: string;
}): Promise<readonly string[]> {
  const { folder, libraryPath } = await unpack(["exfat-fuse", "exfatprogs"]);
  const { image } = options;
  return [
    "mount_exfat() (",
    `export LD_LIBRARY_PATH='${libraryPath}'`,
    `truncate -s 8M '${image}' &&`,
    `'${folder}/usr/sbin/mkfs.exfat' '${image}' >/dev/null &&`,
    `device=$(losetup --find --show '${image}') || exit`,
    `'${folder}/sbin/mount.exfat-fuse' -o allow_other,uid=${USER.id},gid=${USER.id},fmask=0133,dmask=0022 "$device" '${options.folder}' >/dev/null`,
    "mounted=$?",
    // It is detached when the last process that has it open has ended.
    'losetup --detach "$device"',
    "return $mounted",
    ")",
    `mount_exfat 2> '${options.problem}' && : > '${options.problem}' || echo 'no exFAT could be mounted' >> '${options.problem}'`,
  ];
}
