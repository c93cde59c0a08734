"""Every field of OpenAI's request: the page that says what happens to it, and the service that must not refuse it."""

import json
import re

import pytest

from fake import FIXTURES, ROOT
from gallery import model

LISTED = FIXTURES / "openai_request_fields.txt"
PAGE = ROOT / "docs" / "request-fields.md"
PROVIDERS = ["qianwen", "compatible"]
EXTENSIONS = {"enable_search", "enable_thinking", "thinking"}
REQUIRED = {"model", "messages"}
FATES = {"honoured", "passed", "emulated", "switch", "ignored"}
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION = {"name": "get_weather", "description": "The weather of a city.", "parameters": PARAMETERS}
TOOLS = [{"type": "function", "function": FUNCTION}]
SCHEMA = {"name": "weather", "strict": True, "schema": {**PARAMETERS, "additionalProperties": False}}
HELLO = [{"role": "user", "content": "hello"}]

# A valid value for each field, and what must stand beside it for the value to make sense.
VALUES = {
    "audio": ({"voice": "alloy", "format": "wav"}, {"modalities": ["text", "audio"]}),
    "enable_search": (False, {}),
    "enable_thinking": (False, {}),
    "frequency_penalty": (0.5, {}),
    "function_call": ("auto", {"functions": [FUNCTION]}),
    "functions": ([FUNCTION], {}),
    "logit_bias": ({"50256": -100}, {}),
    "logprobs": (True, {}),
    "max_completion_tokens": (4096, {}),
    "max_tokens": (4096, {}),
    "messages": (HELLO, {}),
    "metadata": ({"purpose": "test"}, {}),
    "modalities": (["text"], {}),
    "model": (None, {}),
    "moderation": ({"model": "omni-moderation-latest"}, {}),
    "n": (1, {}),
    "parallel_tool_calls": (False, {"tools": TOOLS}),
    "prediction": ({"type": "content", "content": "hello"}, {}),
    "presence_penalty": (-0.5, {}),
    "prompt_cache_key": ("key-1234", {}),
    "prompt_cache_options": ({"mode": "implicit", "ttl": "30m"}, {}),
    "prompt_cache_retention": ("24h", {}),
    "reasoning_effort": ("low", {}),
    "response_format": ({"type": "json_schema", "json_schema": SCHEMA}, {}),
    "safety_identifier": ("person-1234", {}),
    "seed": (-9007199254740991, {}),
    "service_tier": ("auto", {}),
    "stop": (["never said"], {}),
    "store": (False, {}),
    "stream": (False, {}),
    "stream_options": ({"include_usage": True, "include_obfuscation": False}, {"stream": True}),
    "temperature": (0.7, {}),
    "thinking": ({"type": "disabled"}, {}),
    "tool_choice": ("auto", {"tools": TOOLS}),
    "tools": (TOOLS, {}),
    "top_logprobs": (2, {"logprobs": True}),
    "top_p": (0.9, {}),
    "user": ("user-1234", {}),
    "verbosity": ("low", {}),
    "web_search_options": ({"search_context_size": "low"}, {}),
}
# What the service itself reads; at a service that is like OpenAI's the rest travels as it came.
OWN = {"model", "stream", "stream_options"}


def listed():
    """The committed names; the first line says of which version of the specification."""
    head, *names = LISTED.read_text(encoding="utf-8").splitlines()
    assert re.search(r"openai-openapi \d+\.\d+\.\d+", head), head
    return names


def rows():
    """Field → (at services, at web chats), of both tables of the page."""
    cells = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(cells) == len({cell[0] for cell in cells}), "a field has two rows"
    return {name: (services, chats) for name, services, chats, _ in cells}


def test_the_page_names_every_field_and_no_other():
    """And says of each what happens to it, in the words that it explains."""
    names = listed()
    assert names == sorted(set(names)) and len(names) > 30
    assert set(rows()) == {*names, *EXTENSIONS}
    assert {fate for fates in rows().values() for fate in fates} <= FATES
    version = re.search(r"openai-openapi (\S+)", LISTED.read_text(encoding="utf-8"))[1].rstrip(":,")
    assert f"openai/openai-openapi {version}" in PAGE.read_text(encoding="utf-8")


def test_every_field_has_a_value_here():
    """A field that is new in the list must be sent, too."""
    assert set(VALUES) == {*listed(), *EXTENSIONS}


def request(provider, field, scenario="ok"):
    """A request with this field, and with what it needs."""
    value, beside = VALUES[field]
    body = {"model": model(provider, scenario), "messages": HELLO, **beside}
    return {**body, **({} if field == "model" else {field: value})}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("field", sorted(VALUES))
def test_a_valid_value_is_answered(gallery, provider, field):
    """Honoured, passed on or ignored: never refused."""
    answer = gallery.ask("/v1/chat/completions", "POST", request(provider, field))
    assert answer.status == 200, (answer.status, answer.body)
    assert b'"finish_reason":"stop"' in answer.body, answer.body


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_null_means_absent(gallery, provider, stream):
    """Clients send every field that they know, with null for what they do not want."""
    nothing = {field: None for field in VALUES if field not in REQUIRED}
    body = {**nothing, "model": model(provider, "ok"), "messages": HELLO, "stream": stream}
    answer = gallery.ask("/v1/chat/completions", "POST", body)
    assert answer.status == 200, (answer.status, answer.body)
    assert (b"[DONE]" in answer.body) == stream


def test_a_service_gets_what_the_page_says_is_passed(gallery, fake):
    """All fields that are passed arrive with the values that they had."""
    passed = [field for field, fates in rows().items() if fates[0] == "passed"]
    assert len(passed) > 30
    body = {field: VALUES[field][0] for field in passed}
    answer = gallery.ask("/v1/chat/completions", "POST", {**body, "model": model("compatible", "ok~cut7")})
    assert answer.status == 200, answer.body
    arrived = json.loads(fake.requests("ok~cut7")[-1]["body"])
    # The legacy pair stands for tools; here both came, and today's form counts.
    wanted = {field: value for field, value in body.items() if field not in ("functions", "function_call")}
    assert {field: arrived.get(field) for field in wanted} == wanted


@pytest.mark.parametrize("field", ["unheard_of", "x-thing", "chat_template_kwargs"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unknown_field_is_no_mistake(gallery, fake, provider, field):
    """A service gets it, a web chat does not."""
    body = {"model": model(provider, "ok~cut7"), "messages": HELLO, field: {"a": [1, None]}}
    answer = gallery.ask("/v1/chat/completions", "POST", body)
    assert answer.status == 200, answer.body
    assert (field in json.loads(fake.requests("ok~cut7")[-1]["body"])) == (provider == "compatible")
