"""`tests/FAULTS.md`: the matrix as it was really observed."""

from itertools import groupby
from pathlib import Path

from faults import CELLS, FAULTS

PAGE = Path(__file__).resolve().parents[1] / "FAULTS.md"
WRITE = "WRITE_FAULTS=1 tests/e2e/run.sh -k faults"
TITLES = {
    "alone": "One account",
    "first": "Three accounts, the first one bad",
    "all": "Three accounts, all bad",
}
HEAD = f"""# What clients see when upstreams fail

Observed through nginx with the fake upstream, by `tests/e2e/test_faults.py`; the expectations beside it, in
`tests/e2e/faults.py`, are written by hand. The test fails when this page differs from what is observed. To write it
anew: `{WRITE}`.

- Each line is one request, or several in a row that went alike; the requests of a fault follow at once upon one
  another. *After the suspicion* means that the account's first wait, up to 15 s, was waited out before.
- *Where*: the dialect, `qianwen` (its web chat) or `compatible` (an OpenAI-compatible service), and whether the
  client asked for a stream or a plain answer; what is not named makes no difference. A compatible service answers
  plain requests in one piece of JSON, so nothing of the answer has come before its end; Qianwen always streams. All
  accounts of Qianwen share one address, so it is refused to all of them or to none.
- *The client gets*: `whole` is one account's complete answer. Otherwise the status and the error's code, in an error
  object; *in the stream* means status 200, the answer's beginning, and then the error object instead of `[DONE]`.
- *Told*: `Retry-After` in seconds (without a number where it is what is left of an account's wait), or
  `x-should-retry: false`.
- *Asked*: how many accounts were tried (`x-qianqiao-attempts`; the fake upstream counted the same), and who of them
  answered or was tried last (`x-qianqiao-account`).
- *States*: where the accounts are after each of these requests; without another word it is the first account. The
  strategy is `fill-first`, so that one is asked as long as it does not wait.
- Background checks are made to fail without a verdict here. A good check ends a suspicion that an account is signed
  out, and lets one that rests because of its upstream be tried at once.
"""
COLUMNS = ("fault", "class", "where", "request", "the client gets", "told", "asked", "states")


def page(rows):
    """The whole page, from cell → row."""
    parts = [HEAD]
    for pool, title in TITLES.items():
        lines = [line for fault in FAULTS for line in lines_of(fault, pool, rows)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in [COLUMNS, ["---"] * len(COLUMNS), *lines])
        parts.append(f"## {title}\n\n{table}\n")
    return "\n".join(parts)


def lines_of(fault, pool, rows):
    """The lines of one fault; cells that went alike share theirs."""
    alike = {}
    for cell in CELLS:
        if (cell.fault, cell.pool) == (fault, pool):
            row = rows[cell]
            told = tuple(line(row, numbers) for numbers in alike_requests(row))
            classes = ", ".join(dict.fromkeys(of for _, _, of in row.changes))
            alike.setdefault((classes, told), []).append((cell.dialect, cell.mode))
    lines = []
    for (of, told), wheres in alike.items():
        for number, one in enumerate(told):
            head = [fault, of, where(wheres)] if number == 0 else ["", "", ""]
            lines.append([*head, *one])
    return lines


def where(wheres):
    """The dialects and modes, as people say it."""
    dialects, modes = (list(dict.fromkeys(names)) for names in zip(*wheres))
    if len(wheres) < len(dialects) * len(modes):
        return ", ".join(f"{dialect} {mode}" for dialect, mode in wheres)
    parts = (dialects[0] if len(dialects) == 1 else "", modes[0] if len(modes) == 1 else "")
    return " ".join(part for part in parts if part) or "all"


def alike_requests(row):
    """The numbers of requests in a row that went alike."""
    key = lambda number: (client(row.requests[number]), told(row.requests[number]), asked(row.requests[number]))
    return [list(numbers) for _, numbers in groupby(range(len(row.requests)), key)]


def line(row, numbers):
    """What is said of a few requests that went alike."""
    one = row.requests[numbers[0]]
    first, last = numbers[0] + 1, numbers[-1] + 1
    said = f"{first}" if first == last else f"{first}–{last}"
    said = f"{said}, after the suspicion" if one.rested else said
    return said, client(one), told(one), asked(one), states([row.requests[number].states for number in numbers])


def states(after):
    """Where the accounts are after each request."""
    lists = [" → ".join(one) for one in zip(*after)]
    if len(set(lists)) == 1:
        return lists[0] if len(lists) == 1 else f"each {lists[0]}"
    return "; ".join(lists) if set(lists[1:]) - {" → ".join(["ready"] * len(after))} else f"{lists[0]}; others ready"


def client(one):
    """What the client gets."""
    if not one.code:
        return "whole"
    return f"`{one.code}` in the stream" if one.late else f"{one.status} `{one.code}`"


def told(one):
    """When to come back."""
    if one.retry == "false":
        return "`x-should-retry: false`"
    if one.retry is None:
        return ""
    return f"`Retry-After: {one.retry}`" if one.attempts else "`Retry-After`"


def asked(one):
    """Who was asked."""
    return f"{one.attempts}, {('1st', '2nd', '3rd')[one.by - 1]}" if one.attempts else "0"
