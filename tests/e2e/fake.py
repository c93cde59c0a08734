"""The stand-in for the chat services, as a process of its own, and what it saw."""

import os
import subprocess
from pathlib import Path

from patience import until
from wire import ask

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
BINARY = Path(os.environ.get("FAKE_UPSTREAM_BIN", ROOT / "target" / "debug" / "fake-upstream"))
NOTHING = {"requests": 0, "open_streams": 0, "completed": 0, "cancelled": 0, "aborted": 0}


class Fake:
    """Started on creation, ended by `close`."""

    def __init__(self, port=0):
        command = [BINARY, "--port", str(port), "--fixtures", FIXTURES]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), f"the fake upstream said {line!r}"
        self.url = line.split()[1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def close(self):
        """Ends it."""
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def journal(self):
        """Everything that it noted."""
        return ask(self.port, path="/__fake/journal").json()

    def counts(self, scenario):
        """How the chat replies to one credential ended."""
        return self.journal()["scenarios"].get(scenario, NOTHING)

    def requests(self, scenario, route="chat"):
        """The last requests of one credential to routes whose name holds `route`, oldest first."""
        recent = self.journal()["recent"]
        return [entry for entry in recent if entry["scenario"] == scenario and route in entry["route"]]

    def say(self, name, *turns):
        """From now on the credential `name` answers with these turns, the last one again and again; a text is a turn."""
        turns = [{"text": turn} if isinstance(turn, str) else turn for turn in turns]
        answer = ask(self.port, "POST", f"/__fake/say?name={name}", body=turns)
        assert answer.status == 200, answer.body

    def last(self, name):
        """The last chat request of a credential, whole."""
        answer = ask(self.port, path=f"/__fake/last?name={name}")
        assert answer.status == 200, answer.body
        return answer.json()

    def until(self, scenario, field, count, limit_s=2):
        """Waits until a count of one credential is reached."""
        return until(
            lambda: self.counts(scenario)[field] >= count,
            limit_s,
            lambda: f"{scenario}: {field} is {count}, but {self.counts(scenario)}",
        )
