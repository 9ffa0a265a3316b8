# The image of the gateway. `docker build .` makes the last stage, `--target fly` the one for hosts whose volumes belong to
# root. docs/operate/deploy.md says how to run it.

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY gateway/package.json gateway/
# No package may run code while it is installed; none that we ship needs to.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY gateway/tsconfig.json gateway/tsconfig.build.json gateway/
COPY gateway/src gateway/src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && chmod +x gateway/dist/main.js

FROM node:20.20.2-bookworm-slim AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 SYNTHLANG_DATA_DIR=/data
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/gateway/package.json gateway/
COPY --from=build /app/gateway/dist gateway/dist
RUN ln -s /app/gateway/dist/main.js /usr/local/bin/synthlang && install -d -o node -g node -m 700 /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/readiness`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Begins as root, hands the volume over, and goes on as the user that everything else runs as.
FROM runtime AS fly
ENTRYPOINT ["sh", "-c", "chown node:node /data && exec setpriv --reuid=node --regid=node --init-groups synthlang \"$@\"", "synthlang"]
CMD ["serve"]

FROM runtime AS gateway
USER node
# The program's first line names the flags that Node is to have.
ENTRYPOINT ["synthlang"]
CMD ["serve"]
