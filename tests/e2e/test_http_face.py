"""Paths, keys, CORS, request ids: what a client meets before any model is asked."""

import socket
from pathlib import Path

import pytest

from gallery import model
from patience import until
from wire import ask, parse, send_raw

CHAT_PATHS = [
    "/v1/chat/completions",
    "/chat/completions",
    "/v1/v1/chat/completions",
    "//v1//chat/completions",
    "/v1/chat/completions/",
    "/v1//chat///completions//",
    "/chat/completions/",
    "/v1/chat/completions?x=1",
]
PUBLIC = [("GET", "/"), ("HEAD", "/"), ("GET", "/health"), ("HEAD", "/health"), ("GET", "//health/")]
BROWSER = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
WANTED = "authorization,content-type,x-stainless-os,x-stainless-retry-count"


@pytest.mark.parametrize("path", CHAT_PATHS)
def test_every_way_of_writing_the_chat_path(gallery, path):
    """Never a redirect: a client that follows one loses its body."""
    body = {"model": model("qianwen", "ok"), "messages": [{"role": "user", "content": "x"}]}
    answer = gallery.ask(path, "POST", body)
    assert answer.text() and answer.header("location") is None


@pytest.mark.parametrize("path", ["/v1/models", "/models", "/v1/models/", "//models", "/v1/v1/models"])
def test_every_way_of_writing_the_list_path(gallery, path):
    """The list is the same everywhere."""
    answer = gallery.ask(path)
    assert answer.status == 200 and answer.json()["object"] == "list"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/c-ok/fake-large",
        "/models/c-ok/fake-large",
        "/v1/models/c-ok%2Ffake-large",
        "/v1/models/c-ok/fake-large/",
    ],
)
def test_a_model_whose_id_holds_a_slash(gallery, path):
    """Escaped or not."""
    answer = gallery.ask(path)
    assert answer.status == 200 and answer.json()["id"] == "c-ok/fake-large", answer.body


@pytest.mark.parametrize(
    "name, form",
    [
        ("Authorization", "Bearer {}"),
        ("Authorization", "bearer {}"),
        ("Authorization", "Bearer   {} "),
        ("Authorization", "{}"),
        ("x-api-key", "{}"),
        ("api-key", "{}"),
        ("X-API-Key", " {}"),
    ],
)
def test_every_way_of_sending_the_key(gallery, name, form):
    """As the clients of OpenAI, Anthropic and Azure send it."""
    answer = ask(gallery.port, path="/v1/models", headers={name: form.format(gallery.key)})
    assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/k/{}/v1/models",
        "/k/{}/models",
        "//k//{}//v1//models/",
        "/%6b/{}/v1/v1/models",
        "/K/{}/v1/models/auto",
        "/k/{}/v1/dashboard/billing/usage",
        "/v1/models?key={}",
        "/models/?x=1&key={}",
        "/metrics?key={}",
    ],
)
def test_a_key_in_the_address(gallery, path):
    """For clients with one field for a key, which holds Hugging Face's token before a private Space."""
    key = gallery.key.replace("-", "%2D")
    for bearer in (None, "hf_somebodys_token"):
        answer = gallery.ask(path.format(key), key=bearer)
        assert answer.status == 200 and answer.header("location") is None, answer.body
        wrong = gallery.ask(path.format("wrong"), key=bearer)
        assert wrong.status == 401 and wrong.error()["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    "path",
    [
        "/k/{}/admin/api/accounts",
        "/k/{}/v1/admin/api/accounts",
        "/k/{}/%61dmin/api/accounts",
        "/k/{}/v1/../admin/api/accounts",
        "/k/{}/k/{}/v1/models",
        "/k/{}/metrics",
        "/k/{}/health",
        "/k/{}/docs",
        "/k/{}/nothing",
        "/v1/k/{}/models",
        "/k%2F{}/v1/models",
        "/%256b/{}/v1/models",
    ],
)
def test_a_key_in_the_path_opens_the_api_only(gallery, path):
    """Whatever else is asked with it is not there, and the answer does not repeat the key."""
    for method in ("GET", "POST", "DELETE"):
        answer = gallery.ask(path.replace("{}", gallery.key), method, key=None)
        assert answer.status == 404 and answer.error()["code"] == "unknown_url", answer.body
        assert gallery.key not in repr((answer.headers, answer.body))


