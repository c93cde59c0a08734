"""Tools with openai's libraries for Python: alike at a service that has them and at a web chat, where they are emulated."""

import pytest

from said import called, finish, message

WAYS = pytest.mark.parametrize("what", ["create", "helper"], ids=["whole", "stream"])
PARIS, ROME = ("get_weather", {"city": "Paris"}), ("get_time", {"city": "Rome"})
QUESTION = {"role": "user", "content": "What is the weather in Paris?"}


def tool(name, description):
    """A tool with a city."""
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": city}}


TOOLS = [tool("get_weather", "Tells the weather."), tool("get_time", "Tells the time.")]
NAMED = {"type": "function", "function": {"name": "get_weather"}}


@WAYS
def test_a_round_trip(python, said, what):
    """Question, call, result, answer: what the library got goes back as it is, and the model reads the result."""
    said.says([PARIS], "It is 18.5 degrees in Paris.")
    first = said.result(python, what, messages=[QUESTION], tools=TOOLS)
    assert (finish(first), called(message(first))) == ("tool_calls", [PARIS])
    # The helper makes an empty text of no text.
    assert message(first)["content"] is None or (what, message(first)["content"]) == ("helper", "")
    assert first["usage"] is None or first["usage"]["completion_tokens"] > 0
    answer = {"role": "tool", "tool_call_id": message(first)["tool_calls"][0]["id"], "content": "18.5 degrees, windy"}
    sent = {"role": "assistant", "content": None, "tool_calls": message(first)["tool_calls"]}
    second = said.result(python, what, messages=[QUESTION, sent, answer], tools=TOOLS)
    assert (finish(second), message(second)["content"]) == ("stop", "It is 18.5 degrees in Paris.")
    assert not message(second)["tool_calls"] and said.asked() == 2
    if said.emulated:
        prompt = said.prompt()
        assert '"name":"get_weather"' in prompt and "Tells the weather." in prompt, prompt
        assert "[TOOL RESULT #1: get_weather]\n18.5 degrees, windy\n[END TOOL RESULT]" in prompt, prompt
    else:
        assert said.body()["messages"][-1] == answer and said.body()["tools"] == TOOLS


@WAYS
def test_an_answer_without_a_call(python, said, what):
    """Whoever offers tools may still get a text, and it is the model's own."""
    said.says("I know it: sunny. [Really] {yes}")
    result = said.result(python, what, tools=TOOLS)
    assert (finish(result), message(result)["content"]) == ("stop", "I know it: sunny. [Really] {yes}")
    assert not message(result)["tool_calls"] and said.asked() == 1


@WAYS
def test_parallel_calls(python, said, what):
    """Two calls in one answer have ids and places of their own."""
    said.says([PARIS, ROME])
    result = said.result(python, what, tools=TOOLS, parallel_tool_calls=True)
    assert (finish(result), called(message(result))) == ("tool_calls", [PARIS, ROME])


def test_one_call_at_a_time(python, web):
    """A web chat's second call is dropped where the client wants one."""
    web.says([PARIS, ROME])
    assert called(message(web.result(python, "create", tools=TOOLS, parallel_tool_calls=False))) == [PARIS]


def test_a_stream_names_a_call_once(python, said):
    """Id, type and name are in the first piece alone, and the calls do not interleave."""
    said.says([PARIS, ROME])
    chunks = said.ask(python, "stream", tools=TOOLS)["chunks"]
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls") or []]
    assert [call["index"] for call in calls] == sorted(call["index"] for call in calls)
    named = [call for call in calls if call.get("id")]
    assert [call["function"]["name"] for call in named] == ["get_weather", "get_time"]
    assert [call["index"] for call in named] == [0, 1]
    rest = [call for call in calls if call not in named]
    assert rest and not any("id" in call or "type" in call or "name" in call["function"] for call in rest)
    finishes = [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"][0]["finish_reason"]]
    assert finishes == ["tool_calls"]


@WAYS
@pytest.mark.parametrize("choice", ["required", NAMED], ids=["required", "named"])
def test_a_call_that_must_be(python, web, what, choice):
    """A web chat that only talks is asked once more, and the client sees the call alone."""
    web.says("Let me think.", [PARIS])
    result = web.result(python, what, tools=TOOLS, tool_choice=choice)
    assert called(message(result)) == [PARIS] and web.asked() == 2
    assert not message(result)["content"]
    assert finish(result) in ("tool_calls", "stop")


def test_a_call_that_never_comes(python, web):
    """It is asked for exactly once more."""
    web.says("No.")
    answer = web.ask(python, "create", tools=TOOLS, tool_choice="required")
    assert web.asked() == 2
    if "result" in answer:
        assert message(answer["result"])["content"] == "No." and not message(answer["result"])["tool_calls"]


@pytest.mark.parametrize("choice", ["required", NAMED, "none", "auto"], ids=["required", "named", "none", "auto"])
def test_the_choice_of_a_tool(python, said, choice):
    """A service gets it as it is; a web chat is told of tools that it may call."""
    if said.emulated:
        said.says("No tool." if choice == "none" else [PARIS])
        result = said.result(python, "create", tools=TOOLS, tool_choice=choice)
        assert ("get_weather" in said.prompt()) == (choice != "none")
        assert bool(message(result)["tool_calls"]) == (choice != "none")
    else:
        said.says([PARIS])
        said.result(python, "create", tools=TOOLS, tool_choice=choice)
        assert said.body()["tool_choice"] == choice


@WAYS
def test_arguments_as_models(python, said, what):
    """The library's own typed tools: strict schemas there, models back."""
    said.says([("GetWeather", {"city": "Paris"})])
    what = "parse" if what == "create" else what
    result = said.result(python, what, tools=["GetWeather"])
    assert message(result)["tool_calls"][0]["function"]["parsed_arguments"] == {"city": "Paris"}
    assert finish(result) == "tool_calls"


@WAYS
def test_legacy_functions(python, said, what):
    """`functions` bring a `function_call`, and its result comes back by name."""
    functions = [one["function"] for one in TOOLS]
    said.says([PARIS], "Windy.")
    first = said.result(python, what, messages=[QUESTION], functions=functions, function_call="auto")
    call = message(first)["function_call"]
    assert (call["name"], call["arguments"].replace(" ", "")) == ("get_weather", '{"city":"Paris"}')
    assert finish(first) == "function_call" and not message(first)["tool_calls"]
    sent = [
        {"role": "assistant", "content": None, "function_call": call},
        {"role": "function", "name": "get_weather", "content": "wind"},
    ]
    second = said.result(python, what, messages=[QUESTION, *sent], functions=functions)
    assert (message(second)["content"], finish(second)) == ("Windy.", "stop")
    if said.emulated:
        assert "[TOOL RESULT #1: get_weather]\nwind\n[END TOOL RESULT]" in said.prompt()


@pytest.mark.parametrize(
    "fields, param",
    [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "fly"}}}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": "perhaps"}, "tool_choice"),
        ({"tools": [*TOOLS, TOOLS[0]]}, "tools[2]"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {"name": ""}}]}, "tools[0].function.name"),
        ({"tools": {}}, "tools"),
    ],
    ids=["none offered", "unknown", "no choice", "twice", "no function", "no name", "no list"],
)
def test_wrong_tools_name_their_field(python, said, fields, param):
    """400 with the field, before anybody is asked."""
    said.says("Never.")
    error = said.error(python, "create", **fields)
    assert (error["class"], error["status_code"], error["type"]) == ("BadRequestError", 400, "invalid_request_error")
    assert error["param"] == param, error
    assert said.asked() == 0
