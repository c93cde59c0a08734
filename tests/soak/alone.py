"""The service alone, without nginx, so that it can be killed and started again within a moment."""

import http.client
import os
import subprocess

from patience import until
from ports import free_port
from stack import INHERITED, OWNER_KEY, binary
from wire import ask

START_S = 10
PATIENCE_S = 15


class Dead(Exception):
    """The service was killed before it answered."""


class Service:
    """The service alone, with a folder that outlives it."""

    def __init__(self, folder, fake):
        self.folder, self.port = folder, free_port()
        self.data = folder / "data"
        self.data.mkdir()
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "APP_PORT": str(self.port),
            "LISTEN_PORT": str(free_port()),
            "DATA_DIR": str(self.data),
            "API_MASTER_KEY": OWNER_KEY,
            "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
            "DRAIN_S": "1",
        }
        self.said = folder / "said"
        self.process = None
        self.killing = False

    def start(self):
        """Starts it and waits until it answers. Returns what it warns of."""
        self.killing = False
        with self.said.open("w") as said:
            command = [str(binary()), "serve"]
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        health = until(self.health, START_S, lambda: f"it answers; it said: {self.said.read_text()}")
        said = [line for line in self.said.read_text().splitlines() if " WARN " in line or " ERROR " in line]
        return health["warnings"] + said + ([health["store"]["problem"]] if health["store"]["problem"] else [])

    def health(self):
        """What the owner reads of its state, once it answers."""
        assert self.process.poll() is None, f"it ended by itself: {self.said.read_text()}"
        try:
            return self.ask("/health").json()
        except OSError:
            return None

    def ask(self, path, method="GET", body=None):
        """One request with the owner's key."""
        headers = {"Authorization": f"Bearer {OWNER_KEY}", "Content-Type": "application/json"}
        return ask(self.port, method, path, headers, body, PATIENCE_S)

    def admin(self, path, method="GET", body=None, allowed=(200, 201, 204)):
        """One call of the admin API: whether it was done, and what was said. Dead if it was killed under the call."""
        try:
            answer = self.ask(f"/admin/api/{path}", method, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or not self.killing:
                raise AssertionError(f"{method} {path}: {error!r}") from error
            raise Dead from error
        assert answer.status in allowed, f"{method} {path} {body}: {answer.status} {answer.body[:300]!r}"
        return answer.status, answer.json() if answer.body else None

    def kill(self):
        """kill -9."""
        self.killing = True
        self.process.kill()
        self.process.wait()

    def close(self):
        """Ends it, whatever it does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
