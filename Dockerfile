# SPDX-License-Identifier: GPL-3.0-or-later
# The command inet256, by default as a daemon with the configuration in /config:
#   docker build -t inet256:local .
#   docker run -it --rm --net=host -v ./myconfig:/config:ro inet256:local
# BASE is any image with Node 20.19 or newer and a shell; of glibc, for the native code. It builds
# too, with npm. It runs as a user of its own, without capabilities, on a read-only root.
ARG BASE=docker.io/library/node:24-bookworm-slim
ARG BUILD_BASE=${BASE}

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY .npmrc package.json package-lock.json ./
COPY gen/package.json gen/
COPY clients/ts/package.json clients/ts/
COPY server/package.json server/
COPY apps/package.json apps/
RUN npm install --ignore-scripts --no-save --no-audit --no-fund
COPY . .
RUN node packaging/bundle/bundle.mjs --native --out /out

FROM ${BASE}
# The number that the first user of most machines has: a key of mode 0600 of that user can be read
# as it is. `docker run --user` gives another.
ARG UID=1000
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="inet256" \
      org.opencontainers.image.description="INET256: 256-bit addresses for programs, and the daemon that connects them" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
COPY --from=build /out/ /usr/local/lib/inet256/
COPY LICENSE /usr/local/share/doc/inet256/LICENSE
RUN ln -s ../lib/inet256/inet256.mjs /usr/local/bin/inet256 \
 && mkdir -p /config /run/inet256 \
 && chown ${UID}:${UID} /run/inet256 \
 && chmod 0755 /run/inet256
# Where the daemon listens and the programs of this image look. `api_endpoint` in the configuration
# comes first for the daemon: whoever sets it sets this too, for the health check.
ENV INET256_API=unix:///run/inet256/inet256.sock \
    XDG_STATE_HOME=/run/inet256 \
    NODE_ENV=production
# The one place that is written to; a volume, so that a read-only root needs nothing else.
VOLUME /run/inet256
USER ${UID}:${UID}
EXPOSE 25632/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \
  CMD ["inet256", "status", "--json"]
CMD ["inet256", "daemon", "--config", "/config/config.yml"]
