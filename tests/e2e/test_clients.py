"""The requests of known clients, byte for byte, and what each client makes of the answer by its own rules."""

import http.client
import json
import re
import socket

import pytest

import client_rules as rules
import contract
from fake import FIXTURES
from gallery import model
from patience import until
from wire import HOST, Answer

FOLDER = FIXTURES / "clients"
PROVIDERS = ["qianwen", "compatible"]
OK_BEGINNING = "你好！我是假的上游"
OK_END = "🚀👩‍💻✨。"

STREAMED = {
    "astrbot-chat": rules.openai_python,
    "chatbox-hi": rules.vercel,
    "chatbox-picture": rules.vercel,
    "chatbox-tool": rules.vercel,
    "cherry-studio-check": rules.openai_python,
    "continue-chat": rules.continue_dev,
    "dify-ping-stream": rules.dify,
    "guidellm-load": rules.openai_python,
    "langbot-chat": rules.openai_python,
    "lobechat-check": rules.lobechat,
    "new-api-channel-test-stream": rules.new_api_stream,
    "nextchat-chat": rules.nextchat,
    "open-webui-chat": rules.open_webui,
    "roo-code-turn": rules.roo_code,
}
WHOLE = [
    "chatgpt-on-wechat",
    "dify-ping",
    "immersive-translate",
    "new-api-channel-test",
    "one-api-channel-test",
    "one-api-channel-test-old",
]
LISTS = [
    "claude-code-models",
    "guidellm-models",
    "librechat-models",
    "n8n-credential-test",
    "obsidian-copilot-models",
    "open-webui-verify",
]
PREFLIGHTS = sorted(path.stem for path in FOLDER.glob("preflight-*.http"))
BILLING = ["nextchat-subscription", "nextchat-usage"]
OPEN = ["claude-code-probe", "guidellm-health"]
# These ask for so little that a web chat, whose answer is cut here, does not get to the end of it.
SHORT = {
    "dify-ping",
    "dify-ping-stream",
    "new-api-channel-test",
    "new-api-channel-test-stream",
    "one-api-channel-test-old",
}


class Sent:
    """A fixture that was sent over a socket of its own; of the answer only the head was read."""

    def __init__(self, stack, name, asked="auto", key=None):
        text = (FOLDER / f"{name}.http").read_text(encoding="utf-8")
        head, _, body = text.partition("\n\n")
        body = body.removesuffix("\n").replace("{model}", asked).encode()
        host = f"{HOST}:{stack.port}"
        for placeholder, value in {"host": host, "key": key or stack.key, "length": str(len(body))}.items():
            head = head.replace("{" + placeholder + "}", value)
        self.head = head
        self.connection = socket.create_connection((HOST, stack.port), timeout=30)
        self.connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        self.response = http.client.HTTPResponse(self.connection, method=head.split(" ", 1)[0])
        self.response.begin()

    def answer(self):
        """The whole answer."""
        try:
            return Answer(self.response.status, self.response.getheaders(), self.response.read())
        finally:
            self.leave()

    def leave(self):
        """Closes the connection, whatever came."""
        self.response.close()
        self.connection.close()


def ask(stack, name, asked="auto", key=None):
    """What a client gets for its request."""
    return Sent(stack, name, asked, key).answer()


def expectation(fixture):
    """What an upstream's answer of this name says."""
    return json.loads(next(FIXTURES.glob(f"*/{fixture}.expected.json")).read_text(encoding="utf-8"))


