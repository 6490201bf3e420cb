// The front door of suppliers' servers: connecting by any transport, sessions that are kept and shared, and trying a server
// out. A transport is added beside ftp.ts and named in registry.ts.
export { checkSupplier } from "./check/check.ts";
export { createChecks } from "./check/checks.ts";
export { connectTransport } from "./registry.ts";
export { createSessionPools, type SessionPools } from "./session-pools.ts";
export type { SupplierSession } from "./transport.ts";