def test_a_key_in_the_query_opens_nothing_of_the_owners(gallery):
    """An address is kept in histories and shown in bars."""
    for path in ("/admin/api/accounts", "/%61dmin/api/accounts", "//admin/api/accounts/"):
        assert gallery.ask(f"{path}?key={gallery.key}", key=None).status == 401
    assert gallery.ask(f"/health?key={gallery.key}", key=None).json() == {"status": "ok"}


def test_the_base_with_a_key_in_it_is_the_base(gallery):
    """People open the address that they have just pasted into a client."""
    pages = [ask(gallery.port, path=path) for path in ("/v1", "/k/wrong/v1", "/k/wrong/", "/k/wrong")]
    assert {page.status for page in pages} == {200} and len({page.body for page in pages}) == 1
    assert all(page.header("referrer-policy") == "no-referrer" for page in pages)


def test_a_library_with_the_key_in_its_base_url(gallery, sdk):
    """The address is the only place that such a client leaves for our key."""
    base, token = f"/k/{gallery.key}/v1", "hf_somebodys_token"
    chosen = model("qianwen", "ok")
    assert sdk.ask(gallery, "create", chosen, base=base, key=token)["result"]["choices"][0]["message"]["content"]
    assert sdk.ask(gallery, "stream", chosen, base=base, key=token)["chunks"]
    assert sdk.call(gallery, "models", base=base, key=token)["models"]
    refused = sdk.ask(gallery, "create", chosen, base="/k/wrong/v1", key=token)
    assert refused["error"]["status_code"] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"x-api-key": "wrong"},
        {"api-key": ""},
        {"Authorization": "Basic cXE6cXE="},
    ],
)
@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/v1/models"),
        ("GET", "/v1/models/auto"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/chat/completions"),
        ("GET", "/v1/dashboard/billing/usage"),
    ],
)
def test_without_the_key_nothing_is_told(gallery, headers, method, path):
    """401 in OpenAI's form, readable for a page of another origin."""
    answer = ask(gallery.port, method, path, headers, body="{}" if method == "POST" else None)
    assert answer.status == 401
    error = answer.error()
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
    assert answer.header("access-control-allow-origin") == "*"


def test_the_key_in_one_header_is_enough(gallery):
    """Continue sends both headers, n8n an empty organisation."""
    headers = {
        "Authorization": "Bearer ",
        "x-api-key": gallery.key,
        "OpenAI-Organization": "",
        "OpenAI-Project": "undefined",
    }
    assert ask(gallery.port, path="/v1/models", headers=headers).status == 200


@pytest.mark.parametrize("method, path", PUBLIC)
def test_probes_need_no_key(gallery, method, path):
    """Load balancers and Claude Code ask before they know any key."""
    answer = ask(gallery.port, method, path)
    assert answer.status == 200
    assert (answer.body == b"") == (method == "HEAD")


def test_health_tells_strangers_no_more_than_whether(gallery):
    """Providers, accounts and versions are the owner's."""
    assert ask(gallery.port, path="/health").json() == {"status": "ok"}
    assert ask(gallery.port, path="/health", headers={"Authorization": "Bearer wrong"}).json() == {"status": "ok"}
    assert {"status", "version", "providers", "under_way"} <= set(gallery.health())


def test_the_first_page_is_a_page(gallery):
    """No other origin may read it, and it may ask nobody else."""
    answer = ask(gallery.port, path="/", headers={"Origin": "https://app.example"})
    assert answer.header("content-type").startswith("text/html") and b"<html" in answer.body
    assert answer.header("access-control-allow-origin") is None
    assert "default-src 'none'" in answer.header("content-security-policy")


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/chat/completions/", "/v1/models", "/v1/models/auto", "/health"]
)
def test_a_browser_may_ask_first(gallery, path):
    """A preflight needs no key and is granted the headers that it names, since a wildcard does not cover the key's."""
    answer = ask(gallery.port, "OPTIONS", path, {**BROWSER, "Access-Control-Request-Headers": WANTED})
    assert answer.status == 204 and answer.body == b""
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("access-control-allow-headers") == WANTED
    assert "POST" in answer.header("access-control-allow-methods")
    assert int(answer.header("access-control-max-age")) > 0
    assert {"Origin", "Access-Control-Request-Headers"} <= set(answer.header("vary").split(", "))


