# One image for every role: the command says which (server, worker, migrate, …).
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/var/lib/central-index
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY bin ./bin
COPY libs/accounts/data ./libs/accounts/data
COPY --from=build /app/dist ./dist
# New volumes take their owner from the image.
RUN mkdir -p /var/lib/central-index/registry && chown -R node:node /var/lib/central-index
USER node
EXPOSE 8080
ENTRYPOINT ["node", "bin/central-index.js"]
CMD ["server"]