def test_every_fixture_is_used_and_explained():
    """The page beside them has a row for each."""
    names = sorted(path.stem for path in FOLDER.glob("*.http"))
    used = [*STREAMED, *WHOLE, *LISTS, *PREFLIGHTS, *BILLING, *OPEN]
    assert sorted(used) == names
    explained = re.findall(r"^\| `([\w-]+)` \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(explained) == names


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", STREAMED)
def test_a_streamed_answer_is_shown(gallery, provider, name):
    """Text, whole and nothing else; the usage where the client asked for it."""
    sent = (FOLDER / f"{name}.http").read_text(encoding="utf-8")
    shown = STREAMED[name](ask(gallery, name, model(provider, "ok")))
    assert shown.text.startswith(OK_BEGINNING) and not shown.reasoning and not shown.calls, shown
    assert name in SHORT or shown.text.endswith(OK_END), shown
    assert bool(shown.usage) == ("include_usage" in sent), shown


@pytest.mark.parametrize("name", STREAMED)
@pytest.mark.parametrize("provider, fixture", [("qianwen", "thinking_deep_think"), ("compatible", "reasoning_content")])
def test_thinking_is_not_mistaken_for_text(gallery, provider, fixture, name):
    """By each client's rules thinking and text come apart, and no text is lost to it."""
    expected = expectation(fixture)
    shown = STREAMED[name](ask(gallery, name, model(provider, f"fixture-{fixture}")))
    assert name in SHORT or shown.text == expected["text"], shown
    assert expected["text"].startswith(shown.text), shown
    assert not shown.reasoning or expected["reasoning"].startswith(shown.reasoning), shown


@pytest.mark.parametrize(
    "fixture, name",
    [
        (fixture, name)
        for fixture in ("tool_call_streamed", "tool_call_whole_in_one_delta", "two_tool_calls_interleaved")
        for name, rule in STREAMED.items()
        # Some put what has no id to the last call, so that only calls which come one after the other suit them.
        if rule is not rules.new_api_stream and (fixture[:3] != "two" or rule not in (rules.nextchat, rules.dify))
    ],
)
def test_a_call_is_read(gallery, fixture, name):
    """A service's own calls, by each client's rules: each name once, its arguments joined."""
    shown = STREAMED[name](ask(gallery, name, model("compatible", f"fixture-{fixture}")))
    expected = expectation(fixture)["tool_calls"]
    assert [(call, json.loads(arguments)) for call, arguments in shown.calls] == [
        (call["name"], json.loads(call["arguments"])) for call in expected
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", ["chatbox-tool", "roo-code-turn"])
@pytest.mark.parametrize("cities", [["Paris"], ["Paris", "Rome", "東京"]], ids=["one", "three"])
def test_every_client_reads_calls(talker, provider, name, cities):
    """A service's own and those that a web chat wrote: one a chunk, one after the other, closed by the finish."""
    answer = ask(talker, name, talker.says(provider, [("get_weather", {"city": city}) for city in cities]))
    told = contract.check_body(answer.body, include_usage=True)
    assert told.done and told.choice().finish == "tool_calls"
    assert len({call["id"] for call in told.choice().calls}) == len(cities)
    for rule in set(STREAMED.values()) - {rules.new_api_stream}:
        shown = rule(answer)
        assert [(called, json.loads(arguments)) for called, arguments in shown.calls] == [
            ("get_weather", {"city": city}) for city in cities
        ], rule.__name__
        assert not shown.text.strip(), rule.__name__
    for chunk in told.chunks:
        deltas = [choice["delta"].get("tool_calls") or [] for choice in chunk["choices"]]
        assert all(len(calls) <= 1 for calls in deltas), chunk


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_answer_is_shown(gallery, provider, name):
    """The content is a string, the object is named, the usage is counted."""
    shown = rules.whole(ask(gallery, name, model(provider, "ok")))
    beginning = shown.text[: len(OK_BEGINNING)]
    assert OK_BEGINNING.startswith(beginning), shown
    assert name in SHORT or shown.text.endswith(OK_END), shown


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize(
    "provider, fixture", [("qianwen", "thinking_deep_think"), ("compatible", "plain_reasoning_content")]
)
def test_a_limit_that_goes_to_thinking_is_no_error(gallery, provider, fixture, name):
    """A check with `max_tokens` 1 of a model that thinks: status 200, and the content is a string, be it empty."""
    shown = rules.whole(ask(gallery, name, model(provider, f"fixture-{fixture}")))
    assert shown.text or name in SHORT, shown


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_models_is_read(gallery, name):
    """Status 200 and JSON, whatever the client reads of it."""
    listed = rules.is_json(ask(gallery, name))
    assert listed["object"] == "list" and len(listed["data"]) > 3
    for entry in listed["data"]:
        assert isinstance(entry["id"], str) and entry["id"], entry
        assert isinstance(entry["created"], (int, float)) and not isinstance(entry["created"], bool), entry
        assert entry["object"] == "model" and entry["owned_by"] and entry["name"], entry
        assert entry["type"] == "model" and entry["display_name"], entry
        # LangBot and Chatbox take a number where they find one.
        assert isinstance(entry.get("context_length", 1), int), entry
    assert listed["has_more"] is False and listed["first_id"] == listed["data"][0]["id"]


def test_nextchats_balance(gallery):
    """Both figures are numbers, without /v1 in the path."""
    assert rules.is_json(ask(gallery, "nextchat-usage"))["total_usage"] >= 0
    assert rules.is_json(ask(gallery, "nextchat-subscription"))["hard_limit_usd"] > 0


@pytest.mark.parametrize("name", OPEN)
def test_probes_need_no_key(gallery, name):
    """They ask whether anybody is there."""
    answer = ask(gallery, name)
    assert answer.status == 200 and "authorization" not in Sent(gallery, name).head.lower()


@pytest.mark.parametrize("name", PREFLIGHTS)
def test_a_preflight_is_granted(gallery, name):
    """Without a key, and every header by its name: a wildcard does not cover `authorization`."""
    sent = Sent(gallery, name)
    wanted = re.search(r"^Access-Control-Request-Headers: (.+)$", sent.head, re.MULTILINE)[1]
    method = re.search(r"^Access-Control-Request-Method: (.+)$", sent.head, re.MULTILINE)[1]
    answer = sent.answer()
    assert (answer.status, answer.body) == (204, b"")
    origin = answer.header("access-control-allow-origin")
    assert origin == "*" or origin in sent.head
    granted = {one.strip().lower() for one in answer.header("access-control-allow-headers").split(",")}
    assert set(wanted.split(",")) <= granted
    assert method in answer.header("access-control-allow-methods")
    assert int(answer.header("access-control-max-age")) >= 600


@pytest.mark.parametrize("name", ["obsidian-copilot-models", "immersive-translate"])
def test_a_page_may_read_its_answer(gallery, name):
    """The answer itself has the header, too, and so has a refusal."""
    for key in (None, "sk-wrong-key-0123456789"):
        answer = ask(gallery, name, model("compatible", "ok"), key)
        assert answer.status == (401 if key else 200)
        assert answer.header("access-control-allow-origin") == "*"
        assert "x-request-id" in answer.header("access-control-expose-headers")


@pytest.mark.parametrize("name", [*STREAMED, *WHOLE, *LISTS, *BILLING])
def test_a_wrong_key_is_told_as_such(gallery, name):
    """401 and JSON, streamed or not: a check button says "wrong key" and nothing vaguer."""
    answer = ask(gallery, name, "auto", "sk-wrong-key-0123456789")
    assert answer.status == 401
    assert answer.error()["code"] == "invalid_api_key"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_cherry_studio_hangs_up_at_the_first_chunk(gallery, fake, provider):
    """Its check ends there: the upstream stops, and no account is held."""
    before = fake.counts("endless")["cancelled"]
    sent = Sent(gallery, "cherry-studio-check", model(provider, "endless"))
    assert sent.response.status == 200
    assert sent.response.read1(65536).startswith(b"data: {")
    sent.leave()
    fake.until("endless", "cancelled", before + 1)
    until(lambda: gallery.in_flight() == 0, 2, lambda: f"nothing is in flight: {gallery.health()}")
