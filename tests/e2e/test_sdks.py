"""The official libraries: Python, current and 1.x, and Node. What they return and raise is what people see."""

import pytest

from gallery import credential, model
from patience import until

OK_END = "🚀👩‍💻✨。"
PROVIDERS = ["qianwen", "compatible"]
IMAGE = [
    {"type": "text", "text": "what is this"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
]
WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_whole_answer(sdk, gallery, provider):
    """Text, finish, usage and the request's id arrive."""
    answer = sdk.ask(gallery, "create", model(provider, "ok"))
    result = answer["result"]
    assert result["choices"][0]["message"]["content"].endswith(OK_END)
    assert result["choices"][0]["finish_reason"] == "stop"
    assert result["usage"]["total_tokens"] == result["usage"]["prompt_tokens"] + result["usage"]["completion_tokens"]
    assert result["usage"]["total_tokens"] > 0
    assert answer["request_id"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stream(sdk, gallery, provider):
    """Without include_usage no chunk carries usage and every chunk has a choice."""
    chunks = sdk.ask(gallery, "stream", model(provider, "ok"))["chunks"]
    assert all(chunk["choices"] and not chunk.get("usage") for chunk in chunks)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("content") or "" for delta in deltas).endswith(OK_END)
    assert len(chunks) > 8, "the answer comes in pieces"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stream_with_usage(sdk, gallery, provider):
    """The usage is in the last chunk, which has no choices."""
    options = {"include_usage": True, "include_obfuscation": False, "continuous_usage_stats": False}
    chunks = sdk.ask(gallery, "stream", model(provider, "ok"), stream_options=options)["chunks"]
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] > 0
    assert all(chunk["choices"] and not chunk.get("usage") for chunk in chunks[:-1])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_stream_helper(sdk, gallery, provider):
    """The helper is the strictest reader: it joins the deltas and insists on role, index and finish."""
    answer = sdk.ask(gallery, "helper", model(provider, "ok"), stream_options={"include_usage": True})
    result = answer["result"]
    assert result["choices"][0]["message"]["content"].endswith(OK_END)
    assert result["choices"][0]["message"]["role"] == "assistant"
    assert result["choices"][0]["finish_reason"] == "stop"
    assert result["usage"]["total_tokens"] > 0
    assert {"chunk", "content.delta", "content.done"} <= set(answer["events"])


@pytest.mark.parametrize(
    "provider, fixture",
    [("qianwen", "thinking_deep_think"), ("compatible", "reasoning_content"), ("compatible", "think_tag_leading")],
)
def test_reasoning_has_its_own_field(sdk, gallery, provider, fixture):
    """Thinking comes as `reasoning_content`, which the libraries keep though it is none of OpenAI's."""
    chunks = sdk.ask(gallery, "stream", model(provider, f"fixture-{fixture}"))["chunks"]
    thought = "".join(chunk["choices"][0]["delta"].get("reasoning_content") or "" for chunk in chunks)
    whole = sdk.ask(gallery, "create", model(provider, f"fixture-{fixture}")) if provider == "qianwen" else None
    assert thought
    if whole:
        assert whole["result"]["choices"][0]["message"]["reasoning_content"] == thought


