"""The Docker engine of the image test: installed and started when the machine has none that runs."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "/var/cache")) / "qianqiao-image-test"
START_S = 60


class CannotRun(Exception):
    """The machine does not allow this test; the text says why."""


def docker(*arguments, check=True, **options):
    """Runs the docker command and returns what it printed, on both streams."""
    # The classic builder is the one that needs neither a plug-in nor a registry.
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(
        ["docker", *arguments], env=environment, check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, **options,
    )
    if check and done.returncode:
        raise AssertionError(f"docker {arguments[0]}: exit {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout.strip()


def install(command, *packages):
    """Installs the packages unless the command that they bring is there."""
    if shutil.which(command):
        return
    if not shutil.which("apt-get"):
        raise CannotRun(f"{command} is missing and there is no apt-get to install it")
    # RUNLEVEL keeps Debian from starting a docker service for good.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", "-q", *step], env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            raise CannotRun(f"apt-get {step[0]} failed: {done.stderr.strip()[-300:]}")


def answers():
    """Whether a Docker engine can be reached."""
    return shutil.which("docker") and subprocess.run(
        ["docker", "version"], check=False, capture_output=True).returncode == 0


@contextmanager
def engine():
    """Uses the engine that runs, else one of our own with its own folder, which keeps layers for the next time."""
    if answers():
        yield
        return
    install("dockerd", "docker.io")
    CACHE.mkdir(parents=True, exist_ok=True)
    socket = f"unix://{CACHE}/docker.sock"
    with open(CACHE / "dockerd.log", "w", encoding="utf-8") as log:
        daemon = subprocess.Popen(
            ["dockerd", "--host", socket, "--data-root", CACHE / "docker", "--exec-root", CACHE / "run",
             "--pidfile", CACHE / "dockerd.pid", "--iptables=false", "--ip6tables=false", "--bridge=none"],
            stdout=log, stderr=log)
    os.environ["DOCKER_HOST"] = socket
    try:
        deadline = time.monotonic() + START_S
        while not answers():
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise CannotRun(f"dockerd does not start, see {CACHE}/dockerd.log")
            time.sleep(0.1)
        yield
    finally:
        daemon.terminate()
        daemon.wait()
