"""LangChain's ChatOpenAI: alike at a service with tools and JSON, and at a web chat, where they are emulated."""

import json

import pytest

from sdk import LANGCHAIN, Probe
from test_sdk_answers import DRESSED, WEATHER, WEATHER_JSON
from test_sdk_tools import PARIS, QUESTION, ROME, TOOLS

WAYS = pytest.mark.parametrize("what", ["invoke", "stream", "astream"])


@pytest.fixture(scope="module")
def langchain():
    """The library in a process of its own."""
    probe = Probe("langchain", LANGCHAIN)
    yield probe
    probe.close()


@WAYS
def test_an_answer(langchain, said, what):
    """Text, finish and usage."""
    said.says("It is a sunny day in Paris, with some wind.")
    answer = said.ask(langchain, what, stream_usage=True)
    assert answer.get("text") == "It is a sunny day in Paris, with some wind.", answer
    assert answer["finish"] == "stop" and answer["calls"] == []
    assert answer["usage"]["total_tokens"] == answer["usage"]["input_tokens"] + answer["usage"]["output_tokens"] > 0
    assert what == "invoke" or answer["pieces"] > 5


@WAYS
def test_tools(langchain, said, what):
    """The calls arrive, and their results bring the answer."""
    said.says([PARIS, ROME], "Windy, and late.")
    first = said.ask(langchain, what, messages=[QUESTION], tools=TOOLS)
    assert [tuple(call) for call in first.get("calls", [])] == [PARIS, ROME], first
    assert first["finish"] == "tool_calls" and len(set(first["ids"])) == 2
    calls = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for id, (name, arguments) in zip(first["ids"], first["calls"])
    ]
    results = [{"role": "tool", "tool_call_id": id, "content": f"result {id}"} for id in first["ids"]]
    messages = [QUESTION, {"role": "assistant", "content": "", "tool_calls": calls}, *results]
    second = said.ask(langchain, what, messages=messages, tools=TOOLS)
    assert second.get("text") == "Windy, and late." and second["calls"] == [], second
    told = said.prompt() if said.emulated else json.dumps(said.body())
    assert all(f"result {id}" in told for id in first["ids"])


@pytest.mark.parametrize("choice", ["any", "get_weather"])
def test_a_tool_that_must_be_called(langchain, web, choice):
    """LangChain's own words for it."""
    web.says("Let me think.", [PARIS])
    answer = web.ask(langchain, "invoke", tools=TOOLS, tool_choice=choice)
    assert [tuple(call) for call in answer.get("calls", [])] == [PARIS], answer
    assert web.asked() == 2


@pytest.mark.parametrize("method", ["json_schema", "json_mode", "function_calling"])
def test_answers_as_models(langchain, said, method):
    """`with_structured_output` by each of its methods."""
    if method == "function_calling":
        said.says([("Weather", WEATHER)])
    else:
        said.says(DRESSED if said.emulated else WEATHER_JSON)
    answer = said.ask(langchain, "structured", method=method, form="Weather")
    assert answer.get("parsed") == WEATHER, answer


def test_errors_are_those_of_the_library_beneath(langchain, said):
    """With status, code and field."""
    error = langchain.ask(said.gallery, "invoke", "qwen3-mex")["error"]
    assert "NotFoundError" in error["classes"] and (error["code"], error["param"]) == ("model_not_found", "model")
    said.says({"plan": "429-after-7"})
    error = said.ask(langchain, "invoke")["error"]
    assert "RateLimitError" in error["classes"] and error["code"] == "rate_limit_exceeded"


def test_a_wait_that_helps(langchain, said):
    """Its retries are the library's beneath."""
    said.says({"plan": "429-after-1"}, "Now.")
    assert said.ask(langchain, "invoke", retries=2).get("text") == "Now."
    assert said.asked() == 2
