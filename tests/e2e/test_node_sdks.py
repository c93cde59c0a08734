"""Node's client libraries: openai 6 and 7, Vercel's AI SDK and LangChain, at a web chat and at a service of OpenAI's kind.

Both must look the same to a library: what the service has of its own is emulated at the web chat.
"""

import pytest

from gallery import fixtures, model
from node_sdk import LIBRARIES, SAYS, Library, Talker
from patience import until

OK_END = "🚀👩‍💻✨。"
PROVIDERS = ["qianwen", "compatible"]
MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
BOTH = pytest.mark.parametrize("provider", PROVIDERS)
PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PARIS, ROME = {"city": "Paris"}, {"city": "Rome"}
PARIS_CALL, ROME_CALL = ("get_weather", PARIS), ("get_time", ROME)
WEATHER = {"city": "Paris", "degrees": 18.5, "windy": True}
WEATHER_JSON = '{"city":"Paris","degrees":18.5,"windy":true}'


@pytest.fixture(scope="module", params=list(LIBRARIES))
def library(request):
    """Each library in turn."""
    library = Library(request.param)
    yield library
    library.close()


@pytest.fixture(scope="module")
def talker(fake):
    """A stack of this file's own."""
    stack = Talker(fake).start()
    yield stack
    try:
        assert stack.stop() == 0 and "panicked" not in stack.output(), stack.output()[-3000:]
    finally:
        stack.close()


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
    assert "sk-wrong" not in str(error)
    error = library.error(gallery, what, "qwen3-mex")
    assert (error["status"], error["code"], error["param"]) == (404, "model_not_found", "model"), error
    assert error["class"] in error_class(library, 404), error
    assert "qwen3-max" in error["message"], error


def error_class(library, status):
    """The names of a library's class for a status."""
    if library.name == "ai-sdk":
        return ("AI_APICallError",)
    names = {401: "AuthenticationError", 404: "NotFoundError", 429: "RateLimitError"}
    return (names.get(status, "InternalServerError"), *(["InsufficientQuotaError"] if library.name == "langchain-js" else []))


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
@pytest.mark.parametrize("what", ["plain", "stream"])
def test_a_library_that_gives_up_waiting(library, gallery, fake, provider, what):
    """Its own time limit, before anything came: the same."""
    before = fake.counts("stall-before")["cancelled"]
    error = library.error(gallery, what, model(provider, "stall-before"), timeout=1)
    assert not error.get("status"), error
    fake.until("stall-before", "cancelled", before + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")


@pytest.mark.parametrize("fixture, stream", [("tool_call_streamed", True), ("plain_tool_calls", False)])
def test_a_services_call_comes_back(library, gallery, fixture, stream):
    """As the service sent it."""
    answer = library.do(gallery, "calls", model("compatible", f"fixture-{fixture}"), stream=stream)
    assert answer["finish"] == "tool_calls"
    assert answer["calls"][0]["name"] == "get_weather" and answer["calls"][0]["arguments"]["city"] == "北京"


@BOTH
@MODES
def test_a_call(library, talker, provider, stream):
    """The library returns a call with arguments that it could parse, and no text beside it."""
    asked = talker.says(provider, [PARIS_CALL])
    answer = library.do(talker, "calls", asked, stream=stream, text="The weather in Paris?")
    assert answer["calls"] == [{"name": "get_weather", "arguments": PARIS}]
    assert answer["finish"] == "tool_calls" and not answer["text"].strip()


@BOTH
@MODES
def test_several_calls(library, talker, provider, stream):
    """In one answer, in order."""
    asked = talker.says(provider, [PARIS_CALL, ROME_CALL, ("get_weather", ROME)])
    answer = library.do(talker, "calls", asked, stream=stream, text="Compare Paris and Rome.")
    assert [(call["name"], call["arguments"]) for call in answer["calls"]] == [
        PARIS_CALL,
        ROME_CALL,
        ("get_weather", ROME),
    ]


@BOTH
@MODES
def test_no_call_where_none_is_needed(library, talker, provider, stream):
    """Tools on offer do not change a plain answer."""
    asked = talker.says(provider, "Hello there.")
    answer = library.do(talker, "calls", asked, stream=stream)
    assert (answer["text"], answer["calls"], answer["finish"]) == ("Hello there.", [], "stop")


@BOTH
@MODES
def test_the_round_trip(library, talker, fake, provider, stream):
    """The library runs its tools, tells the model, and returns what it says then."""
    asked = talker.says(provider, [PARIS_CALL, ROME_CALL], [("get_weather", ROME)], "18 degrees in both.")
    answer = library.do(talker, "loop", asked, stream=stream, text="Compare Paris and Rome.")
    assert [(ran["name"], ran["arguments"]) for ran in answer["ran"]] == [PARIS_CALL, ROME_CALL, ("get_weather", ROME)]
    assert answer["text"] == "18 degrees in both."
    last = str(fake.last(SAYS[provider]))
    for told in ("Compare Paris and Rome.", "18 degrees in Paris", "noon in Rome", "18 degrees in Rome"):
        assert told in last, (told, last)


@BOTH
@MODES
@pytest.mark.parametrize(
    "said",
    [WEATHER_JSON, f"Here it is:\n```json\n{WEATHER_JSON}\n```\nAnything else?"],
    ids=["bare", "fenced"],
)
def test_an_object(library, talker, provider, stream, said):
    """What the library parses by its schema. A service's own words pass as they are, so only a web chat's are mended."""
    if provider == "compatible" and said != WEATHER_JSON:
        pytest.skip("a service that takes a schema is held to it by itself")
    asked = talker.says(provider, said)
    assert library.do(talker, "object", asked, stream=stream, text="The weather in Paris?")["object"] == WEATHER


@MODES
def test_an_object_that_does_not_fit_is_asked_for_again(library, talker, stream):
    """Once, at a web chat; the library sees the second answer only."""
    asked = talker.says("qianwen", '{"city":"Paris"}', WEATHER_JSON)
    assert library.do(talker, "object", asked, stream=stream, text="The weather in Paris?")["object"] == WEATHER


@BOTH
@pytest.mark.parametrize("method", ["functionCalling", "jsonMode"])
def test_langchains_other_ways_to_an_object(talker, provider, method):
    """As a call that has to come, and as JSON without a schema."""
    library = Library("langchain-js")
    try:
        asked = talker.says(provider, [("weather", WEATHER)] if method == "functionCalling" else WEATHER_JSON)
        answer = library.do(talker, "object", asked, method=method, text="The weather in Paris, as JSON?")
        assert answer["object"] == WEATHER
    finally:
        library.close()


