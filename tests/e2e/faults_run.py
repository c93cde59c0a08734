"""Runs the cells of the fault matrix, as many at once as do not disturb one another.

Cells with one account, and all of compatible services, have accounts of their own in one stack. Qianwen has one pool,
so a cell with three of its accounts needs a stack for itself; a few stacks take such cells in turn. Only where the
upstream falls silent are the stacks impatient, so that a busy machine is not taken for a slow upstream. The
credentials' background checks fail without meaning (`~check-500`), so that nothing but the requests changes a state.
"""

import itertools
import json
import queue
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import contract
from faults import CELLS, POOLS, expected
from gallery import PLAIN_MANIFEST
from owner import OK_END, Owner, plan
from patience import until

# How patient stacks are, and how many of each sort take cells with three Qianwen accounts. Where several silent
# accounts are asked in vain, that must be over before a stream's head is sent without waiting for more; where one that
# answers is asked as well, a busy machine must not make it late.
PATIENCE = {
    "usual": {},
    "little": {"FIRST_TOKEN_TIMEOUT_S": "2", "IDLE_TIMEOUT_S": "2"},
    "least": {"FIRST_TOKEN_TIMEOUT_S": "1"},
}
TRIOS = {"usual": 2, "little": 2, "least": 1}
# Cells that mostly wait, and cells that do not, at the same time: the latter must be done before an account's wait is.
WAITING, BUSY = 50, 3
# How often a cell is run anew that was overtaken by the end of a wait, on a machine that is very busy.
TRIES = 5
NOBODY = "http://127.0.0.1:1"
SUSPICION_S = 15


@dataclass
class Seen:
    """What became of one request."""

    status: int
    # The error's code and kind, or nothing for a whole answer.
    code: str
    kind: str
    message: str
    # The accounts that the error names.
    named: tuple
    # Whether the error came in the stream.
    late: bool
    # `Retry-After`, or "false" if told not to come back.
    retry: str
    attempts: int
    by: int
    # How often each account's upstream was asked; nothing, where there is none that could count.
    asked: tuple
    states: tuple
    # When the first of the waits ends, in milliseconds since 1970; 0 if nobody waits.
    opens: int
    # Whether the first account's wait was waited out before.
    rested: bool = False


class Overtaken(Exception):
    """A wait was over before it was seen."""


@dataclass
class Row:
    """What was seen in one cell, and the first account's changes of state."""

    requests: list
    changes: list


@dataclass
class Place:
    """Where a cell meets its fault."""

    stack: Owner
    model: str
    ids: list
    names: list
    # Whether another cell was run with these accounts.
    used: bool = False
    # How often each upstream was asked so far.
    counts: list = None


