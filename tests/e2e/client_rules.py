"""How known clients read an answer, each with its own rules and blind spots; sources are in the fixtures' README.

A rule gets the answer's status, head and whole body and returns what the client would show, or fails where it would.
"""

import json
from dataclasses import dataclass, field


@dataclass
class Shown:
    """What a client's user gets to see."""

    text: str = ""
    reasoning: str = ""
    # (name, arguments as text) of each call.
    calls: list = field(default_factory=list)
    usage: dict = None


def is_stream(answer):
    """A status other than 200, or another type, and the body is taken for something else."""
    assert answer.status == 200, (answer.status, answer.body[:500])
    assert answer.header("content-type").startswith("text/event-stream"), answer.headers
    assert answer.header("content-encoding") is None, "the stream is compressed, which holds it back"


def is_json(answer):
    """A whole answer of the one status that counts as success."""
    assert answer.status == 200, (answer.status, answer.body[:500])
    assert answer.header("content-type").startswith("application/json"), answer.headers
    return json.loads(answer.body)


def payloads(body):
    """The JSON of every event before `[DONE]`, as an ordinary event parser finds it."""
    found = []
    for block in body.decode().split("\n\n"):
        for line in filter(None, block.split("\n")):
            assert line.startswith("data: "), f"a line that is no data: {line!r}"
            if line == "data: [DONE]":
                return found
            found.append(json.loads(line[6:]))
    raise AssertionError(f"the stream ended without [DONE]: {body[-200:]!r}")


def by_index(calls, delta):
    """A call is begun by its name, and continued where the index says."""
    function, index = delta["function"], delta["index"]
    assert isinstance(index, int), delta
    if function.get("name"):
        assert index == len(calls), f"calls are numbered without gaps, and named once: {delta}"
        calls.append((function["name"], function.get("arguments") or ""))
    else:
        name, arguments = calls[index]
        calls[index] = (name, arguments + function["arguments"])


def by_turn(calls, delta):
    """An id begins a call; what has none belongs to the last one, whatever its index."""
    function = delta["function"]
    if delta.get("id"):
        calls.append((function["name"], function.get("arguments") or ""))
    else:
        name, arguments = calls[-1]
        calls[-1] = (name, arguments + function["arguments"])


def nextchat(answer):
    """Sees the first choice and the first call of each chunk."""
    is_stream(answer)
    shown = Shown()
    for chunk in payloads(answer.body):
        delta = (chunk.get("choices") or [{}])[0].get("delta", {})
        for call in (delta.get("tool_calls") or [])[:1]:
            by_turn(shown.calls, call)
        shown.reasoning += delta.get("reasoning_content") or ""
        shown.text += delta.get("content") or ""
    return shown


def lobechat(answer):
    """Thinking beside text drops the text, a call drops the finish, a finish drops the usage beside it."""
    is_stream(answer)
    shown, finished = Shown(), False
    for chunk in payloads(answer.body):
        if not chunk["choices"]:
            shown.usage = chunk.get("usage") or shown.usage
            continue
        choice = chunk["choices"][0]
        delta = choice["delta"]
        if delta.get("tool_calls"):
            for call in delta["tool_calls"]:
                by_index(shown.calls, call)
        elif choice.get("finish_reason"):
            finished = True
        elif isinstance(delta.get("reasoning_content"), str) and delta["reasoning_content"]:
            shown.reasoning += delta["reasoning_content"]
        elif isinstance(delta.get("content"), str):
            shown.text += delta["content"]
    assert finished, "no finish reason was seen"
    assert "<think>" not in shown.text
    return shown


def open_webui(answer):
    """A `type` at the top makes it another API's stream; calls are put where their integer index says."""
    is_stream(answer)
    shown = Shown()
    for chunk in payloads(answer.body):
        kind = chunk.get("type", "")
        assert kind != "error" and not kind.startswith("response."), chunk
        shown.usage = chunk.get("usage") or shown.usage
        if not chunk.get("choices"):
            assert "error" not in chunk, chunk
            continue
        delta = chunk["choices"][0]["delta"]
        for call in delta.get("tool_calls") or []:
            by_index(shown.calls, call)
        shown.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking") or ""
        shown.text += delta.get("content") or ""
    return shown


def dify(answer):
    """Splits at empty lines, takes one `data:` away, and breaks off at anything that then is no JSON."""
    is_stream(answer)
    shown = Shown()
    for chunk in answer.body.decode().split("\n\n"):
        chunk = chunk.strip()
        if not chunk or chunk.startswith(":"):
            continue
        text = chunk.removeprefix("data:").lstrip()
        if text == "[DONE]":
            continue
        event = json.loads(text)
        assert "error" not in event and "choices" in event, event
        if not event["choices"]:
            shown.usage = event.get("usage")
            continue
        delta = event["choices"][0]["delta"]
        for call in delta.get("tool_calls") or []:
            by_turn(shown.calls, call)
        shown.reasoning += delta.get("reasoning_content") or ""
        shown.text += delta.get("content") or ""
    return shown


