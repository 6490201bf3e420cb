// All transports, by the `kind` of handler.yaml.
import type { TransportSettings } from "../config/transport-settings.ts";
import { connectFolder } from "./folder.ts";
import { connectFtp } from "./ftp.ts";
import type { SupplierSession } from "./transport.ts";

/** Connects and logs in. Throws NotSent and Refused. */
export async function connectTransport(transport: TransportSettings): Promise<SupplierSession> {
  switch (transport.kind) {
    case "ftps":
    case "ftp":
      return await connectFtp(transport);
    case "sftp":
      // Only where it is used: ssh2 takes 25 MB.
      return await (await import("./sftp.ts")).connectSftp(transport);
    case "folder":
      return await connectFolder(transport);
  }
}
