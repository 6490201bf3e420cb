import { checkServer } from "./check-server.ts";

checkServer({ kind: "pure-ftpd", tls: "TLSv1.2" });
