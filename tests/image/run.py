#!/usr/bin/env python3
"""The image test: builds the real Dockerfile and runs it as a VPS would. `tests/image/run.py`, as root on Linux."""

import os
import re
import socket
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))

from bases import bases
from container import HARDENED, IMAGE, Container, until
from engine import CannotRun, docker, engine

ROOT = Path(__file__).resolve().parents[2]
# Only `serve` fails, so that the container gets as far as it does with a service that dies for a reason of its own.
BROKEN = '#!/bin/sh\n[ "$1" != serve ] || { echo "no luck today" >&2; exit 1; }\nexec qianqiao "$@"\n'
QUESTION = {"model": "auto", "messages": [{"role": "user", "content": "hello"}]}
results = []


def check(what, good):
    """Prints and counts one line."""
    results.append(bool(good))
    print(("ok    " if good else "FAIL  ") + what, flush=True)


def build():
    """Builds the Dockerfile on bases of our own."""
    node, rust, debian = bases()
    proxies = [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "no_proxy")]
    values = [f"--build-arg={each}" for each in (
        f"NODE_IMAGE={node}", f"RUST_IMAGE={rust}", f"RUNTIME_IMAGE={debian}", *proxies)]
    print("      building the image: some minutes when sources changed", flush=True)
    # The first stages get names of their own, so that their dependencies outlive the clearing below.
    stages = ((f"{IMAGE}-ui", ["--target=ui"]), (f"{IMAGE}-build", ["--target=build"]), (IMAGE, []))
    for name, target in stages:
        docker("build", "--network=host", f"--label={IMAGE}", "-t", name, *target, *values, str(ROOT))
    docker("image", "prune", "--force", f"--filter=label={IMAGE}")
    check("the Dockerfile builds", True)


def check_contents():
    """What the image itself holds."""
    inside = docker("run", "--rm", "--network=none", "--entrypoint", "find", IMAGE, "/config", "/data", "/home/user",
                    "/usr/local/share/qianqiao", "/usr/local/bin", "-type", "f", "-printf", "%f\n").split()
    unknown = set(inside) - {"nginx.conf.template", "entrypoint.sh", "nginx.sh", "supervise.py", "supervisord.conf",
                             "qianqiao", ".bashrc", ".profile", ".bash_logout"}
    check(f"it holds its own files and no others {sorted(unknown) or ''}", not unknown and "qianqiao" in inside)
    check("it runs as uid 1000", docker("inspect", "--format", "{{.Config.User}}", IMAGE) == "1000")


def check_service(container):
    """What a client sees, and returns the owner's key."""
    up = until(container.is_up)
    check("it answers on LISTEN_PORT of the .env in /config", up)
    if not up:
        print(container.logs())
        return ""
    check("HEAD / is 200", container.request("HEAD", "/")[0] == 200)
    check_console(container)
    key = docker("exec", container.id, "qianqiao", "key")
    bearer = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    status, body = container.request("POST", "/v1/chat/completions", QUESTION, **bearer)
    check("the demo answers a completion with the key of `qianqiao key`", status == 200 and '"choices"' in body)
    status, body = container.request("POST", "//v1/chat/completions/", {**QUESTION, "stream": True}, **bearer)
    check("it streams, also with doubled slashes in the path", status == 200 and body.rstrip().endswith("data: [DONE]"))
    status, body = container.request("POST", "/v1/chat/completions?key=SEEN-IN-THE-QUERY", QUESTION)
    check("without a key it is 401", status == 401 and '"error"' in body)
    check("the first start printed the key", container.logs().count(key) >= 1)
    health = "{{.State.Health.Status}}"
    check("HEALTHCHECK says healthy", until(lambda: container.inspect(health) == "healthy"))
    return key


def check_console(container):
    """The page is the console and not what stands in for it, and what it loads comes packed."""
    _, page = container.request("GET", "/")
    loaded = re.findall(r'"(/assets/[^"]+\.(?:js|css))"', page)
    check(f"the page is the console {loaded}", loaded and "make ui" not in page)
    policy = container.headers("/").get("Content-Security-Policy", "")
    check("its policy lets it ask nobody else", "connect-src 'self'" in policy and "unsafe" not in policy)
    for path in loaded:
        head = container.headers(path, **{"Accept-Encoding": "gzip, br"})
        kept = head.get("Cache-Control", "")
        check(f"{path} comes packed and is kept", head.get("Content-Encoding") == "br" and "immutable" in kept)


def check_upkeep(container):
    """Its files, and its processes after they were killed."""
    users = set(docker("top", container.id, "-o", "pid,uid").split()[3::2])
    check(f"every process is uid 1000 {users}", users == {"1000"})
    check("its files are in /data", any(container.data.iterdir()) and docker("diff", container.id) == "")
    check("a killed service comes back", container.kill("qianqiao serve"))
    check("a killed nginx comes back", container.kill("nginx: master"))
    check("a killed nginx worker comes back", container.kill("nginx: worker"))
    lines = '"path":"/v1/chat/completions"'
    check("the log has the requests", until(lambda: lines in container.logs()))
    check("the log has no query string", "SEEN-IN-THE-QUERY" not in container.logs())


def check_stop(container, key):
    """The end, and what a second start finds."""
    began = time.monotonic()
    docker("stop", "--time=60", container.id)
    check("an idle container stops within 10 s", time.monotonic() - began < 10)
    check("it exits 0", container.exit_code() == 0)
    printed = container.logs().count(key)
    docker("start", container.id)
    check("it starts again", until(container.is_up))
    check("the key is the same", docker("exec", container.id, "qianqiao", "key") == key)
    check("a later start does not print it", container.logs().count(key) == printed)


def check_failures():
    """Every bad start ends non-zero and says why."""
    with Container({"LISTEN_PORT": "many"}, HARDENED) as container:
        code = container.exit_code()
        check(f"a bad setting ends it non-zero ({code})", code not in (0, None))
        check("and names it", "LISTEN_PORT" in container.logs())
    taken = Container(options=HARDENED)
    with socket.create_server(("0.0.0.0", taken.port)), taken as container:
        code = container.exit_code()
        check(f"a taken port ends it non-zero ({code})", code not in (0, None))
        check("and says what to set", re.search(rf"port {container.port} .*LISTEN_PORT", container.logs()))
    broken = Container(options=HARDENED, environment=["QIANQIAO_BIN=/config/broken"])
    program = broken.config / "broken"
    program.write_text(BROKEN, encoding="utf-8")
    program.chmod(0o755)
    with broken as container:
        code = container.exit_code()
        check(f"a service that stays dead ends it non-zero ({code})", code not in (0, None))
        check("and is named, with its own words", re.search(r"no luck today[^$]*service did not stay up", container.logs()))


def run():
    """All checks."""
    build()
    check_contents()
    with Container(options=HARDENED) as container:
        key = check_service(container)
        if key:
            check_upkeep(container)
            check_stop(container, key)
    with Container() as container:
        check("it also runs without any option", until(container.is_up))
    check_failures()


def main():
    """Says why it was skipped, else how many checks passed."""
    try:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise CannotRun("it needs root on Linux")
        with engine():
            run()
    except CannotRun as reason:
        print(f"image test skipped: {reason}")
        return 0
    except AssertionError as failure:
        check(str(failure), False)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
