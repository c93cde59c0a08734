"""What an exchange may have come to, and what it may not."""

import json

import contract

PIECES = 12
# What a caller may be told of faults of accounts and upstreams. Nothing here is the caller's fault, nothing is ours.
STATUSES = (429, 502, 503, 504)
NGINX_SAYS = ("The service is starting", "The service is busy. Try again", "The service did not answer in time")


class Wrong(Exception):
    """Something that may never happen."""


def pieces(identity):
    """The marked answer of the fake that has this id, piece by piece."""
    last = PIECES - 1
    return [f"[r{identity}:end]" if at == last else f"[r{identity}:{at}]" for at in range(PIECES)]


def check_text(text, whole):
    """Every piece belongs to one answer, in order; all of them, if it passes for whole. Returns the answer's id."""
    if not text and not whole:
        return None
    start, found, _ = text.partition(":0]")
    if not found:
        raise Wrong(f"no marked beginning: {text[:200]!r}")
    expected = "".join(pieces(start.removeprefix("[r")))
    if whole and text != expected:
        raise Wrong(f"passes for whole, but is not the answer {start}: {text!r}")
    if not expected.startswith(text):
        raise Wrong(f"not the beginning of the answer {start}: {text!r}")
    return start


def judge(done, crash):
    """The exchange's kind for the table; `crash` says whether something was dead while it was under way.

    Raises Wrong if it came to what may never happen.
    """
    if done.end == "hung":
        raise Wrong(f"no end within its time; {done.status}, the last of it: {done.body[-300:]!r}")
    if done.end in ("broken", "refused") and not crash:
        raise Wrong(f"the connection was {done.end} while nothing was dead; {done.status}: {done.body[-300:]!r}")
    if done.status in (0, 200):
        return judge_answer(done)
    if done.end != "whole":
        return done.end
    error = read_error(done)
    by_nginx = error["message"].startswith(NGINX_SAYS)
    if done.status not in STATUSES or (by_nginx and not crash):
        raise Wrong(f"{done.status} while nothing was dead: {error}")
    return f"{done.status} {'nginx' if by_nginx else error['code']}"


def judge_answer(done):
    """A success, or what arrived of one."""
    if done.asked.get("stream"):
        return judge_stream(done)
    if done.end != "whole":
        return done.end
    choice = json.loads(done.body)["choices"][0]
    check_text(choice["message"]["content"], whole=True)
    if choice["finish_reason"] != "stop":
        raise Wrong(f"the finish is {choice['finish_reason']!r}")
    return "answer, whole"


def judge_stream(done):
    """A stream; of one that broke off or was left, the frames that arrived."""
    cut = done.body.rfind(b"\n\n") + 2 if b"\n\n" in done.body else 0
    body = done.body if done.end == "whole" else done.body[:cut]
    if not body:
        if done.end == "whole":
            raise Wrong("a stream ended without a word")
        return done.end
    try:
        told = contract.check_body(body, bool(done.asked.get("stream_options")))
    except (AssertionError, ValueError, KeyError) as broken:
        raise Wrong(f"the contract is broken: {broken}") from broken
    check_text(told.text, whole=told.done)
    if told.done:
        if told.choice().finish != "stop":
            raise Wrong(f"the finish is {told.choice().finish!r}")
        return "answer, stream"
    if told.choice().finish and told.text:
        check_text(told.text, whole=True)
    if told.error:
        return f"error in stream ({told.error['code']})"
    if done.end == "whole":
        raise Wrong(f"a stream ended without [DONE] and without an error: {body[-300:]!r}")
    return done.end


def read_error(done):
    """The error object, of which clients expect all four fields."""
    try:
        error = json.loads(done.body)["error"]
        if set(error) == {"message", "type", "param", "code"}:
            return error
    except (ValueError, KeyError, TypeError):
        pass
    raise Wrong(f"{done.status} without an error object: {done.body[:300]!r}")
