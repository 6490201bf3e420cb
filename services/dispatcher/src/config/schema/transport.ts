// A supplier's `transport`: its server, and how it is trusted.
import { z } from "zod";
import { secret } from "@soh/shared/config";
import { duration, port, text, wholeNumber } from "./scalars.ts";

const tlsVersion = z.enum(["TLSv1.2", "TLSv1.3"]);

export const ftps = z.strictObject({
  kind: z.literal("ftps").describe("FTP with explicit TLS, always verified."),
  host: text,
  port: port().default(21),
  user: text,
  password: secret(),
  tls: z
    .strictObject({
      ca: text
        .optional()
        .describe("PEM file with the certificate authority to trust instead of the system's; relative to this file."),
      min: tlsVersion.default("TLSv1.2"),
      max: tlsVersion.default("TLSv1.3"),
    })
    .prefault({}),
  connections: wholeNumber(1, 10).default(1).describe("Most connections at once."),
  timeout: duration().prefault("30s").describe("Longest silence of the server."),
});