def test_models_are_listed_and_retrieved(sdk, gallery):
    """The list holds `auto`, the site's own names and the familiar ones; each can be retrieved."""
    listed = sdk.call(gallery, "models")["models"]
    ids = [entry["id"] for entry in listed]
    assert ids[0] == "auto" and {"Qwen", "qwen-max", "fake-large"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert all(
        entry["object"] == "model" and isinstance(entry["created"], int) and entry["owned_by"] for entry in listed
    )
    for name in ("auto", "qwen-max", "fake-large", "c-ok/fake-large"):
        assert sdk.call(gallery, "model", body={"id": name})["model"]["id"] == name
    error = sdk.call(gallery, "model", body={"id": "gpt-17"})["error"]
    assert (error["class"], error["code"]) == ("NotFoundError", "model_not_found")


@pytest.mark.parametrize("base", ["", "/v1/", "/v1/v1", "//v1"])
def test_base_urls_as_people_write_them(sdk, gallery, base):
    """With and without /v1, doubled, with a slash behind: never a redirect, never a 404."""
    answer = sdk.ask(gallery, "create", model("qianwen", "ok"), base=base)
    assert answer["result"]["choices"][0]["message"]["content"].endswith(OK_END)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_odd_but_valid_requests_are_answered(sdk, gallery, provider):
    """What other clients add is ignored: nulls, unknown fields, parts, both names for the limit."""
    messages = [
        {
            "role": "developer",
            "content": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        },
        {"role": "user", "content": "hi", "name": "alice"},
        {"role": "assistant", "content": None, "refusal": None, "reasoning_content": "hm"},
        {"role": "user", "content": [{"type": "text", "text": "and now?"}]},
    ]
    fields = {
        "messages": messages,
        "max_tokens": 500,
        "max_completion_tokens": 500,
        "stop": None,
        "tools": None,
        "response_format": {"type": "text"},
        "metadata": {"a": "b"},
        "temperature": 0,
        "n": 1,
        "user": "u",
    }
    body = {"model": model(provider, "ok"), **fields}
    assert sdk.call(gallery, "create", body=body)["result"]["choices"][0]["message"]["content"].endswith(OK_END)


def test_a_wrong_key(sdk, gallery):
    """401 becomes the library's AuthenticationError, and a stream is refused the same way."""
    for what in ("create", "stream", "helper"):
        error = sdk.ask(gallery, what, "auto", key="sk-wrong-key-0123456789")["error"]
        assert (error["class"], error["status_code"], error["code"]) == ("AuthenticationError", 401, "invalid_api_key")
        assert error["request_id"]
        assert "sk-wrong" not in error["message"]


def test_an_unknown_model(sdk, gallery):
    """404 with the names that are near."""
    for what in ("create", "stream"):
        error = sdk.ask(gallery, what, "qwen3-mex")["error"]
        assert (error["class"], error["status_code"], error["code"]) == ("NotFoundError", 404, "model_not_found")
        assert error["param"] == "model" and "qwen3-max" in error["message"]


@pytest.mark.parametrize(
    "fields, param",
    [
        ({"messages": []}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"temperature": "hot"}, "temperature"),
        ({"n": 0}, "n"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_request_names_its_field(sdk, gallery, fields, param):
    """400 becomes the library's BadRequestError, whose `param` is the field."""
    error = sdk.ask(gallery, "create", model("qianwen", "ok"), **fields)["error"]
    assert (error["class"], error["status_code"]) == ("BadRequestError", 400)
    assert error["type"] == "invalid_request_error" and error["param"] == param, error
    assert param.split("[")[0] in error["message"]


def test_a_compatible_service_gets_images_and_tools(sdk, gallery, fake):
    """What the service can take is passed on as it came."""
    messages = [{"role": "user", "content": IMAGE}]
    answer = sdk.ask(
        gallery,
        "create",
        model("compatible", "ok~cut7"),
        messages=messages,
        tools=[WEATHER],
        n=1,
        tool_choice="auto",
        response_format={"type": "json_object"},
    )
    assert answer["result"]["choices"][0]["message"]["content"].endswith(OK_END)
    body = fake.requests("ok~cut7")[-1]["body"]
    for part in ("data:image/png;base64,AA==", "get_weather", "json_object", '"tool_choice"'):
        assert part in body, (part, body)


def test_a_tool_call_comes_back(sdk, gallery):
    """The helper joins the pieces of a streamed call; ids and names come once."""
    name = model("compatible", "fixture-tool_call_streamed")
    chunks = sdk.ask(gallery, "stream", name, tools=[WEATHER])["chunks"]
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls") or []]
    assert [call["id"] for call in calls if call.get("id")] == ["call_AbC123"]
    result = sdk.ask(gallery, "helper", name)["result"]
    call = result["choices"][0]["message"]["tool_calls"][0]
    assert call["function"]["arguments"] == '{"city":"北京","unit":"c"}'
    assert result["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    "provider, scenario, kind, status, code",
    [
        ("qianwen", "429-after-7", "RateLimitError", 429, "rate_limit_exceeded"),
        ("compatible", "429-after-7", "RateLimitError", 429, "rate_limit_exceeded"),
        ("qianwen", "quota", "RateLimitError", 429, "insufficient_quota"),
        ("compatible", "quota", "RateLimitError", 429, "insufficient_quota"),
        ("qianwen", "expired", "InternalServerError", 503, "account_unavailable"),
        ("compatible", "401", "InternalServerError", 503, "account_unavailable"),
        ("qianwen", "waf-json", "InternalServerError", 503, "account_unavailable"),
        ("qianwen", "500", "InternalServerError", 502, "upstream_error"),
        ("compatible", "500", "InternalServerError", 502, "server_error"),
    ],
)
def test_upstream_trouble_is_the_librarys_own_error(sdk, gallery, provider, scenario, kind, status, code):
    """Whole or streamed, an upstream that refuses at once gets its real status."""
    for what in ("create", "stream"):
        error = sdk.ask(gallery, what, model(provider, scenario))["error"]
        assert (error["class"], error["status_code"], error["code"]) == (kind, status, code), error


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["truncated", "reset-mid"])
def test_an_answer_that_breaks_off_raises(sdk, gallery, provider, scenario):
    """The text that came is there, then the library raises; half an answer never looks whole."""
    answer = sdk.ask(gallery, "stream", model(provider, scenario))
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in answer["chunks"])
    assert text.startswith("你好")
    assert answer["error"]["class"] == "APIError" and answer["error"]["message"]
    assert not any(chunk["choices"][0]["finish_reason"] for chunk in answer["chunks"])
    assert sdk.ask(gallery, "create", model(provider, scenario))["error"]["status_code"] == 502
    assert "error" in sdk.ask(gallery, "helper", model(provider, scenario))


def test_what_only_the_owner_can_mend_is_not_retried(sdk, gallery, fake):
    """x-should-retry: false keeps the library from asking three times."""
    for provider, scenario in (("qianwen", "quota"), ("qianwen", "ex015")):
        name = credential(scenario)
        before = fake.counts(name)["requests"]
        assert "error" in sdk.ask(gallery, "create", model(provider, scenario), retries=2)
        assert fake.counts(name)["requests"] == before + 1


def test_a_wait_that_helps_is_waited_for(sdk, gallery, fake):
    """Retry-After reaches the library, which then tries again."""
    before = fake.counts("429-after-1")["requests"]
    assert "error" in sdk.ask(gallery, "create", model("compatible", "429-after-1"), retries=1)
    assert fake.counts("429-after-1")["requests"] == before + 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stream_that_is_left_is_cancelled_upstream(sdk, gallery, fake, provider):
    """Leaving the loop closes the connection, and the upstream stops."""
    before = fake.counts("endless")["cancelled"]
    assert sdk.ask(gallery, "abandon", model(provider, "endless"))["text"]
    fake.until("endless", "cancelled", before + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")
