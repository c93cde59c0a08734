"""Forms and limits of answers with openai's libraries for Python: JSON, stop, length, choices, thinking, sources, pictures,
waits and errors; alike at a service that has them and at a web chat, where they are emulated.
"""

import json

import pytest

from gallery import model
from patience import until
from said import finish, message
from test_sdk_tools import TOOLS

WAYS = pytest.mark.parametrize("what", ["create", "helper"], ids=["whole", "stream"])
PARSES = pytest.mark.parametrize("what", ["parse", "helper", "beta_parse", "beta_helper"])
WEATHER = {"city": "Paris", "degrees": 18.5, "windy": True}
WEATHER_JSON = json.dumps(WEATHER)
DRESSED = f"Of course! Here it is:\n\n```json\n{WEATHER_JSON}\n```\n\nAnything else?"
COUNTING = " ".join(str(number) for number in range(1, 200))
PNG = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAGES = [
    {"title": "Weather", "url": "https://weather.example/"},
    {"title": "风", "url": "https://wind.example/?a=1&b=2"},
]


@WAYS
def test_json_mode(python, said, what):
    """Fences and prose around a web chat's JSON are taken off; a service answers bare."""
    said.says(DRESSED if said.emulated else WEATHER_JSON)
    result = said.result(python, what, response_format={"type": "json_object"})
    assert json.loads(message(result)["content"]) == WEATHER
    assert finish(result) == "stop" and said.asked() == 1
    if not said.emulated:
        assert said.body()["response_format"] == {"type": "json_object"}


@PARSES
def test_answers_as_models(python, said, what):
    """The library's own schema there, a model back; in streams and in the places of older programs too."""
    said.says(DRESSED if said.emulated else WEATHER_JSON)
    result = said.result(python, what, response_format="Weather")
    assert message(result)["parsed"] == WEATHER and finish(result) == "stop"


@WAYS
def test_json_that_does_not_fit_is_asked_for_again(python, web, what):
    """Exactly once, and the client sees the second answer alone."""
    web.says('{"city": "Paris"}', DRESSED)
    what = "parse" if what == "create" else what
    result = web.result(python, what, response_format="Weather")
    assert message(result)["parsed"] == WEATHER and web.asked() == 2
    assert "degrees" in web.prompt()


def test_json_that_never_comes(python, web):
    """Two tries, then the text as it is: whether that is an error is the client's business."""
    web.says("I would rather not.")
    result = web.result(python, "create", response_format={"type": "json_object"})
    assert message(result)["content"] == "I would rather not." and web.asked() == 2


def test_a_schema_that_is_none(python, said):
    """It is refused before anybody is asked."""
    said.says("Never.")
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nonsense"}}}
    error = said.error(python, "create", response_format=form)
    assert (error["class"], error["param"]) == ("BadRequestError", "response_format.json_schema.schema"), error
    assert said.asked() == 0


@WAYS
def test_stop(python, said, what):
    """The answer ends before the text that ends it, wherever that is cut."""
    said.says("one two STOP three")
    result = said.result(python, what, stop=["STOP", "never"])
    assert finish(result) == "stop"
    if said.emulated:
        assert message(result)["content"] == "one two "
    else:
        assert said.body()["stop"] == ["STOP", "never"]


@pytest.mark.parametrize("what", ["create", "stream"], ids=["whole", "stream"])
@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_length(python, said, what, limit):
    """A web chat's answer is cut as a service would cut it. The stream's helper takes a cut for an error, so not here."""
    said.says(COUNTING if said.emulated else {"text": "1 2 3", "finish": "length"})
    answer = said.ask(python, what, **{limit: 5})
    choices = [one["choices"][0] for one in answer.get("chunks") or [answer["result"]]]
    text = "".join(choice.get("delta", choice.get("message"))["content"] or "" for choice in choices[:-1] or choices)
    assert choices[-1]["finish_reason"] == "length"
    assert text and COUNTING.startswith(text)
    if said.emulated:
        assert len(text) < 20
    else:
        assert 5 in (said.body().get("max_tokens"), said.body().get("max_completion_tokens"))


@PARSES
def test_a_model_that_was_cut_off(python, said, what):
    """The library raises its own error for it, which it does only where the finish says so."""
    said.says(f'{{"city": "{COUNTING}' if said.emulated else {"text": '{"city":', "finish": "length"})
    error = said.error(python, what, response_format="Weather", max_tokens=5)
    assert error["class"] == "LengthFinishReasonError", error


@WAYS
def test_three_choices(python, said, what):
    """Each has its own index, role, text and finish."""
    said.says("red", "green", "blue")
    result = said.result(python, what, n=3)
    assert sorted(choice["index"] for choice in result["choices"]) == [0, 1, 2]
    assert sorted(choice["message"]["content"] for choice in result["choices"]) == ["blue", "green", "red"]
    assert {choice["finish_reason"] for choice in result["choices"]} == {"stop"}
    assert {choice["message"]["role"] for choice in result["choices"]} == {"assistant"}
    assert said.asked() == (3 if said.emulated else 1)


