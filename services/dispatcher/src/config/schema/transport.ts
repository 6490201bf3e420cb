// A supplier's `transport`: by what protocol its server is reached, as whom, and how it is trusted.
import { isAbsolute, normalize } from "node:path/posix";
import { z } from "zod";
import { secret } from "@soh/shared/config";
import { duration, oneOrMore, port, text, wholeNumber } from "./scalars.ts";

const tlsVersion = z.enum(["TLSv1.2", "TLSv1.3"]);

/** SHA-256 as openssl and browsers show it, with or without colons → as Node shows it. */
const fingerprint = z
  .string()
  .transform((one) => one.replaceAll(":", "").toUpperCase())
  .refine(
    (hex) => /^[0-9A-F]{64}$/.test(hex),
    "expected the SHA-256 of a certificate: 64 hexadecimal digits, colons between them or not",
  )
  .transform((hex) => hex.match(/../g)?.join(":") ?? hex);

/** As `ssh-keygen -l` shows it; its base64 has no padding. */
const hostKey = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, "expected the server's key as ssh-keygen -l shows it: SHA256: and 43 characters")
  .transform((one) => one.replace(/=$/, ""));

const limits = {
  connections: wholeNumber(1, 10)
    .default(1)
    .describe(
      "Most connections at once. Suppliers that log in to the same server as the same user share them: the smallest holds.",
    ),
  timeout: duration().prefault("30s").describe("Longest silence of the server."),
};

const server = {
  ...limits,
  host: text,
  user: text,
  rate: z
    .strictObject({ per_minute: wholeNumber(1, 600) })
    .optional()
    .describe("Most new connections to this host in a minute, for servers that ban who connects too often. More of them wait."),
};

const transfer = {
  separate_transfer_host: z
    .boolean()
    .default(false)
    .describe("Allow the server to name another host for the files themselves (PASV), as some clusters do."),
  encoding: z
    .enum(["utf-8", "latin1"])
    .default("utf-8")
    .describe("How the server writes file names. latin1: old servers that know no UTF-8."),
  rename: z
    .enum(["one-step", "two-steps"])
    .optional()
    .describe(
      "How the server renames. one-step, as most do: the old name goes in the instant in which the new one comes. two-steps: it copies or links, then deletes, as gateways to cloud storage do. By default one-step within a folder, and two-steps from a temporary folder, which some servers copy from. It decides what is known after a crash.",
    ),
};

const ftps = z.strictObject({
  kind: z.literal("ftps").describe("FTP over TLS."),
  ...server,
  port: port().optional().describe("By default 21, with `mode: implicit` 990."),
  password: secret(),
  mode: z
    .enum(["explicit", "implicit"])
    .default("explicit")
    .describe(
      "explicit: the connection begins in clear text and is encrypted before the login (AUTH TLS). implicit: TLS from the first byte.",
    ),
  tls: z
    .strictObject({
      ca: text
        .optional()
        .describe("PEM file with the certificate authority to trust instead of the system's; relative to this file."),
      fingerprint: oneOrMore(fingerprint)
        .optional()
        .describe(
          "SHA-256 of the certificate itself. Neither its authority nor its name nor its dates matter then. Several while it is replaced.",
        ),
      min: tlsVersion.default("TLSv1.2"),
      max: tlsVersion.default("TLSv1.3"),
      verify: z.boolean().default(true).describe("false: whoever answers is trusted with the password. Needs `insecure: true`."),
    })
    .prefault({}),
  insecure: z.boolean().default(false).describe("true: accept `tls.verify: false`. People are told of it at every start."),
  ...transfer,
});

const ftp = z.strictObject({
  kind: z.literal("ftp").describe("FTP without encryption: the password and every file can be read on their way."),
  insecure: z
    .literal(true, {
      error:
        "plain FTP shows the password and the orders to everybody on their way; expected kind ftps or sftp, or `insecure: true` to accept it",
    })
    .describe("Accepts that nothing is encrypted. People are told of it at every start."),
  ...server,
  port: port().default(21),
  password: secret(),
  ...transfer,
});

