# Plain instructions only: this builds with BuildKit and with the classic builder, here and on Hugging Face alike.
ARG NODE_IMAGE=node:22-bookworm-slim
ARG RUST_IMAGE=rust:1-slim-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS ui
WORKDIR /ui
COPY ui/package.json ui/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY ui ./
RUN npm run build

FROM ${RUST_IMAGE} AS build
WORKDIR /build
# The dependencies come first and by themselves, so that a change of the sources does not compile them again.
COPY Cargo.toml Cargo.lock ./
COPY tests/fake_upstream/Cargo.toml tests/fake_upstream/
RUN mkdir -p src benches/costs tests/fake_upstream/src \
    && echo '//! A stub.' | tee src/lib.rs >tests/fake_upstream/src/lib.rs \
    && printf '//! A stub.\nfn main() {}\n' | tee src/main.rs benches/costs/main.rs >tests/fake_upstream/src/main.rs \
    && cargo build --release --locked --package qianqiao
COPY migrations migrations
COPY build.rs ./
COPY src src
COPY --from=ui /ui/dist ui/dist
# cargo goes by the time of the last change, and the copied files are older than the stubs that were compiled.
RUN touch src/lib.rs src/main.rs \
    && cargo build --release --locked --package qianqiao

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates nginx supervisor tini \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 user \
    && install -d -o user -g user /data /config
COPY nginx /usr/local/share/qianqiao/nginx
COPY docker /usr/local/share/qianqiao/docker
COPY supervisord.conf /usr/local/share/qianqiao/
COPY --from=build /build/target/release/qianqiao /usr/local/bin/

# The first of these folders that can be written to holds the database and the keys, unless DATA_DIR names one.
ENV DATA_DIR_DEFAULTS=/data:/home/user/data \
    RUN_DIR=/tmp/qianqiao
# The service reads an optional .env here; compose mounts the folder that holds it.
WORKDIR /config
USER 1000
EXPOSE 8082
# Through nginx, so that it fails when either process does.
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s CMD ["qianqiao", "healthcheck"]
# Named with their interpreter, because an upload through a web page loses the executable bit.
ENTRYPOINT ["tini", "--", "bash", "/usr/local/share/qianqiao/docker/entrypoint.sh"]
