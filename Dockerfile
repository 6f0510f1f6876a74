# syntax=docker/dockerfile:1
# Pintail's image: compiled JavaScript and production dependencies, no compiler, no npm scripts, no root.
#
#   docker build -t pintail .
#   docker run -p 4317:4317 -p 4318:4318 -p 8088:8088 -p 8080:8080 -v pintail-data:/var/lib/pintail --env-file pintail.env pintail
#
# Debian, not Alpine: DuckDB's binding is built against glibc.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# None of the production dependencies needs an install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="pintail" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY sql ./sql
COPY config ./config
# The image's own files belong to root and are read-only for the service; only the volume is its own.
RUN mkdir -p /var/lib/pintail && chown 1000:1000 /var/lib/pintail
VOLUME /var/lib/pintail
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
# OTLP gRPC, OTLP HTTP, Splunk HEC, API.
EXPOSE 4317 4318 8088 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve", "--config", "config/container.yaml"]
