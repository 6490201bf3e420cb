import { checkServer } from "./check-server.ts";

checkServer("pure-ftpd");
