"""The rules of the clients notice what they are there for: each bad answer here stops one known client."""

import json

import pytest

import client_rules as rules
from wire import Answer

HEAD = [("content-type", "text/event-stream; charset=utf-8")]
ROLE = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}


def delta(finish=None, **fields):
    """A chunk with one delta."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def call(index, **function):
    """A piece of a call; an id where there is a name."""
    named = {"id": f"call_{index}", "type": "function"} if "name" in function else {}
    return {"index": index, **named, "function": function}


def answer(*chunks, status=200, head=HEAD, end="data: [DONE]\n\n"):
    """A streamed answer."""
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + end
    return Answer(status, head, body.encode())


GOOD = answer(ROLE, delta(reasoning_content="hm"), delta(content="a"), delta(content="b"), STOP, USAGE)
CALLED = answer(
    ROLE,
    delta(tool_calls=[call(0, name="f", arguments="")]),
    delta(tool_calls=[call(0, arguments="{}")]),
    delta(tool_calls=[call(1, name="g", arguments="{}")]),
    delta("tool_calls"),
)
STREAM_RULES = [
    rules.nextchat,
    rules.lobechat,
    rules.open_webui,
    rules.dify,
    rules.continue_dev,
    rules.roo_code,
    rules.openai_python,
    rules.vercel,
]


@pytest.mark.parametrize("rule", STREAM_RULES, ids=lambda rule: rule.__name__)
def test_a_good_answer_is_read_by_all(rule):
    """Text, thinking and calls."""
    shown = rule(GOOD)
    assert (shown.text, shown.reasoning, shown.calls) == ("ab", "hm", [])
    assert rule(CALLED).calls == [("f", "{}"), ("g", "{}")]


@pytest.mark.parametrize("rule", [*STREAM_RULES, rules.new_api_stream], ids=lambda rule: rule.__name__)
@pytest.mark.parametrize(
    "bad",
    [
        answer(ROLE, STOP, status=201),
        answer(ROLE, STOP, head=[("content-type", "application/json")]),
        answer(ROLE, STOP, head=[*HEAD, ("content-encoding", "gzip")]),
        Answer(200, HEAD, b"event: message\ndata: {}\n\ndata: [DONE]\n\n"),
    ],
    ids=["status", "type", "compressed", "event-line"],
)
def test_what_no_client_reads(rule, bad):
    """The head, and lines that are no data."""
    with pytest.raises((AssertionError, ValueError)):
        rule(bad)


@pytest.mark.parametrize(
    "rule, bad",
    [
        (rules.nextchat, answer(ROLE, STOP, end="")),
        (rules.lobechat, answer(ROLE, delta("stop", tool_calls=[call(0, name="f", arguments="{}")]))),
        (rules.open_webui, answer({**ROLE, "type": "error"}, STOP)),
        (rules.open_webui, answer({"error": {"message": "x"}}, STOP)),
        (rules.open_webui, answer(delta(tool_calls=[{"index": "0", "function": {"name": "f"}}]))),
        (rules.dify, Answer(200, HEAD, GOOD.body.replace(b"\n\n", b"\r\n\r\n"))),
        (rules.dify, answer({"usage": USAGE["usage"]}, STOP)),
        (rules.continue_dev, answer(ROLE, STOP, end=": ping\n\ndata: [DONE]\n\n")),
        (rules.roo_code, answer(ROLE, delta(tool_calls=[call(0, name="f", arguments="{}")]), STOP)),
        (rules.openai_python, answer(ROLE, delta(role="assistant", content="a"), STOP)),
        (rules.openai_python, answer(ROLE, *[delta(tool_calls=[{**call(0, arguments="{}"), "type": "function"}])] * 2)),
        (rules.vercel, answer({**ROLE, "error": None}, STOP)),
        (rules.vercel, answer(ROLE, delta(content="a"))),
        (rules.vercel, answer(ROLE, delta(tool_calls=[call(1, name="f", arguments="{}")]), STOP)),
        (rules.new_api_stream, answer(ROLE, STOP)),
    ],
)
def test_what_stops_one_client(rule, bad):
    """Each of these is a known way to lose an answer, or the end of one."""
    with pytest.raises((AssertionError, ValueError, KeyError)):
        rule(bad)


@pytest.mark.parametrize(
    "rule, lossy, lost",
    [
        (rules.lobechat, answer(ROLE, delta(content="a", reasoning_content="hm"), STOP), "text"),
        (rules.lobechat, answer(ROLE, {**STOP, "usage": USAGE["usage"]}), "usage"),
        (rules.continue_dev, answer(ROLE, {**delta(content="a"), "usage": USAGE["usage"]}, STOP), "text"),
    ],
)
def test_what_one_client_loses(rule, lossy, lost):
    """Two things in one chunk, of which it takes one."""
    assert not getattr(rule(lossy), lost)


@pytest.mark.parametrize("rule", [rules.nextchat, rules.dify], ids=lambda rule: rule.__name__)
def test_calls_that_take_turns_are_mixed_up(rule):
    """An id-less piece goes to the last call, so calls must come one after the other."""
    mixed = answer(
        ROLE,
        delta(tool_calls=[call(0, name="f", arguments="")]),
        delta(tool_calls=[call(1, name="g", arguments="{}")]),
        delta(tool_calls=[call(0, arguments="{}")]),
        delta("tool_calls"),
    )
    assert rule(mixed).calls == [("f", ""), ("g", "{}{}")]


@pytest.mark.parametrize("change", [{"content": None}, {"content": [{"type": "text", "text": "a"}]}])
def test_a_content_that_is_no_string(change):
    """one-api refuses it, and Dify shows nothing."""
    message = {"role": "assistant", "content": "a", **change}
    body = {"object": "chat.completion", "choices": [{"index": 0, "message": message}], "usage": USAGE["usage"]}
    with pytest.raises(AssertionError):
        rules.whole(Answer(200, [("content-type", "application/json")], json.dumps(body).encode()))
