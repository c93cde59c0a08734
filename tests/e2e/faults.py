"""The faults of upstreams, and what the contract makes of each: written by hand, from no observation.

A cell of the matrix is one fault, met by one of the accounts that there are, in one dialect, for a stream or a plain
answer. `expected` says what each of a few such requests in a row gets, and where the accounts are then.
"""

from dataclasses import dataclass
from itertools import product

MODES = ("stream", "plain")
DIALECTS = ("qianwen", "compatible")
# One account, which is bad; three, of which the first is; three bad ones.
POOLS = {"alone": "b", "first": "bgg", "all": "bbb"}

TYPES = {
    "upstream_error": "api_error",
    "server_error": "api_error",
    "upstream_protocol": "api_error",
    "upstream_timeout": "api_error",
    "empty_answer": "api_error",
    "truncated_answer": "api_error",
    "account_unavailable": "service_unavailable_error",
    "rate_limit_exceeded": "rate_limit_error",
}


@dataclass(frozen=True)
class Told:
    """What a client gets: a status with an error, or, if `late`, a stream that ends in one."""

    status: int
    code: str
    # `Retry-After` within this range; "false" is `x-should-retry: false`.
    retry: object = None
    late: bool = False


@dataclass(frozen=True)
class Class:
    """What faults of one class do to an account."""

    # Where it is after each of so many faults in a row.
    states: tuple
    # What is told while it waits, and nobody else is there.
    waiting: Told
    # What is told when several accounts failed so: no single one's own code is that of all.
    together: str
    # Whether the first fault is a suspicion, in which it is not asked before it has waited.
    suspicion: bool = False


UNAVAILABLE = "account_unavailable"
OWNER_ONLY = Told(503, UNAVAILABLE, "false")
CLASSES = {
    "upstream": Class(("ready", "ready", "cooling"), Told(503, UNAVAILABLE, range(1, 3)), "upstream_error"),
    "protocol": Class(("ready", "ready", "cooling"), Told(503, UNAVAILABLE, range(1, 3)), "upstream_protocol"),
    "timeout": Class(("ready", "cooling"), Told(503, UNAVAILABLE, range(20, 31)), "upstream_timeout"),
    "rate": Class(("cooling",), Told(429, "rate_limit_exceeded", range(1, 8)), "rate_limit_exceeded"),
    "expired": Class(("cooling", "expired"), OWNER_ONLY, UNAVAILABLE, suspicion=True),
    "needs_owner": Class(("cooling", "needs_owner"), OWNER_ONLY, UNAVAILABLE, suspicion=True),
}


@dataclass(frozen=True)
class Met:
    """A fault as one dialect and mode meets it. `late`: some of the answer came before it."""

    of: str
    told: Told
    late: bool = False


def met(of, status, code, retry=None):
    """A fault before any output."""
    return Met(of, Told(status, code, retry))


def late(of, status, code):
    """A fault after some output: in a stream it comes too late for a status."""
    return Met(of, Told(status, code), late=True)


def everywhere(one):
    """The same in both dialects and modes."""
    return dict.fromkeys(product(DIALECTS, MODES), one)


def qianwen(one):
    """What only this site does."""
    return dict.fromkeys(product(["qianwen"], MODES), one)


def plain_json(one):
    """A compatible service answers a plain request in one piece of JSON: a part of it is no output."""
    return {("compatible", "plain"): one}


SIGNED_OUT = met("expired", 503, UNAVAILABLE, "false")
CAPTCHA = met("needs_owner", 503, UNAVAILABLE, "false")
BROKEN = met("upstream", 502, "upstream_error")
CUT = met("upstream", 502, "truncated_answer")
TOO_LATE = met("timeout", 504, "upstream_timeout")

