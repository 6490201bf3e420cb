// vsftpd, as a careful administrator sets it up: local users, TLS required, data connections resume the session.
// https://security.appspot.com/vsftpd/vsftpd_conf.html
import { HOME, SETTINGS } from "./namespace.ts";
import type { Recipe } from "./recipe.ts";

export const vsftpd: Recipe = {
  packages: ["vsftpd"],
  implicit: true,
  setup: ({ unpacked, port, implicit }) => ({
    files: {
      "vsftpd.conf": Object.entries({
        listen: "YES",
        listen_ipv6: "NO",
        listen_address: "127.0.0.1",
        listen_port: port,
        background: "NO",
        anonymous_enable: "NO",
        local_enable: "YES",
        write_enable: "YES",
        local_umask: "022",
        local_root: HOME,
        chroot_local_user: "YES",
        allow_writeable_chroot: "YES",
        secure_chroot_dir: "/run/empty",
        pam_service_name: "ftp",
        // Its sandbox kills it under kernels that are newer than it.
        seccomp_sandbox: "NO",
        ssl_enable: "YES",
        implicit_ssl: implicit ? "YES" : "NO",
        force_local_data_ssl: "YES",
        force_local_logins_ssl: "YES",
        require_ssl_reuse: "YES",
        ssl_ciphers: "HIGH",
        rsa_cert_file: `${SETTINGS}/server.pem`,
        rsa_private_key_file: `${SETTINGS}/server.key`,
      })
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    },
    prepare: ["mkdir /run/empty"],
    command: [`${unpacked.folder}/usr/sbin/vsftpd`, `${SETTINGS}/vsftpd.conf`],
  }),
};
