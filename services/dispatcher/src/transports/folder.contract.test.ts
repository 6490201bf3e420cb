import { transportContract } from "./test/contract.ts";
import { simulatedFolder } from "./test/simulated.ts";

transportContract("a directory", () => Promise.resolve(simulatedFolder()));
