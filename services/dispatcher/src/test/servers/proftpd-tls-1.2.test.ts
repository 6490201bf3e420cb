import { checkServer } from "./check-server.ts";

checkServer({ kind: "proftpd", tls: "TLSv1.2" });
