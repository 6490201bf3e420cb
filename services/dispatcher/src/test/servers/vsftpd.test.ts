import { checkServer } from "./check-server.ts";

checkServer("vsftpd");
