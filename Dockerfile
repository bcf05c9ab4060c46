# Deskbell as an image. docker-compose.yml builds it; docs/production.md says how it is run.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --release --bin deskbell

FROM debian:bookworm-slim
# What other servers' certificates are checked against.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/deskbell /usr/local/bin/deskbell
# The data folder is the one place that is written to; a volume over it begins with this owner.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/deskbell
USER 10001:10001
ENV DESKBELL_DATA=/var/lib/deskbell DESKBELL_LISTEN=0.0.0.0:8080
WORKDIR /var/lib/deskbell
VOLUME /var/lib/deskbell
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["deskbell", "health"]
ENTRYPOINT ["deskbell"]
CMD ["serve"]