class Run:
    """The cells, under way from the beginning; `row` waits for one."""

    def __init__(self, fake, cells):
        self.fake = fake
        self.rows = {cell: Future() for cell in cells}
        self.stacks = []
        self.numbers = itertools.count()
        self.jobs = []
        self.waiting, self.busy = ThreadPoolExecutor(WAITING), ThreadPoolExecutor(BUSY)
        gone = [cell for cell in cells if is_gone(cell)]
        if gone:
            self.begin(self.run_in_turn, NOBODY, queued(gone), {})
        for patience, limits in PATIENCE.items():
            some = [cell for cell in cells if patience_for(cell) == patience and not is_gone(cell)]
            apart = [cell for cell in some if cell.dialect == "compatible" or cell.pool == "alone"]
            together = [cell for cell in some if cell not in apart]
            turns = queued(together)
            if apart:
                self.begin(self.run_apart, apart, limits)
            for _ in range(min(TRIOS[patience], len(together))):
                self.begin(self.run_in_turn, fake.url, turns, limits)

    def begin(self, job, *arguments):
        """Starts a stack and what is done with it."""
        self.jobs.append(self.waiting.submit(job, *arguments))

    def row(self, cell):
        """What was seen in a cell."""
        until(lambda: self.rows[cell].done() or self.broken(), 80, lambda: f"{cell} was run")
        if not self.rows[cell].done():
            raise self.broken()
        return self.rows[cell].result()

    def broken(self):
        """Why a stack, and with it its cells, ended."""
        ended = (job.exception() for job in self.jobs if job.done())
        return next((why for why in ended if why), None)

    def close(self):
        """Ends all stacks."""
        self.waiting.shutdown(cancel_futures=True)
        self.busy.shutdown(cancel_futures=True)
        for stack in self.stacks:
            stack.close()

    def stack(self, *names, prepare=None, **settings):
        """A stack with these Qianwen accounts."""
        stack = Owner(self.fake, *names, POOL_STRATEGY="fill-first", **settings)
        self.stacks.append(stack)
        if prepare:
            prepare(stack.data_dir)
        return stack.start()

    def run_apart(self, cells, limits):
        """Cells with accounts of their own, in one stack."""
        alone = [cell for cell in cells if cell.dialect == "qianwen"]
        others = [cell for cell in cells if cell.dialect == "compatible"]
        for cell in cells:
            self.prepare(cell)
        pins = {f"pin-{cell.slug}": number for number, cell in enumerate(alone, 1)}
        keys = {key_variable(provider): f"sk-{name}" for cell in others for provider, name in first_accounts(cell)}
        stack = self.stack(
            *(names(cell)[0] for cell in alone),
            prepare=lambda data: write_providers(data, others, self.fake.url),
            MODEL_TO_ACCOUNT_MAP=json.dumps(pins),
            **keys,
            **limits,
        )
        places = {cell: self.add_others(stack, cell) for cell in others}
        if others:
            routes = {f"route-{cell.slug}": [f"{id}/fake-large" for id in providers(cell)] for cell in others}
            stack.set("models.routes", routes)
        for number, cell in enumerate(alone, 1):
            places[cell] = Place(stack, f"pin-{cell.slug}", [f"qianwen-{number}"], names(cell))
        for cell, place in places.items():
            waits = is_silent(cell) or any(due.rested for due in expected(cell))
            (self.waiting if waits else self.busy).submit(self.fill, cell, place)

    def add_others(self, stack, cell):
        """The accounts behind the first one of a compatible service."""
        ids = [providers(cell)[0]]
        for number, name in enumerate(names(cell)[1:]):
            # Where the first one's address is another one, the second one came from the environment.
            if number == 0 and len(providers(cell)) > 1:
                ids.append(providers(cell)[1])
                continue
            added = stack.paste(f"sk-{name}", provider=providers(cell)[-1])
            assert added.status == 201, added.body
            ids.append(added.json()["account"]["id"])
        return Place(stack, f"route-{cell.slug}", ids, names(cell))

    def run_in_turn(self, url, cells, limits):
        """Cells with all three accounts of a stack, one after the other."""
        number = next(self.numbers)
        trio = [f"fault-trio-{number}-{account}" for account in (1, 2, 3)]
        ids = [f"qianwen-{account}" for account in (1, 2, 3)]
        for name in trio:
            plan(self.fake, name, "ok~check-500")
        stack = self.stack(*trio, QIANWEN_BASE_URL=url, MODEL_TO_ACCOUNT_MAP=json.dumps({"pin": 1}), **limits)
        while True:
            try:
                cell = cells.get_nowait()
            except queue.Empty:
                return
            count = len(POOLS[cell.pool])
            # `auto` would ask all three.
            model = "pin" if count == 1 else "auto"
            self.prepare(cell, trio)
            self.fill(cell, Place(stack, model, ids[:count], trio[:count], used=True))

    def prepare(self, cell, credentials=None):
        """Lets the upstream behave for this cell's credentials."""
        for name, does in zip(credentials or names(cell), POOLS[cell.pool]):
            scenario = "ok" if does == "g" or cell.scenario == "refused" else cell.scenario
            plan(self.fake, name, f"{scenario}~check-500")

    def fill(self, cell, place):
        """Runs a cell."""
        row = self.rows[cell]
        try:
            row.set_result(self.look(cell, place))
        except BaseException as why:
            row.set_exception(why)

    def look(self, cell, place):
        """Its requests, in a row."""
        for _ in range(TRIES):
            for account in place.ids if place.used else []:
                place.stack.done(f"accounts/{account}/enable")
            place.used = True
            before = place.stack.events(place.ids[0])
            try:
                seen = self.requests(cell, place)
            except Overtaken:
                continue
            news = place.stack.events(place.ids[0])
            assert len(news) < 100, "no event was pushed out"
            news = news[: len(news) - len(before)]
            changes = [(one["from"], one["to"], one.get("class")) for one in reversed(news) if one["kind"] == "state"]
            return Row(seen, changes)
        raise Overtaken(f"{cell} took longer than a wait, {TRIES} times")

    def requests(self, cell, place):
        """One after the other, before a wait is over."""
        seen, place.counts = [], self.counts(place)
        for due in expected(cell):
            if due.rested:
                until(lambda: time.time() * 1000 > seen[-1].opens, SUSPICION_S + 5, "the suspicion ends")
            seen.append(self.request(cell, place))
            seen[-1].rested = due.rested
            if not due.rested and len(seen) > 1 and 0 < seen[-2].opens <= time.time() * 1000:
                raise Overtaken
        return seen

    def request(self, cell, place):
        """One request and what it did."""
        ask = place.stack.stream if cell.mode == "stream" else place.stack.chat
        answer = ask(place.model)
        status, late, error = said(answer, cell.mode)
        before, place.counts = place.counts, self.counts(place)
        account = answer.header("x-qianqiao-account")
        never = answer.header("x-should-retry")
        accounts = [place.stack.account(id) for id in place.ids]
        assert never in (None, "false"), never
        assert not any(name in answer.body.decode() for name in place.names), "no credential is shown"
        return Seen(
            status,
            error and error["code"],
            error and error["type"],
            error and error["message"],
            tuple(id for id in place.ids if error and f"{id}: " in error["message"]),
            late,
            never or answer.header("retry-after"),
            int(answer.header("x-qianqiao-attempts")),
            place.ids.index(account) + 1 if account else None,
            tuple(now - then for now, then in zip(place.counts, before)),
            tuple(account["state"] for account in accounts),
            min((account["until"] for account in accounts if account["until"]), default=0),
        )

    def counts(self, place):
        """How often each account's upstream was asked."""
        scenarios = self.fake.journal()["scenarios"]
        return [scenarios.get(name, {}).get("requests", 0) for name in place.names]


