# Built in stages: what installs and builds stays behind, an ordinary user runs the rest.
FROM oven/bun:1.4.5-slim AS installed
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN bun install --frozen-lockfile --production

FROM oven/bun:1.4.5-slim
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 PORT=3000
COPY --from=installed /app/node_modules node_modules
COPY package.json bun.lock bunfig.toml tsconfig.json LICENSE ./
COPY sql sql
COPY scripts scripts
COPY server server
COPY client client
# The image brings the user; the data directory is the only place where it may write.
RUN mkdir /data && chown bun:bun /data
USER bun
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["bun", "-e", "const { PORT, TLS_CERT } = process.env; const { ok } = await fetch(`http${TLS_CERT ? 's' : ''}://127.0.0.1:${PORT}/readyz`, { tls: { rejectUnauthorized: false } }); process.exit(ok ? 0 : 1)"]
ENTRYPOINT ["bun", "server/main.ts"]
