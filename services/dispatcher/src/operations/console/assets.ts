// The style sheet and the icon. The address of the style sheet changes with its content, so that a browser may keep it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";

const style = readFileSync(join(import.meta.dirname, "style.css"));
const icon = readFileSync(join(import.meta.dirname, "icon.svg"));

export const STYLE_PATH = `/assets/${createHash("sha256").update(style).digest("hex").slice(0, 12)}.css`;

export function assetRoutes(app: FastifyInstance): void {
  app.get(STYLE_PATH, (_request, reply) =>
    reply.type("text/css; charset=utf-8").header("cache-control", "private, max-age=31536000, immutable").send(style),
  );
  app.get("/assets/icon.svg", (_request, reply) =>
    reply.type("image/svg+xml").header("cache-control", "private, max-age=86400").send(icon),
  );
}
