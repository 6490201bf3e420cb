import { checkServer } from "./check-server.ts";

checkServer({ kind: "vsftpd", tls: "TLSv1.3" });
