"""The stream's bytes as they come out of nginx, for every answer that upstreams are known to give."""

import pytest

import contract
from gallery import fixtures, model
from wire import Answer

PROVIDERS = ["qianwen", "compatible"]
# What a fault that comes before any output becomes.
STATUS = {
    "account_expired": (503, "account_unavailable"),
    "needs_owner": (503, "account_unavailable"),
    "rate": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "request": (400, None),
    "content_filter": (400, "content_filter"),
    "upstream": (502, None),
    "protocol": (502, "upstream_protocol"),
    "truncated": (502, "truncated_answer"),
    "empty": (502, "empty_answer"),
}
FIXTURES = [(provider, name) for provider in PROVIDERS for name in fixtures(provider)]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("usage", [False, True], ids=["plain", "usage"])
@pytest.mark.parametrize("scenario", ["ok", "ok~cut1", "ok~cut7"])
def test_an_ordinary_stream(gallery, provider, usage, scenario):
    """However the upstream cuts its bytes, the client gets whole frames, and usage only if it asked."""
    fields = {"stream_options": {"include_usage": True}} if usage else {}
    told = contract.read(gallery.stream(model(provider, scenario), **fields), usage)
    assert told.done and told.text.endswith("🚀👩‍💻✨。")
    assert told.choice().finish == "stop"
    assert len(told.chunks) > 10
    if usage:
        assert told.usage["total_tokens"] == 66


@pytest.mark.parametrize("usage", [False, True], ids=["plain", "usage"])
@pytest.mark.parametrize("provider, name", FIXTURES)
def test_every_known_answer_as_a_stream(gallery, provider, name, usage):
    """The text, the thinking, the calls and the end are those that the facts say, in the contract's form."""
    expected = fixtures(provider)[name]
    fields = {"stream_options": {"include_usage": True}} if usage else {}
    stream = gallery.stream(model(provider, f"fixture-{name}"), **fields)
    if stream.status != 200:
        check_refusal(stream.read(), expected)
        return
    told = contract.read(stream, usage)
    assert (told.text, told.choice().reasoning) == (expected["text"], expected["reasoning"])
    assert told.choice().finish == expected["finish"]
    assert bool(told.error) == bool(expected["fault"]), (told.error, expected["fault"])
    assert not told.error or told.text or told.choice().reasoning, "before any output the status says what is wrong"
    assert told.choice().calls == expected.get("tool_calls", [])
    assert told.choice().sources == expected.get("citations", [])
    for choice in expected.get("choices", []):
        said = told.choices[choice["index"]]
        assert (said.text, said.finish) == (choice["text"], choice["finish"])
    if told.usage and expected["usage"]:
        assert {name: told.usage[name] for name in expected["usage"]} == expected["usage"]


