// The reference of ingest: a route that reads a raw body and answers. argv: its port.
import { fastify } from "fastify";

const http = fastify();
http.removeAllContentTypeParsers();
http.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
http.get("/readyz", () => ({ status: "ok" }));
http.post("/webhooks/shopify", (request) => ({ status: Buffer.isBuffer(request.body) ? "queued" : "empty" }));
await http.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
