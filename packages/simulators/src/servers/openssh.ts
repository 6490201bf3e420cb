// OpenSSH's sshd, where a user may do nothing but SFTP in its own folder. https://man.openbsd.org/sshd_config
import { HOME, SETTINGS } from "./namespace.ts";
import { USER, type Recipe } from "./recipe.ts";

export const openssh: Recipe = {
  packages: ["openssh-server"],
  implicit: false,
  setup: ({ unpacked, port }) => ({
    files: {
      sshd_config: `
ListenAddress 127.0.0.1:${port}
HostKey ${SETTINGS}/host_key
PidFile none
UsePAM no
UseDNS no
AllowUsers ${USER.name}
PasswordAuthentication yes
PubkeyAuthentication yes
AuthorizedKeysFile ${SETTINGS}/authorized_keys
StrictModes no
PrintMotd no
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d /
ChrootDirectory ${HOME}
`,
    },
    prepare: ["mkdir /run/sshd"],
    command: [`${unpacked.folder}/usr/sbin/sshd`, "-D", "-e", "-f", `${SETTINGS}/sshd_config`],
  }),
};
