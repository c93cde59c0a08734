"""A real browser at the page `/docs`, in a process of its own."""

import json
import shutil
from pathlib import Path

from sdk import Probe

PROGRAM = Path(__file__).resolve().parent / "node" / "browser.mjs"
STEP_S = 20
WIDE, NARROW = 1280, 320


class Browser(Probe):
    """Debian's Chromium, without a window. How it does what is asked is written in `node/browser.mjs`."""

    def __init__(self):
        chromium = shutil.which("chromium")
        assert chromium, "no browser: on Debian, apt-get install chromium"
        super().__init__("chromium", ["node", PROGRAM, chromium])

    def visit(self, stack, *orders, key=None, width=WIDE, picture=None):
        """Loads the page, types the key in, sends the operations; what the page then shows, and what it asked of whom.

        `picture` is a file for a screenshot, for whoever wants to see it.
        """
        order = {
            "url": f"{origin(stack)}/docs",
            "timeout": STEP_S * 1000,
            "width": width,
            "key": key,
            "orders": orders,
            "picture": picture,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the browser's program ended with {self.process.wait(timeout=5)}"
        seen = json.loads(line)
        assert "error" not in seen, (seen["error"], seen["complaints"])
        return seen


def origin(stack):
    """Where a stack's page is at home."""
    return f"http://127.0.0.1:{stack.port}"
