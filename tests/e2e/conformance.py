"""openai's own tests of its API's resources, run against this server: which of them pass, and which differ on purpose.

`tests/CONFORMANCE.md` shows the outcome.
"""

import fnmatch
import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sdk import HERE, VENVS

PAGE = HERE.parent / "CONFORMANCE.md"
WRITE = "WRITE_CONFORMANCE=1 tests/e2e/run.sh -k conformance"
SOURCE = VENVS / "openai-tests"
PYTHON = os.environ.get("E2E_PYTHON_CONFORMANCE", VENVS / "e2e-conformance" / "bin" / "python")
RESOURCES = "tests/api_resources/"
FILES = ["chat/test_completions.py", "test_models.py", "test_files.py"]
# The model that the tests ask for, and the ones that stand in for it.
MODEL = "gpt-6-astra"
STANDS_IN = {"qianwen": "Qwen", "compatible": "fake-large"}


@dataclass(frozen=True)
class Difference:
    """Tests that fail on purpose: by file and name, what their client gets, and why."""

    tests: str
    gets: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of a test. `gets` is the library's exception and the status in it."""

    name: str
    client: str
    outcome: str
    gets: str
    error: str


KEPT = "Answers are not kept on the server, whatever `store` says, so there is none to list, read, change or delete."
INVENTED = (
    "The tests ask for the file `file_id`, which nobody uploaded; OpenAI runs them against a mock that has every id. "
    "`tests/e2e/test_files.py` asks for files that are there."
)
DIFFERENCES = [
    Difference("chat/test_completions.py::test_[!p]*_list*", "APIStatusError 405", KEPT),
    Difference("chat/test_completions.py::test_[!p]*_retrieve", "NotFoundError 404", KEPT),
    Difference("chat/test_completions.py::test_[!p]*_update", "NotFoundError 404", KEPT),
    Difference("chat/test_completions.py::test_[!p]*_delete", "NotFoundError 404", KEPT),
    Difference(
        "test_models.py::test_[!p]*_delete",
        "APIStatusError 405",
        "Models belong to their providers; nobody can delete one here. The owner hides models in the settings.",
    ),
    Difference("test_files.py::test_[!p]*_retrieve", "NotFoundError 404", INVENTED),
    Difference("test_files.py::test_[!p]*_retrieve_content", "NotFoundError 404", INVENTED),
    Difference("test_files.py::test_[!p]*_delete", "NotFoundError 404", INVENTED),
    Difference(
        "test_files.py::test_method_list_with_all_params",
        "BadRequestError 400",
        "The test asks for `limit=0`. OpenAI's reference has 1 to 10,000, and so has this server; the mock takes anything.",
    ),
]


def run(stack, where, report):
    """Runs the tests with the model of one kind of upstream; the outcomes as they were reported."""
    stack.set("models.aliases", {MODEL: STANDS_IN[where]})
    report = Path(report)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "TEST_API_BASE_URL": f"http://127.0.0.1:{stack.port}/v1",
        "CONFORMANCE_KEY": stack.key,
        "CONFORMANCE_REPORT": str(report),
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    options = ["-p", "conformance_plugin", "-p", "no:cacheprovider", "-o", "addopts=", "-q", "--tb=short"]
    command = [PYTHON, "-m", "pytest", *options, *(RESOURCES + file for file in FILES)]
    ended = subprocess.run(command, cwd=SOURCE, env=environment, capture_output=True, text=True, timeout=200, check=False)
    # 1 is that some test failed, which many do on purpose.
    assert ended.returncode in (0, 1), ended.stdout[-2000:] + ended.stderr[-2000:]
    return [outcome(json.loads(line)) for line in report.read_text(encoding="utf-8").splitlines()]


def outcome(line):
    """One reported line. Whether the client was synchronous, strict and of which HTTP library is no part of a test's name."""
    file, of, function = line["id"].removeprefix(RESOURCES).split("::")
    name, _, client = function.removesuffix("]").partition("[")
    client = f"{'async ' if 'Async' in of else ''}{client}".strip()
    found = re.search(r"openai\.(\w+): Error code: (\d+)", line["error"])
    gets = f"{found[1]} {found[2]}" if found else ""
    return Outcome(f"{file}::{name}", client, line["outcome"], gets, line["error"][:500])


def difference(one):
    """Why this test differs, if it is to differ."""
    found = [difference for difference in DIFFERENCES if fnmatch.fnmatchcase(one.name, difference.tests)]
    assert len(found) <= 1, (one.name, found)
    return found[0] if found else None


def drift(outcomes):
    """Everything that is not as it is written here, in words."""
    told, used = [], set()
    for one in outcomes:
        due = difference(one)
        used.add(due)
        where = f"{one.name} [{one.client}]"
        if one.outcome == "skipped":
            # The library's own tests leave a few out; none may hide a difference.
            told += [f"{where} was left out, but is to differ"] if due else []
        elif due is None and one.outcome != "passed":
            told.append(f"{where} fails and is no known difference: {one.error}")
        elif due and one.outcome == "passed":
            told.append(f"{where} passes; take it off the differences")
        elif due and one.gets != due.gets:
            told.append(f"{where} fails in another way than by {due.gets}: {one.error}")
    return told + [f"no test is named {due.tests} any more" for due in DIFFERENCES if due not in used]


HEAD = f"""# What openai's own tests say of this server

The source of openai's library for Python carries tests of every resource of the API. `tests/e2e/test_conformance.py` runs
those of chat completions, models and files, as they are, through nginx against this server: once with a web chat (Qianwen)
behind the model's name and once with an OpenAI-compatible service. It fails when a test that passes here fails there, when one
that differs here passes there or differs in another way, and when this page is not what is observed. The differences and
their reasons are written by hand in `tests/e2e/conformance.py`. To write the page anew: `{WRITE}`.

The tests know one key, `My API Key`, and one model, `{MODEL}`. A small plugin of ours puts in a real key, and an alias of the
owner's brings the name to a model. Each test comes with several clients: loose and strict about what they read, synchronous
and not, with httpx and aiohttp; the numbers count them all. Those named `path_params` and, of the files, `content` ask no
server at all: they try the library against itself.
"""


def page(version, outcomes):
    """The whole page, from what happened at one kind of upstream; the others must be alike."""
    counts = Counter(one.outcome for one in outcomes)
    summary = f"{version}: {len(outcomes)} tests, {counts['passed']} pass, {counts['failed']} differ"
    left_out = f", {counts['skipped']} are left out by the library itself" if counts["skipped"] else ""
    parts = [HEAD, f"{summary}{left_out}.", "", "## Deliberate differences", ""]
    parts += ["| tests | number | the client gets | why |", "| --- | --- | --- | --- |"]
    for due in DIFFERENCES:
        number = sum(one.outcome == "failed" and difference(one) == due for one in outcomes)
        parts.append(f"| `{due.tests}` | {number} | `{due.gets}` | {due.why} |")
    parts += ["", "## What passes", "", "| test | number |", "| --- | --- |"]
    passed = Counter(one.name for one in outcomes if one.outcome == "passed")
    parts += [f"| `{name}` | {number} |" for name, number in sorted(passed.items())]
    return "\n".join(parts) + "\n"
