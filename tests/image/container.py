"""One container of the image as compose.yaml runs it, with the few things the checks ask of it."""

import http.client
import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from engine import docker
from ports import free_port

IMAGE = "qianqiao-test/qianqiao"
HARDENED = ["--read-only", "--tmpfs", "/tmp:mode=1777,size=512m", "--cap-drop", "ALL",
            "--security-opt", "no-new-privileges"]


def until(what, limit_s=30):
    """Whether `what` comes true within the limit."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            if what():
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.05)
    return False


class Container:
    """Started on entry, removed on exit. `settings` becomes the .env that the service finds in /config."""

    def __init__(self, settings=None, options=(), environment=()):
        # The containers share the host's network, where anything else may run too.
        self.port, self.app_port = free_port(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="qianqiao-image-"))
        self.data = self.folder / "data"
        self.config = self.folder / "config"
        self.data.mkdir()
        self.config.mkdir()
        os.chmod(self.folder, 0o755)
        os.chown(self.data, 1000, 1000)
        lines = {"LISTEN_PORT": self.port, "APP_PORT": self.app_port, **(settings or {})}
        (self.config / ".env").write_text("".join(f"{k}={v}\n" for k, v in lines.items()), encoding="utf-8")
        self.options = [*options, "-v", f"{self.data}:/data", "-v", f"{self.config}:/config:ro"]
        for variable in environment:
            self.options += ["-e", variable]
        self.id = None

    def __enter__(self):
        self.id = docker("run", "-d", "--network=host", "--health-interval=1s", *self.options, IMAGE)
        return self

    def __exit__(self, *_):
        docker("rm", "-f", self.id)
        shutil.rmtree(self.folder)

    def request(self, method, path, body=None, **headers):
        """Status and body of one request through nginx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def headers(self, path, **headers):
        """The headers of a page through nginx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("HEAD", path, headers=headers)
        return connection.getresponse().headers

    def is_up(self):
        """Whether both processes answer."""
        return self.request("GET", "/health")[0] == 200

    def inspect(self, template):
        """A field of what the engine knows about the container."""
        return docker("inspect", "--format", template, self.id)

    def logs(self):
        """All that was printed."""
        return docker("logs", self.id)

    def process(self, part):
        """The host's process id of the first process whose command line holds `part`."""
        rows = [row.split(None, 1) for row in docker("top", self.id, "-o", "pid,args").splitlines()[1:]]
        return next((int(pid) for pid, command in rows if part in command), None)

    def kill(self, part):
        """Kills a process by force; true when another one answers in its place."""
        old = self.process(part)
        if old is None:
            return False
        os.kill(old, signal.SIGKILL)
        return until(lambda: self.process(part) not in (None, old) and self.is_up())

    def exit_code(self, limit_s=60):
        """The container's exit code, or None when it runs on."""
        ended = until(lambda: self.inspect("{{.State.Running}}") == "false", limit_s)
        return int(self.inspect("{{.State.ExitCode}}")) if ended else None