const sftp = z.strictObject({
  kind: z.literal("sftp").describe("Files over SSH."),
  ...server,
  port: port().default(22),
  password: secret().optional(),
  key: secret().optional().describe("The private key, or the name of its file, relative to this one."),
  passphrase: secret().optional().describe("Opens the private key."),
  host_key: oneOrMore(hostKey, {
    missing:
      "expected the server's key, so that no other server gets the orders: ask the supplier for it, or see it with ssh-keyscan HOST | ssh-keygen -lf - and compare",
  }).describe("The server's key, as `ssh-keygen -l` shows it. Several while it is replaced."),
  rename: z
    .enum(["plain", "posix"])
    .default("plain")
    .describe(
      "How a file gets its final name. plain: the server refuses a name that exists; OpenSSH does it in two steps, after which a crash may leave a doubt for a person. posix: OpenSSH's posix-rename, in one step, which replaces it.",
    ),
});

const folder = z.strictObject({
  kind: z
    .literal("folder")
    .describe("A directory of this machine, such as a mount that another program carries to the supplier."),
  ...limits,
  root: text
    .refine(isAbsolute, "expected an absolute path, such as /mnt/agriest")
    .transform((path) => (path === "/" ? path : normalize(path).replace(/\/$/, "")))
    .describe("What the supplier's folders are below. Nothing outside it is touched."),
  rename: z
    .enum(["one-step", "two-steps"])
    .default("one-step")
    .describe(
      "How its file system renames. one-step: disks, NFS, SMB. two-steps: mounts of cloud storage or SFTP, which copy or link, then delete. It decides what is known after a crash.",
    ),
});

export const transportKinds = ["ftps", "sftp", "folder", "ftp"] as const;

export const transport = z
  .discriminatedUnion("kind", [ftps, sftp, folder, ftp], {
    error: (issue) => (issue.code === "invalid_union" ? `expected one of ${transportKinds.join(", ")}` : undefined),
  })
  .superRefine((one, context) => {
    const complain = (path: readonly string[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    switch (one.kind) {
      case "ftps":
        if (one.tls.min > one.tls.max) {
          complain(["tls", "min"], `expected at most tls.max, which is ${one.tls.max}`);
        }
        if (one.tls.fingerprint !== undefined && one.tls.ca !== undefined) {
          complain(["tls", "fingerprint"], "it alone decides whom to trust, so expected no tls.ca beside it");
        }
        if (!one.tls.verify && (one.tls.fingerprint !== undefined || one.tls.ca !== undefined)) {
          complain(["tls", "verify"], "nothing is verified then, so expected neither tls.ca nor tls.fingerprint beside it");
        }
        if (one.insecure && one.tls.verify) {
          complain(["insecure"], "the certificate is verified, so expected no `insecure: true`");
        }
        if (!one.insecure && !one.tls.verify) {
          complain(
            ["tls", "verify"],
            "whoever answers would get the password and the orders; expected a tls.fingerprint or tls.ca instead, or also `insecure: true` to accept it",
          );
        }
        break;
      case "sftp":
        if (one.password === undefined && one.key === undefined) {
          complain(["password"], "expected a password or a key");
        }
        if (one.passphrase !== undefined && one.key === undefined) {
          complain(["passphrase"], "it opens a private key, so expected key beside it");
        }
        break;
      case "ftp":
      case "folder":
        break;
    }
  });

export type TransportSection = z.output<typeof transport>;

/** Where a transport leads: equal for two suppliers, a path means the same to both. */
export function serverOf(section: TransportSection): { readonly host: string; readonly port: number } {
  switch (section.kind) {
    case "ftps":
      return { host: section.host, port: section.port ?? (section.mode === "implicit" ? 990 : 21) };
    case "sftp":
    case "ftp":
      return { host: section.host, port: section.port };
    case "folder":
      return { host: section.root, port: 0 };
  }
}

/** A folder of a supplier as a place in the world, for comparison. */
export function placeOf(section: TransportSection, path: string): string {
  const { host, port: number } = serverOf(section);
  return (section.kind === "folder" ? normalize(`${host}/${path}`) : `${host}:${number}${path}`).toLowerCase();
}
