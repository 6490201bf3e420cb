import { checkServer } from "./check-server.ts";

checkServer({ kind: "openssh", tls: null });