def said(answer, mode):
    """The status, whether an error came in the stream, and the error; a whole answer is checked here."""
    if mode == "stream":
        if answer.status == 200:
            told = contract.read(answer)
            if told.error:
                check_part(told)
                return 200, True, told.error
            check_whole(told.text)
            assert told.choice().finish == "stop"
            return 200, False, None
        answer.read()
    elif answer.status == 200:
        check_whole(answer.text())
        return 200, False, None
    return answer.status, False, answer.error()


def check_whole(text):
    """One account's whole answer and nothing else."""
    assert text.count("你好") == 1 and text.startswith("你好") and text.endswith(OK_END), f"spliced or cut: {text!r}"


def check_part(told):
    """The beginning of one account's answer, which does not look finished."""
    assert told.text.count("你好") == 1 and told.text.startswith("你好") and OK_END not in told.text, told.text
    assert not told.done and not told.choice().finish


def patience_for(cell):
    """The patience of the stack that a cell needs."""
    if not is_silent(cell):
        return "usual"
    return "least" if cell.pool == "all" and not cell.met.late else "little"


def is_silent(cell):
    """Whether the upstream says nothing any more."""
    return cell.scenario.startswith("stall")


def is_gone(cell):
    """Whether Qianwen's one address is refused."""
    return cell.scenario == "refused" and cell.dialect == "qianwen"


def names(cell):
    """The credentials of a cell with accounts of its own."""
    return [f"fault-{cell.slug}-{number}" for number in range(1, len(POOLS[cell.pool]) + 1)]


def providers(cell):
    """The provider files of a compatible cell: accounts of one address, or a refused one before another."""
    both = cell.scenario == "refused" and cell.pool == "first"
    return [f"f-{cell.slug}", f"f-{cell.slug}-well"] if both else [f"f-{cell.slug}"]


def first_accounts(cell):
    """The accounts that the environment names: one for each provider."""
    return zip(providers(cell), names(cell))


def key_variable(provider):
    """The variable that holds a provider's key."""
    return provider.upper().replace("-", "_") + "_API_KEY"


def write_providers(data_dir, cells, url):
    """The provider files of all cells."""
    folder = data_dir / "providers"
    folder.mkdir()
    for cell in cells:
        for number, provider in enumerate(providers(cell)):
            at = NOBODY if cell.scenario == "refused" and number == 0 else url
            text = PLAIN_MANIFEST.format(id=provider, url=f"{at}/v1")
            (folder / f"{provider}.toml").write_text(text, encoding="utf-8")


def queued(cells):
    """A queue that holds these cells."""
    line = queue.Queue()
    for cell in cells:
        line.put(cell)
    return line


def wanted(items):
    """The cells that the tests of this run look at; all, where one looks at all."""
    picked = {cell for item in items for cell in cells_of(item)}
    return [cell for cell in CELLS if cell in picked]


def cells_of(item):
    """The cells of one test."""
    if "run" not in getattr(item, "fixturenames", ()):
        return []
    cell = item.callspec.params.get("cell") if hasattr(item, "callspec") else None
    return [cell] if cell else CELLS
