"""Node's client libraries call tools, parse objects, run loops and set ends, at a web chat and at a service.

Both must look the same to a library: what the service has of its own is emulated at the web chat.
"""

import json

import pytest

from gallery import model
from node_sdk import Library
from talker import turn

MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
BOTH = pytest.mark.parametrize("provider", ["qianwen", "compatible"])
PARIS, ROME = {"city": "Paris"}, {"city": "Rome"}
PARIS_CALL, ROME_CALL = ("get_weather", PARIS), ("get_time", ROME)
WEATHER = {"city": "Paris", "degrees": 18.5, "windy": True}
WEATHER_JSON = '{"city":"Paris","degrees":18.5,"windy":true}'


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
def test_a_call_after_thinking(library, talker, provider, stream):
    """Both are there, each in its place."""
    asked = talker.says(provider, {**turn(provider, [PARIS_CALL]), "reasoning": "I have to look that up."})
    answer = library.do(talker, "calls", asked, stream=stream, text="The weather in Paris?")
    assert answer["reasoning"] == "I have to look that up."
    assert answer["calls"] == [{"name": "get_weather", "arguments": PARIS}] and not answer["text"].strip()


@MODES
def test_a_call_that_has_to_come(library, talker, stream):
    """A web chat that talks instead is asked once more; the library sees the call only."""
    asked = talker.says("qianwen", "I would rather not.", [PARIS_CALL])
    answer = library.do(talker, "calls", asked, stream=stream, choice="required", text="The weather in Paris?")
    assert answer["calls"] == [{"name": "get_weather", "arguments": PARIS}]
    assert not answer["text"].strip()


@BOTH
def test_no_call_may_come(library, talker, provider):
    """With the choice `none` a web chat is not even told of the tools; a service gets the choice."""
    asked = talker.says(provider, "It is warm.")
    answer = library.do(talker, "calls", asked, choice="none")
    assert (answer["text"], answer["calls"], answer["finish"]) == ("It is warm.", [], "stop")
    assert ("get_weather" in talker.last(provider)) == (provider == "compatible")


@MODES
def test_one_call_only(library, talker, stream):
    """Where the library has a word for it, a web chat's second call is dropped."""
    if library.name == "ai-sdk":
        pytest.skip("its provider for compatible services cannot say it")
    asked = talker.says("qianwen", [PARIS_CALL, ROME_CALL])
    answer = library.do(talker, "calls", asked, stream=stream, parallel=False, text="Compare Paris and Rome.")
    assert answer["calls"] == [{"name": "get_weather", "arguments": PARIS}] and answer["finish"] == "tool_calls"


@BOTH
@MODES
def test_the_round_trip(library, talker, provider, stream):
    """The library runs its tools, tells the model, and returns what it says then."""
    asked = talker.says(provider, [PARIS_CALL, ROME_CALL], [("get_weather", ROME)], "18 degrees in both.")
    answer = library.do(talker, "loop", asked, stream=stream, text="Compare Paris and Rome.")
    assert [(ran["name"], ran["arguments"]) for ran in answer["ran"]] == [PARIS_CALL, ROME_CALL, ("get_weather", ROME)]
    assert answer["text"] == "18 degrees in both."
    last = talker.last(provider)
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
    """What the library parses by its schema. A service's own words pass as they are; a web chat's are mended."""
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


@BOTH
@MODES
def test_a_text_that_ends_the_answer(library, talker, provider, stream):
    """A service is told; a web chat's answer is cut before it."""
    asked = talker.says(provider, "One. Two. HALT Three.")
    answer = library.do(talker, "stream" if stream else "plain", asked, stop=["HALT", "never"])
    assert answer["finish"] == "stop"
    if provider == "qianwen":
        assert answer["text"].rstrip() == "One. Two."
    else:
        assert json.loads(talker.last(provider))["stop"] == ["HALT", "never"]


@BOTH
@MODES
def test_a_limit_of_tokens(library, talker, provider, stream):
    """A service is told; a web chat's answer is cut, and says that it was."""
    said = "The quick brown fox jumps over the lazy dog. " * 8
    asked = talker.says(provider, said)
    answer = library.do(talker, "stream" if stream else "plain", asked, limit=7)
    if provider == "qianwen":
        assert answer["finish"] == "length"
        assert answer["text"] and said.startswith(answer["text"]) and len(answer["text"]) < 60
        assert answer["usage"]["completion"] <= 7
    else:
        sent = json.loads(talker.last(provider))
        assert 7 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