# The row's name, the fake's scenario, and what it is where.
FAULTS = {
    "connection refused": ("refused", everywhere(BROKEN)),
    "reset before headers": ("reset-before", everywhere(BROKEN)),
    "reset after headers": ("reset-after-headers", everywhere(BROKEN)),
    "reset mid-stream": (
        "reset-mid",
        everywhere(late("upstream", 502, "upstream_error")) | plain_json(BROKEN),
    ),
    "stall before headers": ("stall-before", everywhere(TOO_LATE)),
    "stall before the first token": ("stall-headers", everywhere(TOO_LATE)),
    "stall mid-stream": (
        "stall-mid",
        everywhere(late("timeout", 504, "upstream_timeout")) | plain_json(TOO_LATE),
    ),
    "401": ("401", everywhere(SIGNED_OUT)),
    "403": ("403", everywhere(SIGNED_OUT)),
    "429 without Retry-After": ("429", everywhere(met("rate", 429, "rate_limit_exceeded", range(5, 6)))),
    "429 with Retry-After: 7": ("429-after-7", everywhere(met("rate", 429, "rate_limit_exceeded", range(7, 8)))),
    # An upstream's own code is passed on.
    "500": ("500", everywhere(met("upstream", 502, "server_error")) | qianwen(BROKEN)),
    "503": (
        "503",
        everywhere(met("upstream", 503, "server_error", range(5, 6)))
        | qianwen(met("upstream", 503, "upstream_error", range(5, 6))),
    ),
    "WAF as JSON": ("waf-json", qianwen(CAPTCHA)),
    # Only Qianwen's page is known to be a captcha; elsewhere it is a page where JSON is due.
    "WAF as HTML": (
        "waf-html",
        everywhere(met("protocol", 502, "upstream_protocol")) | qianwen(CAPTCHA),
    ),
    "empty 200": ("empty", everywhere(met("upstream", 502, "empty_answer"))),
    "truncated": ("truncated", everywhere(late("upstream", 502, "truncated_answer")) | plain_json(CUT)),
    # As a plain answer the fake's JSON ends in the middle, and nothing tells that from one that was cut.
    "malformed frame": ("malformed", everywhere(late("protocol", 502, "upstream_protocol")) | plain_json(CUT)),
    "guest's answer": ("guest", qianwen(SIGNED_OUT)),
}


@dataclass(frozen=True)
class Cell:
    """One fault, one pool, one dialect, one mode."""

    fault: str
    pool: str
    dialect: str
    mode: str

    @property
    def scenario(self):
        """What the bad accounts' upstream does."""
        return FAULTS[self.fault][0]

    @property
    def met(self):
        """What the fault is here."""
        return FAULTS[self.fault][1][self.dialect, self.mode]

    @property
    def slug(self):
        """A name for providers, credentials and tests."""
        return f"{self.scenario}-{self.pool}-{self.dialect}-{self.mode}"

    def exists(self):
        """Not every dialect has every fault; and all accounts of Qianwen have one address, refused or not."""
        shared = self.scenario == "refused" and self.dialect == "qianwen" and self.pool == "first"
        return (self.dialect, self.mode) in FAULTS[self.fault][1] and not shared


CELLS = [cell for cell in (Cell(*names) for names in product(FAULTS, POOLS, DIALECTS, MODES)) if cell.exists()]


@dataclass(frozen=True)
class Expected:
    """One request: what is told (`None`: the whole answer), whom it asks, who is named, and where all are then."""

    told: Told
    asked: str
    by: int
    states: tuple
    # Whether the first account's wait is waited out before.
    rested: bool = False


def expected(cell):
    """What becomes of each request, in a row."""
    return {"alone": alone, "first": first_is_bad, "all": all_are_bad}[cell.pool](cell.met, cell.mode)


def of_one(one, mode):
    """What is told when one account failed. Plain requests see every fault as a status, also late ones."""
    return Told(one.told.status, one.told.code, one.told.retry, one.late and mode == "stream")


def alone(one, mode):
    """It is asked until it waits; then the client is told so."""
    fault, of = of_one(one, mode), CLASSES[one.of]
    if not of.suspicion:
        requests = [Expected(fault, "1", 1, (state,)) for state in of.states]
        return [*requests, Expected(of.waiting, "0", None, of.states[-1:])]
    return [
        Expected(fault, "1", 1, ("cooling",)),
        Expected(of.waiting, "0", None, ("cooling",)),
        Expected(fault, "1", 1, of.states[-1:], rested=True),
        Expected(of.waiting, "0", None, of.states[-1:]),
    ]


def first_is_bad(one, mode):
    """The second account answers: at the second attempt, and at the first one once the bad account waits. After output
    nothing is asked again."""
    states = until_it_waits(CLASSES[one.of])
    if one.late:
        requests = [Expected(of_one(one, mode), "100", 1, (state, "ready", "ready")) for state in states]
    else:
        requests = [Expected(None, "110", 2, (state, "ready", "ready")) for state in states]
    return [*requests, Expected(None, "010", 2, (states[-1], "ready", "ready"))]


def all_are_bad(one, mode):
    """Each is asked once, until all wait. After output it is the first alone, and then the second one's turn."""
    fault, of = of_one(one, mode), CLASSES[one.of]
    states = until_it_waits(of)
    if one.late:
        requests = [Expected(fault, "100", 1, (state, "ready", "ready")) for state in states]
        return [*requests, Expected(fault, "010", 2, (states[-1], states[0], "ready"))]
    together = Told(fault.status, of.together, fault.retry)
    requests = [Expected(together, "111", 3, (state,) * 3) for state in states]
    return [*requests, Expected(of.waiting, "000", None, (states[-1],) * 3)]


def until_it_waits(of):
    """The states up to the first in which it is not asked."""
    return of.states[:1] if of.suspicion else of.states
