"""Every fault of an upstream, against one and three accounts, streamed and plain: what the client gets, who is asked,
and where the accounts are then. What is expected is written in `faults.py`; `tests/FAULTS.md` shows what is observed.
"""

import difflib
import os

import pytest

import faults_page
from faults import CELLS, CLASSES, POOLS, TYPES, expected
from faults_run import Run, wanted


@pytest.fixture(scope="module")
def run(request, fake):
    """All cells that are looked at, under way at once."""
    run = Run(fake, wanted(request.session.items))
    yield run
    run.close()
    for stack in run.stacks:
        assert "panicked" not in stack.output()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.slug)
def test_faults(run, cell):
    """A cell of the matrix."""
    row, due = run.row(cell), expected(cell)
    for number, (seen, one) in enumerate(zip(row.requests, due, strict=True), 1):
        print(f"{cell.slug} {number}: {seen}")
    for number, (seen, one) in enumerate(zip(row.requests, due), 1):
        told = f"request {number} of {cell.slug}: {seen}, but due is {one}"
        check_answer(seen, one, told)
        check_trail(seen, one, cell, told)
        assert seen.states == one.states, told
    assert row.changes == changes(cell), f"{cell.slug}: the first account's events"


def check_answer(seen, one, told):
    """The status, the error and when to come back."""
    if one.told is None:
        assert (seen.status, seen.code, seen.retry) == (200, None, None), told
        return
    status = 200 if one.told.late else one.told.status
    assert (seen.status, seen.code, seen.late) == (status, one.told.code, one.told.late), told
    kind = TYPES[one.told.code]
    assert seen.kind == kind, told
    if isinstance(one.told.retry, range) and not one.told.late:
        assert seen.retry not in (None, "false") and int(seen.retry) in one.told.retry, told
    else:
        assert seen.retry == one.told.retry, told
    # Who was asked is named; if nobody was, who waits.
    assert len(seen.named) == (one.asked.count("1") or len(one.asked)), told


def check_trail(seen, one, cell, told):
    """The headers, and the upstream's own count of what came to it."""
    assert (seen.attempts, seen.by) == (one.asked.count("1"), one.by), told
    # Where a connection is refused, nobody is there to count.
    reached = POOLS[cell.pool].replace("b", "-") if cell.scenario == "refused" else POOLS[cell.pool]
    counted = tuple(int(count) if one != "-" else 0 for count, one in zip(one.asked, reached))
    assert seen.asked == counted, told


def changes(cell):
    """The first account's changes of state."""
    of = CLASSES[cell.met.of]
    states = of.states if cell.pool == "alone" or not of.suspicion else of.states[:1]
    ways = zip(("ready", *states), states)
    return [(old, new, cell.met.of) for old, new in ways if old != new]


def test_faults_page(run):
    """The page says what is observed."""
    text = faults_page.page({cell: run.row(cell) for cell in CELLS})
    if os.environ.get("WRITE_FAULTS"):
        faults_page.PAGE.write_text(text, encoding="utf-8")
    kept = faults_page.PAGE.read_text(encoding="utf-8") if faults_page.PAGE.exists() else ""
    ways = kept.splitlines(), text.splitlines()
    changed = difflib.unified_diff(*ways, "tests/FAULTS.md", "observed", lineterm="", n=1)
    assert kept == text, "\n".join([*changed, "", f"If that is right: {faults_page.WRITE}"])
