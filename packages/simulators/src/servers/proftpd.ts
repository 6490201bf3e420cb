// ProFTPD with mod_tls and what Debian's proftpd.conf sets. http://www.proftpd.org/docs/contrib/mod_tls.html
// No TLSSessionCache: with `shm:` and TLS 1.3 the server of Debian 12 crashes at the second download of a session.
import { existsSync } from "node:fs";
import { HOME, SETTINGS } from "./namespace.ts";
import { PASSWORD_HASH, USER, type Recipe } from "./recipe.ts";

export const proftpd: Recipe = {
  packages: ["proftpd-core", "proftpd-mod-crypto"],
  implicit: true,
  setup: ({ unpacked, port, implicit }) => {
    const modules = [`${unpacked.folder}/usr/lib/proftpd`, `${unpacked.folder}/usr/lib/${process.arch}-linux-gnu/proftpd`];
    return {
      files: {
        "users.passwd": `${USER.name}:${PASSWORD_HASH}:${USER.id}:${USER.id}::${HOME}:/bin/sh\n`,
        "users.group": `${USER.name}:x:${USER.id}:\n`,
        "proftpd.conf": `
ModulePath ${modules.find((folder) => existsSync(folder)) ?? modules[0]}
LoadModule mod_tls.c
ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
Port ${port}
UseIPv6 off
User nobody
Group nogroup
Umask 022 022
AllowOverwrite on
PidFile /run/proftpd.pid
ScoreboardFile /run/proftpd.scoreboard
DelayTable /run/proftpd.delay
AuthOrder mod_auth_file.c
AuthUserFile ${SETTINGS}/users.passwd
AuthGroupFile ${SETTINGS}/users.group
RequireValidShell off
DefaultRoot ${HOME}
TLSEngine on
TLSRequired on
TLSProtocol TLSv1.2 TLSv1.3
TLSECCertificateFile ${SETTINGS}/server.pem
TLSECCertificateKeyFile ${SETTINGS}/server.key
${implicit ? "TLSOptions UseImplicitSSL" : ""}
`,
      },
      prepare: [],
      command: [`${unpacked.folder}/usr/sbin/proftpd`, "--nodaemon", "--config", `${SETTINGS}/proftpd.conf`],
    };
  },
};