@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("GET", "/v1/models", None, 200),
        ("POST", "/v1/chat/completions", "{", 400),
        ("GET", "/v1/nothing", None, 404),
        ("GET", "/nothing", None, 404),
        ("GET", "/v1/chat/completions", None, 405),
        ("DELETE", "/v1/models", None, 405),
        ("POST", "/v1/embeddings", "{}", 404),
    ],
)
def test_a_browser_may_read_every_answer(gallery, method, path, body, status):
    """CORS stands on errors too, or the page shows a network error instead of the reason."""
    answer = gallery.ask(path, method, body, headers={"Origin": "https://app.example"})
    assert answer.status == status
    assert answer.header("access-control-allow-origin") == "*"
    exposed = answer.header("access-control-expose-headers")
    assert all(name in exposed for name in ("x-request-id", "retry-after", "x-ratelimit-reset-requests"))
    if status >= 400:
        answer.error()


@pytest.mark.parametrize("given", ["req-42", "a.b:c_d-e", "0" * 128])
def test_a_clients_request_id_comes_back(gallery, given):
    """Once, on whole answers, streams, errors and preflights."""
    headers = {"x-request-id": given}
    answers = [
        gallery.chat(model("qianwen", "ok"), headers=headers),
        gallery.ask("/nothing", headers=headers),
        gallery.stream(model("qianwen", "ok"), headers=headers).read(),
        ask(gallery.port, "OPTIONS", "/v1/models", {**BROWSER, **headers}),
    ]
    assert [answer.header("x-request-id") for answer in answers] == [given] * 4


@pytest.mark.parametrize("given", [None, "", "a b", "0" * 129, "<script>", 'x"y', "ü".encode().decode("latin-1")])
def test_an_unfit_request_id_is_replaced(gallery, given):
    """What may stand in logs and headers is made here."""
    headers = {"x-request-id": given} if given is not None else {}
    ids = {gallery.ask("/v1/models", headers=headers).header("x-request-id") for _ in range(2)}
    assert len(ids) == 2 and given not in ids and all(ids)


def test_two_request_ids_are_one(gallery):
    """A header that came twice does not go out twice."""
    raw = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n\r\n"
    answer = parse(send_raw(gallery.port, raw.encode()))
    assert answer.status == 200 and answer.header("x-request-id")


@pytest.mark.parametrize("path, field", [("subscription", "hard_limit_usd"), ("usage", "total_usage")])
@pytest.mark.parametrize("base", ["", "/v1"])
def test_the_balance_that_some_clients_ask_for(gallery, base, path, field):
    """NextChat and one-api show an error without it."""
    assert field in gallery.ask(f"{base}/dashboard/billing/{path}").json()


def test_models_are_read_by_every_client(gallery):
    """One object serves OpenAI's readers and Anthropic's."""
    listed = gallery.ask("/v1/models?limit=1000&client_version=1").json()
    assert listed["object"] == "list" and listed["has_more"] is False
    assert listed["first_id"] == listed["data"][0]["id"] and listed["last_id"] == listed["data"][-1]["id"]
    for entry in listed["data"]:
        assert isinstance(entry["created"], int) and all(
            isinstance(entry[name], str) for name in ("id", "owned_by", "name", "display_name", "type")
        )


def test_http_1_0_and_a_closed_connection(gallery):
    """Old tools speak HTTP/1.0; their answer ends with the connection."""
    raw = f"GET /v1/models HTTP/1.0\r\nAuthorization: Bearer {gallery.key}\r\n\r\n"
    answer = parse(send_raw(gallery.port, raw.encode()))
    assert answer.status == 200 and answer.json()["object"] == "list"
    assert answer.header("transfer-encoding") is None


def test_the_request_id_is_in_the_log(gallery):
    """What a user quotes from an error is what the owner searches for."""
    gallery.ask("/v1/models/no-such", headers={"x-request-id": "find-me-42"})
    until(lambda: '"id":"find-me-42"' in gallery.output(), 5, lambda: gallery.output()[-1000:])
    line = next(line for line in gallery.output().splitlines() if "find-me-42" in line)
    assert '"status":"404"' in line and '"path":"/v1/models/no-such"' in line


IPV6_FILE = Path("/proc/net/if_inet6")
HAS_IPV6 = IPV6_FILE.exists() and "00000000000000000000000000000001" in IPV6_FILE.read_text(encoding="ascii")


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6 loopback")
def test_localhost_may_mean_ipv6(gallery):
    """Node takes the first address that the name has."""
    with socket.create_connection(("::1", gallery.port), timeout=5) as connection:
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
