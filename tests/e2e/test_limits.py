"""How much at once, how large, how many."""

import json

import pytest

from gallery import model
from patience import until


def test_beyond_the_limit_of_answers_at_once(stacks, fake):
    """429 with a time to come back; the limit frees itself when an answer ends."""
    settings = {"QIANWEN_BASE_URL": fake.url, "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=hold", "MAX_CONCURRENT": "2"}
    stack = stacks(settings).start()
    held = [stack.stream().read_until("你好".encode()) for _ in range(2)]
    for answer in (stack.chat(), stack.stream().read()):
        assert answer.status == 429
        error = answer.error()
        assert (error["type"], error["code"]) == ("rate_limit_error", "server_is_overloaded")
        assert 1 <= int(answer.header("retry-after")) <= 60
        assert answer.header("access-control-allow-origin") == "*"
    assert stack.ask("/v1/models").status == 200 and stack.ask("/health").status == 200
    held.pop().leave()
    until(lambda: stack.health()["under_way"] == 1, 2)
    held.append(stack.stream().read_until("你好".encode()))
    for stream in held:
        stream.leave()
    until(lambda: stack.health()["under_way"] == 0, 2)


@pytest.mark.parametrize("provider", ["qianwen", "compatible"])
def test_a_body_of_32_mb(gallery, fake, provider):
    """A whole book: it reaches a service byte for byte as long as it was. A web chat would forget most of it, so it is told."""
    body = {
        "model": model(provider, scenario := "ok~cut7"),
        "messages": [{"role": "user", "content": "书" * (8 << 20)}, {"role": "user", "content": "x" * (8 << 20)}],
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    assert len(raw) > 32 << 20
    before = fake.counts(scenario)["requests"]
    answer = gallery.ask("/v1/chat/completions", "POST", raw, timeout=60)
    if provider == "qianwen":
        error = answer.error()
        assert (answer.status, error["code"], error["param"]) == (400, "context_length_exceeded", "messages"), error
        assert fake.counts(scenario)["requests"] == before
        return
    assert answer.text().endswith("🚀👩‍💻✨。")
    assert fake.requests(scenario)[-1]["body_bytes"] > 32 << 20


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
@pytest.mark.parametrize("key", [True, False], ids=["key", "no key"])
def test_a_body_of_60_mb_is_refused(gallery, chunked, key):
    """413 as JSON with CORS; the client reads it though it is still sending."""
    piece = b'{"model":"auto","messages":[' + b" " * (1 << 20)
    body = (piece for _ in range(60)) if chunked else piece * 60
    answer = gallery.ask("/v1/chat/completions", "POST", body, key=gallery.key if key else None)
    assert answer.status == 413
    assert answer.error()["code"] == "request_too_large" and "48" in answer.error()["message"]
    assert answer.header("access-control-allow-origin") == "*" and len(answer.all("x-request-id")) == 1


def test_the_owners_limit_is_everybodys(stacks):
    """nginx and the service agree: just below passes, just above does not."""
    stack = stacks({"MAX_BODY_MB": "1"}).start()
    assert stack.chat("demo", text="x" * ((1 << 20) - 200)).status == 200
    answer = stack.chat("demo", text="x" * ((1 << 20) + 1))
    assert answer.status == 413 and "1 MB" in answer.error()["message"]
