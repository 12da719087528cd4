# One target per service: docker build --target gateway .
# Every step that builds is an npm command that works outside as well.

FROM node:24-bookworm-slim AS source
WORKDIR /app
COPY . .

FROM source AS build
RUN npm ci
RUN npm run build

# What a service needs at run time, without tools and without the packages that carry Node or PostgreSQL.
FROM source AS gateway-packages
RUN npm ci --omit=dev --omit=optional --workspace=apps/gateway

FROM source AS orchestrator-packages
RUN npm ci --omit=dev --omit=optional --workspace=apps/orchestrator

FROM source AS generator-packages
RUN npm ci --omit=dev --omit=optional --workspace=apps/generator

FROM source AS notifier-packages
RUN npm ci --omit=dev --omit=optional --workspace=apps/notifier

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
USER node

FROM runtime AS gateway
COPY --from=gateway-packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/libs libs
COPY --from=build /app/apps/gateway apps/gateway
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/gateway/dist/main.js"]

FROM runtime AS orchestrator
COPY --from=orchestrator-packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/libs libs
COPY --from=build /app/apps/orchestrator apps/orchestrator
EXPOSE 3002
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3002/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/orchestrator/dist/main.js"]

FROM runtime AS generator
COPY --from=generator-packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/libs libs
COPY --from=build /app/apps/generator apps/generator
EXPOSE 3003
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3003/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/generator/dist/main.js"]

FROM runtime AS notifier
COPY --from=notifier-packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/libs libs
COPY --from=build /app/apps/notifier apps/notifier
EXPOSE 3001
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3001/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/notifier/dist/main.js"]
