"""The processes of one session, found in /proc: those of a stack, and none of anybody else."""

import os
import signal
from pathlib import Path

from patience import until


class Session:
    """All processes that descend from the one that began the session, also those whose parents died."""

    def __init__(self, leader):
        self.id = leader

    def alive(self):
        """Process id → command line; processes that ended and wait for their parent do not count."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            # The name, in parentheses, may hold spaces.
            state, _, _, session = stat.rpartition(")")[2].split()[:4]
            if int(session) == self.id and state not in "ZX":
                found[int(folder.name)] = command.strip()
        return found

    def pids(self, part):
        """The processes whose command line holds `part`."""
        return [pid for pid, command in self.alive().items() if part in command]

    def service(self):
        """The service's process."""
        return self.one("qianqiao serve")

    def nginx(self):
        """nginx's master process."""
        return self.one("nginx: master")

    def one(self, part):
        """The one process whose command line holds `part`."""
        found = until(lambda: self.pids(part), 10, lambda: f"a process with {part!r}, but {self.alive()}")
        assert len(found) == 1, (part, self.alive())
        return found[0]

    def kill(self):
        """Kills all of them."""

        def gone():
            for pid in self.alive():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return not self.alive()

        until(gone, 10, lambda: f"all were killed, but {self.alive()}")
