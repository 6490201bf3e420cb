import { transportContract } from "./test/contract.ts";
import { simulatedSftp } from "./test/simulated.ts";

transportContract("SFTP", () => simulatedSftp());
transportContract("SFTP that tells no modes", () => simulatedSftp({ modes: false }));
