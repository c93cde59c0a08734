"""The four sides: the fake upstream, plain nginx before it, the service, and nginx before the service."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import client
from ports import free_port
from processes import Failure, tree, wait_until
from workloads import KEY, upstream_request

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "nginx" / "nginx.conf.template"
WORKERS = 2
# Enough for the thousand idle streams and both sockets of each.
WORKER_CONNECTIONS = 9216


@dataclass
class Side:
    """Somewhere to send a request to; `roots` are the processes whose work is measured."""

    name: str
    port: int
    request: client.Request
    roots: list
    direct: bool = False
    # The bytes of one right answer, filled in when it was checked: of its body, and of all that was received.
    size: int = 0
    received: int = 0

    def pids(self):
        """All its processes, nginx's workers included."""
        return [pid for root in self.roots for pid in tree(root.pid)]

    def check(self, workload):
        """Asks once, proves that the answer is right, and remembers how long it is."""
        # The last megabyte holds the last text of a long answer.
        keep = 128 if self.direct and workload.units > 1000 else None
        response = client.ask(self.port, self.request, keep)
        workload.check(response, self.direct)
        self.size, self.received = response.size, response.received


class Bench:
    """What all measurements share: the scope of processes, the programs and the fake upstream."""

    def __init__(self, processes, binary, fake):
        self.processes = processes
        self.binary = binary
        self.fake = processes.start("fake", [fake])
        line = wait_until(lambda: re.search(r":(\d+)\s", self.fake.log.read_text()), "the fake upstream", self.fake)
        self.fake_port = int(line.group(1))

    def environment(self, workload):
        """The service's whole environment for one workload."""
        # A folder is one service's alone, and several run at the same time.
        data = tempfile.mkdtemp(prefix="data-", dir=self.processes.directory)
        return {
            "LISTEN_PORT": str(free_port()), "APP_PORT": str(free_port()), "WORKERS": str(WORKERS), "DRAIN_S": "1",
            "API_MASTER_KEY": KEY, "DATA_DIR": data, **workload.settings(self.fake_port),
        }

    def sides(self, workload):
        """Starts all four sides of a workload and proves that each one answers it rightly."""
        service, stack = self.stack(workload)
        wait_for_answer(service.port, service.request, service.roots[0])
        direct = upstream_request(client.journal(self.fake_port))
        plain = free_port()
        baseline = self._nginx("nginx-plain", self._plain(plain), plain)
        sides = [
            Side("fake", self.fake_port, direct, [self.fake], direct=True),
            Side("nginx", plain, direct, [baseline], direct=True),
            service,
            stack,
        ]
        for side in sides:
            side.check(workload)
        return sides

    def stack(self, workload):
        """Starts the service, and the image's nginx before it."""
        settings = self.environment(workload)
        service = self.processes.start("service", [self.binary, "serve"], settings)
        listen = int(settings["LISTEN_PORT"])
        nginx = self._nginx("nginx", self._render(settings), listen)
        asked = workload.request()
        return (Side("service", int(settings["APP_PORT"]), asked, [service]),
                Side("stack", listen, asked, [nginx, service]))

    def stop(self, sides):
        """Ends what was started for a workload; the fake upstream stays."""
        for root in {id(root): root for side in sides for root in side.roots}.values():
            if root is not self.fake:
                self.processes.stop(root)

    def _nginx(self, name, text, port):
        config = self.processes.directory / f"{name}.conf"
        config.write_text(text)
        process = self.processes.start(name, ["nginx", "-e", "stderr", "-c", config])
        wait_until(lambda: accepts(port), name, process)
        return process

    def _render(self, settings):
        """The image's own nginx, rendered by the binary as docker/entrypoint.sh does it."""
        values = [
            f"RUN_DIR={self.processes.directory}", f"USER_DIRECTIVE={user()}", "LISTEN_IPV6=",
            f"WORKER_CONNECTIONS={WORKER_CONNECTIONS}", f"OPEN_FILES={2 * WORKER_CONNECTIONS}", "SHUTDOWN_S=1",
        ]
        command = [self.binary, "render", TEMPLATE, *values]
        done = subprocess.run(command, env=settings, cwd=self.processes.directory, capture_output=True, text=True,
                              timeout=10, check=False)
        if done.returncode != 0:
            raise Failure(f"the template was not rendered: {done.stderr}")
        return done.stdout

    def _plain(self, port):
        rendered = self._render({"LISTEN_PORT": str(port)})
        values = {
            "user": user(), "workers": taken(rendered, r"^worker_processes .*?;"), "directory": self.processes.directory,
            "log": "\n    ".join([
                taken(rendered, r"map \$uri \$log_path \{.*?\n    \}"),
                taken(rendered, r"map \$request_uri \$masked_path \{.*?\n    \}"),
                taken(rendered, r"map \$http_x_request_id \$id \{.*?\n    \}"),
                taken(rendered, r"log_format json .*?;\n"), taken(rendered, r"access_log /dev/stdout .*?;"),
            ]),
            "upstream": self.fake_port, "listen": port,
            "keepalive": taken(rendered, r"(?<=\s)keepalive +\d+;(?s:.*?)keepalive_timeout +\d+s;"),
        }
        text = (Path(__file__).parent / "nginx-plain.conf").read_text()
        return re.sub(r"\{\{(\w+)\}\}", lambda found: str(values[found.group(1)]), text)


def taken(text, pattern):
    """A part of the template; a template that changed must not silently make the comparison unfair."""
    found = re.search(pattern, text, re.DOTALL | re.MULTILINE)
    if not found:
        raise Failure(f"nginx.conf.template has no part that fits {pattern!r}: adapt bench/sides.py")
    return found.group(0).strip()


def user():
    """Root's nginx would give its workers to a user who may not enter the directory."""
    return "user root;" if os.geteuid() == 0 else ""


def accepts(port):
    """Whether somebody listens."""
    try:
        client.Connection(port, patience=1).close()
        return True
    except OSError:
        return False


def wait_for_answer(port, request, process):
    """The service serves `auto` once it has fetched its list of models."""
    def answered():
        try:
            return client.ask(port, request, keep=0).status == 200
        except (OSError, ValueError):
            return False
    wait_until(answered, "a first answer", process)