def test_three_choices_that_are_left(python, gallery, fake):
    """All of them are cancelled upstream, and no account stays taken."""
    before = fake.counts("endless")["cancelled"]
    assert python.ask(gallery, "abandon", model("qianwen", "endless"), n=3)["text"]
    fake.until("endless", "cancelled", before + 3)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")


@pytest.mark.parametrize(
    "fields",
    [{}, {"response_format": {"type": "json_object"}}, {"tools": TOOLS, "tool_choice": "required"}],
    ids=["text", "json", "tools"],
)
@pytest.mark.parametrize("provider", ["qianwen", "compatible"])
def test_an_answer_that_is_given_up(python, gallery, fake, provider, fields):
    """Whoever gives up waiting for a whole answer ends it upstream too, and nobody asks again in his name."""
    before = fake.counts("endless")
    error = python.ask(gallery, "create", model(provider, "endless"), timeout=1, **fields)["error"]
    assert error["class"] == "APITimeoutError", error
    fake.until("endless", "cancelled", before["cancelled"] + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")
    assert fake.counts("endless")["requests"] == before["requests"] + 1


@pytest.mark.parametrize("fields", [{}, {"n": 2}], ids=["one", "two"])
def test_usage_in_a_stream(python, said, fields):
    """Once, at the end, without a choice; and only if it was asked for."""
    said.says("red", "green")
    chunks = said.ask(python, "stream", stream_options={"include_usage": True}, **fields)["chunks"]
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] > 0
    assert not any(chunk.get("usage") for chunk in chunks[:-1])
    said.says("red", "green")
    chunks = said.ask(python, "stream", **fields)["chunks"]
    assert all(chunk["choices"] and not chunk.get("usage") for chunk in chunks)


@WAYS
def test_thinking(python, said, what):
    """It has a field of its own, and is no part of the answer."""
    said.says({"text": "Sunny.", "reasoning": "Let me look at the sky."})
    told = message(said.result(python, what))
    assert (told["content"], told["reasoning_content"]) == ("Sunny.", "Let me look at the sky.")


@WAYS
def test_sources(python, web, what):
    """The pages that a web chat found are annotations, which the library's helper can join."""
    web.says({"text": "Sunny.", "sources": PAGES})
    result = web.result(python, what)
    cited = [one["url_citation"] for one in message(result)["annotations"] if one["type"] == "url_citation"]
    assert [(one["title"], one["url"]) for one in cited] == [(page["title"], page["url"]) for page in PAGES]
    assert message(result)["content"].startswith("Sunny.")


@WAYS
def test_a_picture(python, said, what):
    """A service gets it in the request; a web chat's is uploaded and stands before the text."""
    said.says("A dot.")
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PNG}}]
    result = said.result(python, what, messages=[{"role": "user", "content": parts}])
    assert message(result)["content"] == "A dot."
    if said.emulated:
        kinds = [one["mime_type"] for one in said.body()["messages"]]
        assert kinds.index("image/url") < len(kinds) - 1 - kinds[::-1].index("text/plain"), kinds
        assert "What is this?" in said.prompt() and "base64" not in json.dumps(said.body())
    else:
        assert said.body()["messages"][0]["content"] == parts


def test_a_wait_that_helps(python, said):
    """429 with Retry-After, then an answer: the library's own retry gets it."""
    said.says({"plan": "429-after-1"}, "Now.")
    result = said.result(python, "create", retries=2)
    assert message(result)["content"] == "Now." and said.asked() == 2


def test_a_wait_that_is_not_waited_for(python, said):
    """Without retries the refusal is the library's own error."""
    said.says({"plan": "429-after-7"})
    error = said.error(python, "create")
    assert (error["class"], error["status_code"], error["code"]) == ("RateLimitError", 429, "rate_limit_exceeded")
    assert error["type"] == "rate_limit_error" and error["param"] is None


@pytest.mark.parametrize(
    "fields, param",
    [
        ({"n": 129}, "n"),
        ({"n": "two"}, "n"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"stop": [1]}, "stop[0]"),
        ({"response_format": "json"}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("what", ["create", "stream"])
def test_wrong_fields_are_named(python, said, what, fields, param):
    """400 is the library's BadRequestError, for a stream too."""
    said.says("Never.")
    error = said.error(python, what, **fields)
    assert (error["class"], error["status_code"], error["type"]) == ("BadRequestError", 400, "invalid_request_error")
    assert error["param"] == param and error["request_id"], error
    assert said.asked() == 0
