"""What a streamed answer must look like, byte for byte, so that no known client stumbles over it."""

import json
from dataclasses import dataclass, field

CONTENT_TYPE = "text/event-stream; charset=utf-8"
KINDS = ("role", "content", "reasoning_content", "tool_calls", "refusal", "function_call", "annotations")


@dataclass
class Choice:
    """What one choice said."""

    text: str = ""
    reasoning: str = ""
    calls: list = field(default_factory=list)
    sources: list = field(default_factory=list)
    finish: str = None
    opened: bool = False


@dataclass
class Told:
    """What a stream said."""

    choices: dict = field(default_factory=dict)
    usage: dict = None
    error: dict = None
    done: bool = False
    heartbeats: int = 0
    chunks: list = field(default_factory=list)

    def choice(self, index=0):
        """A choice, made when it is first seen."""
        return self.choices.setdefault(index, Choice())

    @property
    def text(self):
        """What the first choice said."""
        return self.choice().text


def read(stream, include_usage=False):
    """Reads a stream to its end and checks it against the whole contract."""
    stream.read()
    check_head(stream)
    assert not stream.broken, f"the body was cut: {stream.body[-300:]!r}"
    told = check_body(stream.body, include_usage)
    assert told.done != bool(told.error), "an answer ends with [DONE] or with an error, and with one of them only"
    return told


def check_head(stream):
    """The response's head."""
    assert stream.status == 200, (stream.status, stream.read().body[:500])
    assert stream.header("content-type") == CONTENT_TYPE
    assert stream.header("cache-control") == "no-cache"
    assert stream.header("x-accel-buffering") == "no"
    assert stream.header("content-encoding") is None
    assert stream.header("content-length") is None
    assert stream.header("access-control-allow-origin") == "*"
    assert stream.header("x-request-id")


def check_body(body, include_usage=False):
    """The frames; `body` may be the beginning of a stream as long as it ends behind a frame."""
    assert b"\r" not in body, "frames are parted by LF"
    assert body.endswith(b"\n\n"), body[-200:]
    told = Told()
    for frame in body[:-2].split(b"\n\n"):
        assert frame.startswith(b"data: ") and b"\n" not in frame, f"a frame is one data line: {frame!r}"
        assert not told.done and not told.error, f"nothing follows the end: {frame!r}"
        if frame == b"data: [DONE]":
            told.done = True
            continue
        check_frame(json.loads(frame[6:]), told, include_usage)
    if told.done:
        assert told.choices and all(choice.finish for choice in told.choices.values()), "[DONE] follows a whole answer"
        assert bool(told.usage) == include_usage, f"usage comes when it is asked for: {told.usage}"
    return told


def check_frame(chunk, told, include_usage):
    """One frame: an error, the usage, or a chunk with one choice."""
    if "error" in chunk:
        assert "choices" not in chunk
        assert set(chunk) == {"error"} and set(chunk["error"]) == {"message", "type", "param", "code"}, chunk
        told.error = chunk["error"]
        return
    assert "type" not in chunk, chunk
    check_identity(chunk, told)
    told.chunks.append(chunk)
    if not chunk["choices"]:
        check_usage(chunk, told, include_usage)
        return
    assert chunk.get("usage") is None, f"usage has a chunk of its own: {chunk}"
    assert told.usage is None, "nothing but the end follows the usage"
    assert len(chunk["choices"]) == 1, chunk
    check_choice(chunk["choices"][0], told)


def check_identity(chunk, told):
    """Every chunk says the same about itself."""
    assert chunk["object"] == "chat.completion.chunk", chunk
    assert isinstance(chunk["created"], int), chunk
    assert chunk["id"] and chunk["model"], chunk
    if told.chunks:
        for name in ("id", "created", "model"):
            assert chunk[name] == told.chunks[0][name], (name, chunk, told.chunks[0])


def check_usage(chunk, told, include_usage):
    """The usage chunk comes once, and only when it was asked for."""
    assert include_usage, f"nobody asked for usage: {chunk}"
    assert told.usage is None, "usage comes once"
    assert all(choice.finish for choice in told.choices.values()), "usage follows the finish"
    told.usage = chunk["usage"]
    counts = [told.usage[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    assert all(isinstance(count, int) for count in counts) and counts[0] + counts[1] == counts[2], told.usage


def check_choice(choice, told):
    """One kind of payload a delta; the role first and once, the finish last and once."""
    delta, known = choice["delta"], told.choice(choice["index"])
    assert "finish_reason" in choice, choice
    assert not known.finish, f"nothing follows the finish: {choice}"
    assert set(delta) <= set(KINDS), delta
    filled = [name for name in KINDS if delta.get(name)]
    if choice["finish_reason"] is not None:
        assert not filled, f"the finish has a chunk of its own: {choice}"
        assert known.opened, "the role comes before the finish"
        known.finish = choice["finish_reason"]
        return
    if not known.opened:
        assert filled == ["role"] and delta["role"] == "assistant", f"the role comes first: {delta}"
        known.opened = True
        return
    assert "role" not in delta, f"the role comes once: {delta}"
    if not delta:
        told.heartbeats += 1
        return
    assert len(filled) <= 1, f"one kind of payload a delta: {delta}"
    known.text += delta.get("content") or ""
    known.reasoning += delta.get("reasoning_content") or ""
    for call in delta.get("tool_calls") or []:
        check_call(call, known)
    check_sources(delta.get("annotations") or [], known)


def check_call(call, choice):
    """Id, type and name come in a call's first delta, its arguments in all of them."""
    assert isinstance(call["index"], int), call
    function = call["function"]
    if call["index"] == len(choice.calls):
        assert call["id"] and call["type"] == "function" and function["name"], call
        choice.calls.append({"id": call["id"], "name": function["name"], "arguments": function.get("arguments", "")})
        return
    assert call["index"] < len(choice.calls), f"a call begins with its id and name: {call}"
    assert not {"id", "type"} & set(call) and "name" not in function, f"what names a call comes once: {call}"
    choice.calls[call["index"]]["arguments"] += function["arguments"]


def check_sources(annotations, choice):
    """openai's stream helper joins what comes behind the first chunk by its index, and fails where there is none."""
    first = not choice.sources
    for one in annotations:
        at = len(choice.sources)
        assert one.get("index", at if first else None) == at, f"the index of source {at}: {one}"
        cited = one[one["type"]]
        assert one["type"] == "url_citation" and set(cited) == {"start_index", "end_index", "url", "title"}, one
        choice.sources.append({"url": cited["url"], "title": cited["title"]})
