# One build for both services, one target for each: `docker build --target ingest .`, or dispatcher. Node runs the
# TypeScript as it is, so building is installing the libraries. It needs no BuildKit.

FROM node:24-bookworm-slim AS workspace
# The version that scripts/run.mjs fetches.
ARG PNPM_VERSION=12.21.0
# Another one where the public registry is out of reach. npm reads the first variable, pnpm the second.
ARG NPM_CONFIG_REGISTRY=https://registry.npmjs.org/
ENV NPM_CONFIG_REGISTRY=$NPM_CONFIG_REGISTRY PNPM_CONFIG_REGISTRY=$NPM_CONFIG_REGISTRY
# pnpm's default of 64 and more makes some proxies stall for a minute.
ENV PNPM_CONFIG_NETWORK_CONCURRENCY=16
RUN npm install --global --no-audit --no-fund --no-update-notifier "pnpm@${PNPM_VERSION}"
WORKDIR /app
# The manifests alone: a change of the sources does not install again. All of them, or the lockfile would not fit.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY packages/simulators/package.json packages/simulators/
COPY packages/trials/package.json packages/trials/
COPY services/ingest/package.json services/ingest/
COPY services/dispatcher/package.json services/dispatcher/

# --filter-prod: a service's dependencies in production, those of this workspace included; --filter would add its tests'.
FROM workspace AS ingest-build
RUN pnpm install --prod --frozen-lockfile --reporter=append-only --filter-prod "@soh/ingest..."
COPY packages/shared packages/shared
COPY services/ingest services/ingest

FROM workspace AS dispatcher-build
RUN pnpm install --prod --frozen-lockfile --reporter=append-only --filter-prod "@soh/dispatcher..."
COPY packages/shared packages/shared
COPY services/dispatcher services/dispatcher

# What is copied below belongs to root, so that a service cannot change its own code. /data and /journal are its own; a named volume that
# is mounted there takes the owner over.
FROM node:24-bookworm-slim AS runtime
RUN rm -rf /usr/local/lib/node_modules /opt/yarn* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && install -d -m 700 -o node -g node /data /journal \
  && install -d -o node -g node /app/compiled
# What Node makes of the TypeScript is kept in the image: else every process loads the compiler, 30 MB, and starts a second later.
# Node reads only what the same user made, with the same flags: so each program runs here once, and ends for want of a configuration.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compiled
WORKDIR /app
USER node

FROM runtime AS ingest
COPY --from=ingest-build /app/package.json ./
COPY --from=ingest-build /app/node_modules node_modules
COPY --from=ingest-build /app/packages/shared packages/shared
COPY --from=ingest-build /app/services/ingest services/ingest
RUN node --no-maglev --no-concurrent-sparkplug --max-semi-space-size=8 services/ingest/src/main.ts 2>&1 | grep -q SOH_ \
  && ls compiled/*/* >/dev/null
CMD ["node", "--no-maglev", "--no-concurrent-sparkplug", "--max-semi-space-size=8", "services/ingest/src/main.ts"]

FROM runtime AS dispatcher
COPY --from=dispatcher-build /app/package.json ./
COPY --from=dispatcher-build /app/node_modules node_modules
COPY --from=dispatcher-build /app/packages/shared packages/shared
COPY --from=dispatcher-build /app/services/dispatcher services/dispatcher
ENV PATH="/app/services/dispatcher/bin:$PATH"
RUN node --no-maglev --no-concurrent-sparkplug --max-semi-space-size=8 services/dispatcher/src/main.ts 2>&1 | grep -q SOH_ && soh --help >/dev/null \
  && ls compiled/*/* >/dev/null
CMD ["node", "--no-maglev", "--no-concurrent-sparkplug", "--max-semi-space-size=8", "services/dispatcher/src/main.ts"]
