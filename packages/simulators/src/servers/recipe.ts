// What each server's file says: its packages, its settings and how it is started.
import type { Unpacked } from "./packages.ts";

export const serverKinds = ["vsftpd", "proftpd", "pure-ftpd", "openssh"] as const;
export type ServerKind = (typeof serverKinds)[number];

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

export interface RecipeOptions {
  readonly unpacked: Unpacked;
  readonly port: number;
  /** Encrypted from the first byte, without AUTH TLS. */
  readonly implicit: boolean;
}

export interface Recipe {
  /** The server's own package first. */
  readonly packages: readonly [string, ...string[]];
  /** False: it has no implicit TLS. */
  readonly implicit: boolean;
  setup(options: RecipeOptions): {
    /** By their names in SETTINGS. `server.pem` (certificate), `server.key` and the files of /etc are there already. */
    readonly files: Readonly<Record<string, string>>;
    /** Lines of sh before it starts. */
    readonly prepare: readonly string[];
    readonly command: readonly [string, ...string[]];
  };
}

/** The one who logs in: a user of the enclosure only. The number is nobody's on any system. */
export const USER = { name: "sermat", password: "secret", id: 54_321 } as const;

/** crypt(3) of its password, SHA-512. */
export const PASSWORD_HASH = "$6$loopback$8pZT2oPQWZeA/JM37uBLyLX4raamVSPdBZPQLXFTU9wuXFjkhTeI8mirzohJyic.4KegYNBp.xDfwUvrXv16P.";
