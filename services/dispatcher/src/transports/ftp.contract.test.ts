import { transportContract } from "./test/contract.ts";
import { simulatedFtp } from "./test/simulated.ts";

transportContract("FTPS, explicit, TLS 1.2", () => simulatedFtp({ tls: "TLSv1.2" }));
transportContract("FTPS, explicit, TLS 1.3", () => simulatedFtp({ tls: "TLSv1.3" }));
transportContract("FTPS, implicit", () => simulatedFtp({ encryption: "implicit" }));
transportContract("FTPS with a pinned certificate, TLS 1.2", () => simulatedFtp({ pinned: true, tls: "TLSv1.2" }));
transportContract("FTPS with a pinned certificate, TLS 1.3", () => simulatedFtp({ pinned: true, tls: "TLSv1.3" }));
transportContract("FTPS with names in latin1, without MLSD", () => simulatedFtp({ encoding: "latin1", mlsd: false }));
transportContract("plain FTP", () => simulatedFtp({ encryption: "none" }));
