// pure-ftpd with users of its own and TLS required for both connections.
// https://www.pureftpd.org/project/pure-ftpd/doc/ (README, README.TLS)
import { HOME, SETTINGS } from "./namespace.ts";
import { PASSWORD_HASH, USER, type Recipe } from "./recipe.ts";

export const pureFtpd: Recipe = {
  packages: ["pure-ftpd", "pure-ftpd-common"],
  implicit: false,
  setup: ({ unpacked, port }) => ({
    files: { "users.passwd": `${USER.name}:${PASSWORD_HASH}:${USER.id}:${USER.id}::${HOME}/./::::::::::::\n` },
    prepare: ["mkdir /run/pure-ftpd", `'${unpacked.folder}/usr/bin/pure-pw' mkdb /run/users.pdb -f ${SETTINGS}/users.passwd`],
    command: [
      `${unpacked.folder}/usr/sbin/pure-ftpd`,
      "-S",
      `127.0.0.1,${port}`,
      "-2",
      `${SETTINGS}/server.pem,${SETTINGS}/server.key`,
      ..."-l puredb:/run/users.pdb -Y 3 -4 -A -E -H -g /run/pure-ftpd.pid".split(" "),
    ],
  }),
};
