// The reference of deliveries: basic-ftp by itself, STOR, SIZE, RNFR and RNTO, on one kept connection or one for each file. argv:
// JSON of RawUploads; prints how long it took.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { Client } from "basic-ftp";

export interface RawUploads {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
  readonly folder: string;
  /** A purchase order. */
  readonly file: string;
  readonly count: number;
  readonly connect: "once" | "per-file";
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rig wrote it
const options = JSON.parse(process.argv[2] ?? "") as RawUploads;
const bytes = readFileSync(options.file);
const ca = readFileSync(options.caFile);

let client = await connected();
await upload("warm-up");
const start = performance.now();
for (let index = 0; index < options.count; index++) {
  if (options.connect === "per-file") {
    client.close();
    client = await connected();
  }
  await upload(String(index));
}
process.stdout.write(`${JSON.stringify({ totalMs: performance.now() - start })}\n`);
client.close();

async function connected(): Promise<Client> {
  const { host, port, user, password } = options;
  const made = new Client();
  await made.access({ host, port, user, password, secure: true, secureOptions: { ca } });
  return made;
}

async function upload(name: string): Promise<void> {
  const path = `${options.folder}/raw-${name}`;
  await client.uploadFrom(Readable.from([bytes]), `${path}.tmp`);
  const size = await client.size(`${path}.tmp`);
  if (size !== bytes.byteLength) {
    throw new Error(`${path}.tmp has ${size} bytes instead of ${bytes.byteLength}`);
  }
  await client.rename(`${path}.tmp`, path);
}
