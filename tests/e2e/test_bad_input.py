"""What is no proper request: it gets an answer that a client can read, and never a 5xx."""

import json

import pytest

from gallery import model
from mutations import bodies
from wire import ask, parse, send_raw

SEED = 20261122


def test_two_hundred_malformed_bodies(stacks, fake):
    """Whatever is wrong with a body, the answer is 200 or 4xx, and an error has all four fields."""
    # A stack of its own: `auto` may ask everybody, and in the gallery most are ill.
    settings = {
        "QIANWEN_BASE_URL": fake.url,
        "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok",
        "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
        "OPENAI_COMPATIBLE_MODELS": "m",
    }
    stack = stacks(settings).start()
    for body in bodies(SEED, 200, ["auto", "qwen-max", "m", "no-such-model"]):
        answer = stack.ask("/v1/chat/completions", "POST", body)
        assert answer.status in (200, 400, 404), (answer.status, answer.body[:300], body[:500])
        if answer.status != 200:
            error = answer.error()
            assert error["type"] == "invalid_request_error" and len(error["message"]) < 500, (error, body[:500])
            assert answer.header("access-control-allow-origin") == "*"


@pytest.mark.parametrize(
    "body, param, part",
    [
        (b"", None, "not valid JSON"),
        (b"{", None, "not valid JSON"),
        (b"[]", None, None),
        (b'{"messages":[{"role":"user","content":"x"}]}', "model", "missing"),
        (b'{"model":"auto"}', "messages", "missing"),
        (b'{"model":null,"messages":null}', "model", "missing"),
        (b'{"model":7,"messages":[]}', "model", "string"),
        (b'{"model":"auto","messages":[{"content":"x"}]}', "messages[0]", "role"),
        (b'{"model":"auto","messages":[{"role":"user","content":[{"type":"text"}]}]}', "messages[0].content", "text"),
        (b'{"model":"auto","messages":[{"role":"user","content":"x"}],"stream":"yes"}', "stream", "boolean"),
    ],
)
def test_the_error_says_where_and_what(gallery, body, param, part):
    """One sentence that names the field and repeats no value."""
    answer = gallery.ask("/v1/chat/completions", "POST", body)
    assert answer.status == 400
    error = answer.error()
    if param:
        assert error["param"].startswith(param), error
    if part:
        assert part in error["message"], error


def test_a_secret_in_a_wrong_place_is_not_repeated(gallery):
    """An error message ends up in logs and screenshots."""
    body = {"model": "auto", "messages": [{"role": "user", "content": {"key": "sk-SECRET"}}], "n": "sk-SECRET"}
    assert b"SECRET" not in gallery.ask("/v1/chat/completions", "POST", body).body


@pytest.mark.parametrize("name", ["qwen3-mex", "Qwen3.8-Maxx", "fake-larg", "通义千文"])
def test_an_unknown_model_has_near_names(gallery, name):
    """A slip of the keyboard is answered with what was meant."""
    answer = gallery.chat(name)
    assert answer.status == 404 and answer.error()["code"] == "model_not_found"
    assert "Near it" in answer.error()["message"] and answer.error()["param"] == "model"
    far = gallery.chat("zzzzzzzzzzzzzzzzzzzzzzzz").error()
    assert "/v1/models" in far["message"]


def refused(port, raw, *statuses):
    """Sends bytes and checks that what comes back is OpenAI-shaped with one of the statuses."""
    answer = parse(send_raw(port, raw, timeout=30))
    assert answer.status in statuses, (answer.status, answer.body[:200])
    answer.error()
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("x-request-id")
    return answer


GET = b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "raw, statuses",
    [
        (b"hello\r\n\r\n", (400,)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, (400,)),
        (b"GET /v1/models HTTP/1.1\r\n\r\n", (400,)),
        (b"GET /v1/models HTTP/9.9\r\nHost: x\r\n\r\n", (505,)),
        (b"get /v1/models HTTP/1.1\r\nHost: x\r\n\r\n", (400,)),
        (b"BREW /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", (405,)),
        (b"TRACE /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", (405,)),
        (b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", (400, 405)),
        (b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", (400,)),
        (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", (400,)),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", (400,)),
        (b"GET /v1/models HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", (400,)),
        (b"GET /v1/models HTTP/1.1\r\nHost x\r\n\r\n", (400,)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 405, 505)),
        (POST + b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
        (POST + b"Content-Length: -1\r\n\r\n", (400,)),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", (400,)),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", (400, 501)),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", (400,)),
        (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414,)),
        (GET + b"X-Big: " + b"a" * 40000 + b"\r\n\r\n", (431,)),
        (GET + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 8000) for n in range(60)) + b"\r\n", (431,)),
    ],
)
def test_what_is_no_http(gallery, raw, statuses):
    """nginx's own refusals look like all the others."""
    refused(gallery.port, raw, *statuses)


def test_large_headers_that_are_still_proper(gallery):
    """Corporate proxies add kilobytes of headers; 24 kB pass."""
    headers = {f"X-{n}": "a" * 4000 for n in range(6)}
    assert gallery.ask("/v1/models", headers=headers).status == 200


def test_many_headers(gallery):
    """Eighty lines pass; more than the service's parser takes are refused, and not by a broken connection."""
    many = lambda count: gallery.ask("/v1/models", headers={f"X-{n}": "a" for n in range(count)}).status
    assert (many(80), many(150)) == (200, 431)


def test_a_body_that_stops_half_way(gallery):
    """The client closes its side in the middle: nothing is asked upstream, and the service lives on."""
    raw = POST + b"Authorization: Bearer " + gallery.key.encode() + b'\r\nContent-Length: 1000\r\n\r\n{"model":'
    received = send_raw(gallery.port, raw, half_close=True)
    assert received == b"" or parse(received).status == 400
    assert gallery.ask("/health").status == 200


def test_a_chunked_body_is_a_body(gallery):
    """Some clients know no length beforehand."""
    body = json.dumps({"model": model("qianwen", "ok"), "messages": [{"role": "user", "content": "x"}]}).encode()
    answer = gallery.ask("/v1/chat/completions", "POST", (body[at : at + 7] for at in range(0, len(body), 7)))
    assert answer.status == 200


def test_a_client_that_waits_for_permission_to_send(gallery):
    """curl asks before it sends more than a megabyte."""
    body = json.dumps(
        {"model": model("compatible", "ok"), "messages": [{"role": "user", "content": "x" * 2000000}]}
    ).encode()
    raw = (
        POST
        + b"Authorization: Bearer "
        + gallery.key.encode()
        + b"\r\nExpect: 100-continue\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
    )
    received = send_raw(gallery.port, raw)
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "path", ["/nginx_status", "/admin", "/.env", "/v1/../.env", "/k/x/nothing", "/refused", "//refused"]
)
def test_other_paths_are_not_there(gallery, path):
    """Whoever looks around finds nothing but a JSON 404."""
    answer = ask(gallery.port, path=path)
    assert answer.status == 404 and answer.error()["code"] == "unknown_url"