def continue_dev(answer):
    """Holds back a chunk with usage and overwrites it; takes one of text, calls and thinking from each chunk."""
    is_stream(answer)
    assert not any(line.startswith(b": ping") for line in answer.body.split(b"\n"))
    shown, held = Shown(), None
    for chunk in payloads(answer.body):
        if chunk.get("usage"):
            held = chunk
            continue
        delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
        if delta.get("content"):
            shown.text += delta["content"]
        elif delta.get("tool_calls"):
            for call in delta["tool_calls"]:
                by_index(shown.calls, call)
        else:
            shown.reasoning += delta.get("reasoning_content") or ""
    shown.usage = held and held["usage"]
    return shown


def roo_code(answer):
    """A call is closed by the finish reason `tool_calls` and by nothing else."""
    is_stream(answer)
    shown, open_call, closed = Shown(), False, False
    for chunk in payloads(answer.body):
        shown.usage = chunk.get("usage") or shown.usage
        choice = (chunk.get("choices") or [{}])[0]
        delta = choice.get("delta", {})
        for call in delta.get("tool_calls") or []:
            by_index(shown.calls, call)
            open_call = True
        closed = closed or choice.get("finish_reason") == "tool_calls"
        shown.reasoning += delta.get("reasoning_content") or ""
        shown.text += delta.get("content") or ""
    assert open_call == closed, "a call was left open"
    return shown


def openai_python(answer):
    """Joins deltas blindly: texts are appended, numbers are added, lists are merged by an integer index."""
    is_stream(answer)
    joined, shown = {}, Shown()
    for chunk in payloads(answer.body):
        assert not chunk.get("error"), chunk
        shown.usage = chunk.get("usage") or shown.usage
        for choice in chunk["choices"]:
            assert choice["index"] == 0, "the first choice comes first"
            accumulate(joined, choice["delta"])
    assert joined["role"] == "assistant", f"the role was sent more than once: {joined['role']}"
    shown.text, shown.reasoning = joined.get("content") or "", joined.get("reasoning_content") or ""
    for call in joined.get("tool_calls") or []:
        assert call["type"] == "function", f"the type was sent more than once: {call}"
        shown.calls.append((call["function"]["name"], call["function"]["arguments"]))
    return shown


def accumulate(joined, delta):
    """Adds a delta to what came before."""
    for key, value in delta.items():
        if joined.get(key) is None:
            joined[key] = value
        elif key == "index":
            joined[key] = value
        elif isinstance(value, str):
            joined[key] += value
        elif isinstance(value, dict):
            accumulate(joined[key], value)
        elif isinstance(value, list):
            for entry in value:
                if entry["index"] < len(joined[key]):
                    accumulate(joined[key][entry["index"]], entry)
                else:
                    joined[key].append(entry)


def vercel(answer):
    """Any key `error` is an error, a role not the assistant's too, and without a finish reason nothing counts."""
    is_stream(answer)
    shown, finished = Shown(), False
    for chunk in payloads(answer.body):
        assert "error" not in chunk, chunk
        shown.usage = chunk.get("usage") or shown.usage
        choice = (chunk["choices"] or [{}])[0]
        delta = choice.get("delta") or {}
        assert delta.get("role") in ("assistant", "", None), delta
        for call in delta.get("tool_calls") or []:
            by_index(shown.calls, call)
        shown.reasoning += delta.get("reasoning_content") or ""
        shown.text += delta.get("content") or ""
        finished = finished or bool(choice.get("finish_reason"))
    assert finished, "Response stream ended without a finish reason"
    return shown


def new_api_stream(answer):
    """Wants one event at least, and no key `error` in any."""
    is_stream(answer)
    shown = Shown()
    for chunk in payloads(answer.body):
        assert chunk.get("error") is None, chunk
        shown.usage = chunk.get("usage") or shown.usage
        delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
        shown.text += delta.get("content") or ""
    assert shown.usage, "usage is nil"
    return shown


def whole(answer):
    """What every reader of a whole answer wants, one-api the most: the content is a string."""
    body = is_json(answer)
    assert body["object"] == "chat.completion", body
    message = body["choices"][0]["message"]
    assert isinstance(message["content"], str), "content is not string"
    usage = body["usage"]
    assert usage["completion_tokens"] > 0 and usage["total_tokens"] > 0, usage
    calls = [(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls") or []]
    return Shown(message["content"], message.get("reasoning_content") or "", calls, usage)