@pytest.mark.parametrize("provider, name", FIXTURES)
def test_every_known_answer_whole(gallery, provider, name):
    """The same answers, not streamed: all or an error, never a part."""
    expected = fixtures(provider)[name]
    answer = gallery.chat(model(provider, f"fixture-{name}"))
    if expected["fault"]:
        check_refusal(answer, expected, whole=True)
        return
    assert answer.status == 200, answer.body
    completion = answer.json()
    choice = completion["choices"][0]
    assert completion["object"] == "chat.completion" and completion["id"] and completion["model"]
    assert choice["finish_reason"] == expected["finish"]
    assert (choice["message"]["content"] or "") == expected["text"]
    assert (choice["message"].get("reasoning_content") or "") == expected["reasoning"]
    calls = [{"id": call["id"], **call["function"]} for call in choice["message"].get("tool_calls") or []]
    assert calls == expected.get("tool_calls", []) and all(call["id"] for call in calls)
    assert isinstance(choice["message"]["content"], str) or calls, "content is a text unless there are calls"
    cited = [one["url_citation"] for one in choice["message"].get("annotations") or []]
    assert [{"url": one["url"], "title": one["title"]} for one in cited] == expected.get("citations", [])
    usage = completion["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    if expected["usage"]:
        assert {name: usage[name] for name in expected["usage"]} == expected["usage"]


def check_refusal(answer, expected, whole=False):
    """A fault before any output gets its own status."""
    assert expected["fault"], (answer.status, answer.body)
    assert whole or not (expected["text"] or expected["reasoning"]), "output was held back until the fault came"
    error = answer.error()
    status, code = STATUS[expected["fault"]]
    if (answer.status, error["code"]) != (404, "model_not_found"):
        assert answer.status == status or (status == 502 and answer.status in (503, 504)), (answer.status, error)
    if code:
        assert error["code"] == code, error
    page = expected.get("owner_page")
    assert not page or page in error["message"], "the owner reads which page to open"
    check_retry(answer, expected)


def check_retry(answer, expected):
    """Libraries are told when to come back, or not to."""
    after, never = answer.header("retry-after"), answer.header("x-should-retry")
    if answer.status in (429, 503):
        assert (after is None) != (never is None), (after, never)
        assert never in (None, "false") and (after is None or 1 <= int(after) <= 60)
    if "retry_after_s" in expected and expected["retry_after_s"] <= 60:
        assert int(after) == expected["retry_after_s"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["reset-mid", "truncated", "malformed"])
def test_a_stream_that_breaks_ends_with_an_error(gallery, provider, scenario):
    """What was said stays, the error says that it is not whole, and no [DONE] says that it is."""
    told = contract.read(gallery.stream(model(provider, scenario)))
    if scenario == "malformed" and not told.error:
        # The rest of the answer may follow what could not be read; then it is whole.
        pytest.fail(f"a broken frame was swallowed: {told}")
    assert told.error and not told.done and not told.choice().finish
    assert told.text.startswith("你好")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "*/*", None])
def test_the_body_alone_decides_what_streams(gallery, accept):
    """Clients ask for JSON and want a stream; nobody is compressed, or the tokens would wait for a full block."""
    headers = {"Accept-Encoding": "gzip, deflate, br", **({"Accept": accept} if accept else {})}
    told = contract.read(gallery.stream(model("qianwen", "ok"), headers=headers))
    assert told.done
    whole = gallery.chat(model("qianwen", "ok"), headers=headers)
    assert whole.header("content-type") == "application/json" and whole.header("content-encoding") is None
    assert whole.text()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_deltas_come_as_they_are_made(gallery, provider):
    """nginx holds nothing back: the first text is there long before the last."""
    stream = gallery.stream(model(provider, "ok~drip50")).read()
    contract.read(stream)
    first, last = stream.arrival("你好".encode()), stream.arrival(b"[DONE]")
    assert first < 0.4 < last - first, (first, last)
    assert len(stream.pieces) >= 8, "each delta came by itself"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_body_ends_with_the_answer(gallery, provider):
    """Many clients go by the end of the body and not by [DONE]; the connection serves the next request."""
    stream = gallery.stream(model(provider, "ok")).read()
    assert stream.after - stream.arrival(b"[DONE]") < 0.3
    stream.connection.request("GET", "/health")
    answer = stream.connection.getresponse()
    assert Answer(answer.status, answer.getheaders(), answer.read()).json()["status"] == "ok"


TRICKY = (
    'data: [DONE]\n\ndata: {"error":1}\r\n\tevent: x\n: ping\n\\u4f60 \\n "quoted" \u2028\u2029\ufeff \x01\x1f\x7f '
    "你好 🚀 👩‍💻 ﷽ e\u0301 \U0010ffff </think> <b> ${x} %s [(x)] ```\n" + "长" * 3000
)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_text_goes_there_and_back_unchanged(gallery, provider):
    """What looks like framing, escapes or markup is text, in the question and in the answer."""
    name = model(provider, "echo")
    assert gallery.chat(name, text=TRICKY).text() == TRICKY
    assert contract.read(gallery.stream(name, text=TRICKY)).text == TRICKY


def test_ids_differ_between_answers(gallery):
    """An id of our own is new for each answer."""
    ids = {contract.read(gallery.stream(model("qianwen", "ok"))).chunks[0]["id"] for _ in range(5)}
    assert len(ids) == 5 and all(each.startswith("chatcmpl-") for each in ids)
