"""A stand-in for the service's binary that can be made to wait or to fail, so that a test decides when it is down."""

from stack import binary

SCRIPT = """#!/bin/sh
if [ "$1" = serve ]; then
    if [ -e "{folder}/fail" ]; then echo "made to fail" >&2; exit 1; fi
    while [ -e "{folder}/wait" ]; do sleep 0.05; done
fi
exec "{binary}" "$@"
"""


class Latch:
    """Starts the real binary, except while `hold` or `fail` is in force."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "qianqiao"
        self.path.write_text(SCRIPT.format(folder=folder, binary=binary()), encoding="utf-8")
        self.path.chmod(0o755)

    def hold(self):
        """The next start waits."""
        (self.folder / "wait").touch()

    def release(self):
        """It goes on."""
        (self.folder / "wait").unlink()

    def fail(self):
        """Each start fails from now on."""
        (self.folder / "fail").touch()
