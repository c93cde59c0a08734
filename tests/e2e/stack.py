"""A running product: docker/entrypoint.sh with nginx, supervisord and the service, on its own ports and folders."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from fake import ROOT
from patience import until
from ports import free_port
from processes import Session
from wire import HOST, Stream, ask

ENTRYPOINT = ROOT / "docker" / "entrypoint.sh"
OWNER_KEY = "qq-e2e-0123456789abcdef0123456789"
START_S = 30
STOP_S = 20
# What a developer's shell holds must decide nothing here.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def binary():
    """The service's binary."""
    if "QIANQIAO_BIN" in os.environ:
        return Path(os.environ["QIANQIAO_BIN"])
    built = [ROOT / "target" / profile / "qianqiao" for profile in ("release", "debug")]
    found = [path for path in built if path.exists()]
    assert found, "no binary: run `cargo build`, or set QIANQIAO_BIN"
    return found[0]


class Stack:
    """The product with these settings, in the process environment or in the text of a `.env`.

    `prepare` is called with the data folder before the start.
    """

    def __init__(self, settings=None, dotenv=None, prepare=None, key=OWNER_KEY):
        self.folder = Path(tempfile.mkdtemp(prefix="qianqiao-e2e-"))
        self.run_dir, self.data_dir = self.folder / "run", self.folder / "data"
        self.data_dir.mkdir()
        if prepare:
            prepare(self.data_dir)
        if dotenv is not None:
            (self.folder / ".env").write_text(dotenv, encoding="utf-8")
        self.port, self.app_port, self.key = free_port(), free_port(), key
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "QIANQIAO_BIN": str(binary()),
            "RUN_DIR": str(self.run_dir),
            "DATA_DIR": str(self.data_dir),
            "LISTEN_PORT": str(self.port),
            "APP_PORT": str(self.app_port),
            "DRAIN_S": "2",
            **({"API_MASTER_KEY": key} if key else {}),
            **(settings or {}),
        }
        self.process = None
        self.received = []

    def launch(self):
        """Starts everything, without waiting for it."""
        self.process = subprocess.Popen(
            ["bash", ENTRYPOINT],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.session = Session(self.process.pid)
        self.reader = threading.Thread(target=self.read_output, daemon=True)
        self.reader.start()
        return self

    def start(self):
        """Starts everything and waits until it answers."""
        self.launch()
        until(self.is_up, START_S, lambda: f"the stack answers; it said:\n{self.output()}")
        return self

    def read_output(self):
        """Keeps what is printed; ends when the last process has closed its end."""
        while piece := os.read(self.process.stdout.fileno(), 65536):
            self.received.append(piece)

    def output(self):
        """What was printed so far."""
        return b"".join(self.received).decode("utf-8", "replace")

    def is_up(self):
        """Whether both processes answer."""
        assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.output()}"
        try:
            return self.ask("/health", key=None, timeout=5).status == 200
        except OSError:
            return False

    def wait(self, limit_s=STOP_S):
        """The exit code, once it ended by itself and all its output is read."""
        code = until(
            lambda: (self.process.poll(),) if self.process.poll() is not None else None,
            limit_s,
            lambda: f"it ended; it said:\n{self.output()}",
        )[0]
        until(lambda: not self.session.alive(), 5, lambda: f"all processes ended, but {self.session.alive()}")
        self.reader.join(5)
        assert not self.reader.is_alive(), "somebody still holds the output"
        return code

    def terminate(self):
        """Tells it to stop, as an init or Docker does."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self, limit_s=STOP_S):
        """Stops it properly and returns its exit code."""
        self.terminate()
        return self.wait(limit_s)

    def close(self):
        """Ends whatever still runs, by force, and removes the folder."""
        if self.process:
            self.session.kill()
            self.process.wait(timeout=10)
            self.reader.join(5)
            self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def headers(self, key=OWNER_KEY):
        """The headers of an ordinary request."""
        key = self.key if key == OWNER_KEY else key
        return {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}

    def ask(self, path, method="GET", body=None, key=OWNER_KEY, headers=None, timeout=30):
        """One request through nginx, with the owner's key unless another one or none is given."""
        return ask(self.port, method, path, {**self.headers(key), **(headers or {})}, body, timeout)

    def chat(self, model="auto", text="hello", timeout=30, headers=None, **fields):
        """A completion that is not streamed."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.ask("/v1/chat/completions", "POST", body, timeout=timeout, headers=headers)

    def stream(self, model="auto", text="hello", timeout=30, headers=None, **fields):
        """A streamed completion, of which only the head was read."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": True, **fields}
        return Stream(self.port, "/v1/chat/completions", {**self.headers(), **(headers or {})}, body, timeout)

    def health(self):
        """What the owner reads of the service's state."""
        return self.ask("/health").json()

    def in_flight(self):
        """How many replies hold an account, over all accounts."""
        providers = self.health()["providers"]
        return sum(account["in_flight"] for provider in providers for account in provider["accounts"])
