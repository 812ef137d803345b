# One image for every role: the command says which (server, worker, migrate, …). Tests, benchmarks and chaos scenarios are
# excluded by .dockerignore.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && find dist \( -name '*.map' -o -name '.tsbuildinfo' \) -delete

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/var/lib/central-index WORKER_HEALTH_FILE=/tmp/central-index-worker
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY bin ./bin
COPY libs/accounts/data ./libs/accounts/data
COPY apps/server/src/web/assets ./apps/server/src/web/assets
COPY --from=build /app/dist ./dist
# `docker exec NAME central-index …`. New volumes take their owner from the image.
RUN ln -s /app/bin/central-index.js /usr/local/bin/central-index \
  && mkdir -p /var/lib/central-index/registry && chown -R node:node /var/lib/central-index
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "bin/health.js"]
ENTRYPOINT ["central-index"]
CMD ["server"]
