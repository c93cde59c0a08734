"""Lets openai's own tests ask this server. Their key is one that it would never take, so ours stands in; and what became
of each test is written down, one line of JSON for each.
"""

import json
import os
import sys


def pytest_collection_finish(session):
    """Puts the key where the tests' fixtures look for it."""
    sys.modules["tests.conftest"].api_key = os.environ["CONFORMANCE_KEY"]


def pytest_runtest_logreport(report):
    """A test that never ran is told too."""
    if report.when != "call" and report.passed:
        return
    crash = getattr(report.longrepr, "reprcrash", None)
    line = {"id": report.nodeid, "outcome": report.outcome, "error": crash.message if crash else str(report.longrepr or "")}
    with open(os.environ["CONFORMANCE_REPORT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
