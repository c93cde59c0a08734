"""Node's client libraries: openai 6 and 7, Vercel's AI SDK and LangChain, at a web chat and at a service."""

import pytest

from gallery import fixtures, model
from patience import until

OK_END = "🚀👩‍💻✨。"
PROVIDERS = ["qianwen", "compatible"]
MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
BOTH = pytest.mark.parametrize("provider", PROVIDERS)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PNG = f"data:image/png;base64,{PIXEL}"


@BOTH
def test_a_whole_answer(library, gallery, provider):
    """Text, finish and usage."""
    answer = library.do(gallery, "plain", model(provider, "ok"))
    assert answer["text"].endswith(OK_END) and answer["finish"] == "stop"
    assert not answer["reasoning"] and not answer["calls"]
    assert answer["usage"]["prompt"] > 0 and answer["usage"]["completion"] > 0


@BOTH
def test_a_stream(library, gallery, provider):
    """The library's own joining of the pieces gives the same, and they are pieces."""
    answer = library.do(gallery, "stream", model(provider, "ok"))
    assert answer["text"].endswith(OK_END) and answer["finish"] == "stop"
    assert answer["usage"]["prompt"] > 0 and answer["usage"]["completion"] > 0
    assert answer["pieces"] > 8


@pytest.mark.parametrize(
    "fixture, stream",
    [
        ("qianwen/thinking_deep_think", False),
        ("qianwen/thinking_deep_think", True),
        ("compatible/plain_reasoning_content", False),
        ("compatible/reasoning_content", True),
    ],
)
def test_thinking_has_its_own_place(library, gallery, fixture, stream):
    """All of them read `reasoning_content`."""
    provider, name = fixture.split("/")
    expected = fixtures(provider)[name]
    answer = library.do(gallery, "stream" if stream else "plain", model(provider, f"fixture-{name}"))
    assert (answer["text"], answer["reasoning"]) == (expected["text"], expected["reasoning"])


@BOTH
@MODES
def test_a_picture_as_data_url(library, gallery, fake, provider, stream):
    """It reaches the upstream, in the upstream's own way."""
    scenario = "ok~cut7"
    order = {"text": "What is this?", "picture": PNG}
    answer = library.do(gallery, "stream" if stream else "plain", model(provider, scenario), **order)
    assert answer["text"].endswith(OK_END)
    body = fake.requests(scenario)[-1]["body"]
    assert "What is this?" in body
    if provider == "compatible":
        assert PNG in body


@pytest.mark.parametrize(
    "provider, scenario, status, code",
    [
        ("compatible", "429-after-7", 429, "rate_limit_exceeded"),
        ("qianwen", "429-after-7", 429, "rate_limit_exceeded"),
        ("qianwen", "quota", 429, "insufficient_quota"),
        ("compatible", "401", 503, "account_unavailable"),
        ("qianwen", "500", 502, "upstream_error"),
    ],
)
@pytest.mark.parametrize("what", ["plain", "stream"])
def test_trouble_upstream_is_the_librarys_own_error(library, gallery, provider, scenario, status, code, what):
    """With the status and the code that say whose trouble it is."""
    error = library.error(gallery, what, model(provider, scenario))
    assert (error["status"], error["code"]) == (status, code), error
    assert error["class"] in error_class(library, status), error
    assert error["message"] and error["type"], error


@pytest.mark.parametrize("what", ["plain", "stream", "calls", "loop", "object"])
def test_a_wrong_key_or_model(library, gallery, what):
    """Whatever is asked, the refusal is the same, and names its field."""
    error = library.error(gallery, what, "auto", key="sk-wrong-key-0123456789")
    assert (error["status"], error["code"]) == (401, "invalid_api_key"), error
    assert error["class"] in error_class(library, 401), error
    assert error["request_id"] and "sk-wrong" not in str(error)
    error = library.error(gallery, what, "qwen3-mex")
    assert (error["status"], error["code"], error["param"]) == (404, "model_not_found", "model"), error
    assert error["class"] in error_class(library, 404), error
    assert "qwen3-max" in error["message"], error


def error_class(library, status):
    """The names of a library's class for a status."""
    if library.name == "ai-sdk":
        return ("AI_APICallError",)
    names = {401: "AuthenticationError", 404: "NotFoundError", 429: "RateLimitError"}
    own = ("InsufficientQuotaError",) if library.name == "langchain-js" else ()
    return (names.get(status, "InternalServerError"), *own)


def test_a_wait_that_helps_is_waited_for(library, gallery, fake):
    """Retry-After reaches the library, which then asks again."""
    before = fake.counts("429-after-1")["requests"]
    library.error(gallery, "plain", model("compatible", "429-after-1"), retries=1)
    assert fake.counts("429-after-1")["requests"] == before + 2


def test_what_only_the_owner_can_mend_is_not_retried(library, gallery, fake):
    """By `x-should-retry`, or by the code. The AI SDK knows neither and retries every 429."""
    before = fake.counts("quota")["requests"]
    library.error(gallery, "plain", model("qianwen", "quota"), retries=1)
    assert fake.counts("quota")["requests"] - before <= (2 if library.name == "ai-sdk" else 1)


@BOTH
@pytest.mark.parametrize("scenario", ["truncated", "reset-mid"])
def test_an_answer_that_breaks_off_raises(library, gallery, provider, scenario):
    """Half an answer never looks whole."""
    error = library.error(gallery, "stream", model(provider, scenario))
    assert error["message"], error
    error = library.error(gallery, "plain", model(provider, scenario))
    assert error["status"] == 502, error


@BOTH
def test_an_aborted_stream_is_cancelled_upstream(library, gallery, fake, provider):
    """The library's own abort signal: the upstream stops, and no account is held."""
    before = fake.counts("endless")["cancelled"]
    answer = library.do(gallery, "abort", model(provider, "endless"))
    assert answer["text"] and answer["aborted"]
    fake.until("endless", "cancelled", before + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")


@BOTH
def test_a_library_that_gives_up_waiting(library, gallery, fake, provider):
    """Its own time limit, before anything came: the same."""
    before = fake.counts("stall-before")["cancelled"]
    error = library.error(gallery, "plain", model(provider, "stall-before"), timeout=1)
    assert not error.get("status"), error
    fake.until("stall-before", "cancelled", before + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")
