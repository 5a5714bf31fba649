# The service as an image, for platforms that run containers. Its version of Node is the one that package-lock.json pins
# for development, and its command is the Procfile's; tests compare both.

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency in production needs its install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
ENV PORT=8080
# What is embedded is kept here while no database is bound; mount a volume for it to outlive the container.
ENV DATA_DIR=/data
RUN mkdir /data && chown 1000:1000 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json openapi.yaml ./
COPY src ./src
# By number, because Kubernetes can tell only of a number that it is not root. The image calls this user "node".
USER 1000:1000
EXPOSE 8080
# The port of the environment, for whoever starts the container may choose another one.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "-e", "require('node:http').get({ port: process.env.PORT, path: '/health/live' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Through a shell, which works out the size of the heap; "exec" has Node take its place, so that SIGTERM reaches Node.
CMD exec env NODE_COMPILE_CACHE=${TMPDIR:-/tmp}/compile-cache node --max-old-space-size=$((${MEMORY_AVAILABLE:-128}/2)) --max-semi-space-size=2 src/main.ts web
