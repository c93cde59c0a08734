"""The console through nginx: its page, signing in, throttling by address, the live stream at a stop, and the logs."""

import gzip
import http.client
import os
import re
import signal
import time

import pytest

from patience import until
from stack import OWNER_KEY
from wire import HOST, ask

SESSION = "/admin/api/session"
CONSOLE = {"x-qianqiao-console": "1"}


@pytest.fixture
def stack(stacks):
    """A stack of a test's own: what is counted here must not be counted for others."""
    return stacks({"DRAIN_S": "10"}).start()


def sign_in(stack, key=OWNER_KEY, **headers):
    """One try."""
    return stack.ask(SESSION, "POST", {"key": key}, key=None, headers=headers)


def cookie_of(answer):
    """The cookie as a browser sends it back, and its attributes."""
    pair, *attributes = answer.header("set-cookie").split("; ")
    return {"Cookie": pair}, set(attributes)


def test_a_session_by_cookie_from_its_begin_to_its_end(stack):
    """Signed in, a page reads and changes; signed out, it does neither."""
    cookie, attributes = cookie_of(sign_in(stack))
    assert attributes == {"Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"}
    page = {**cookie, **CONSOLE, "Origin": f"http://{HOST}:{stack.port}", "Sec-Fetch-Site": "same-origin"}
    assert stack.ask(SESSION, key=None, headers=cookie).json()["signed_in"] is True
    assert stack.ask("/admin/api/overview", key=None, headers=cookie).status == 200
    change = {"value": "round-robin"}
    assert stack.ask("/admin/api/settings/pool.strategy", "PUT", change, key=None, headers=page).status == 200
    foreign = {**page, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    refused = stack.ask("/admin/api/settings/pool.strategy", "PUT", change, key=None, headers=foreign)
    assert refused.status == 403 and refused.error()["code"] == "csrf"
    chat = {"model": "auto", "messages": [{"role": "user", "content": "x"}]}
    assert stack.ask("/v1/chat/completions", "POST", chat, key=None, headers=page).text()
    assert stack.ask(SESSION, "DELETE", key=None, headers=page).status == 204
    assert stack.ask("/admin/api/overview", key=None, headers=cookie).status == 401


def test_behind_tls_the_cookie_is_for_tls_only(stack):
    """An outer proxy says that the browser speaks TLS."""
    _, attributes = cookie_of(sign_in(stack, **{"X-Forwarded-Proto": "https"}))
    assert "Secure" in attributes
    _, attributes = cookie_of(sign_in(stack, **{"X-Forwarded-Proto": "http"}))
    assert "Secure" not in attributes


def test_a_session_outlasts_a_kill(stacks):
    """Whoever is signed in need not sign in again because the service was restarted."""
    stack = stacks().start()
    cookie, _ = cookie_of(sign_in(stack))
    boot = stack.ask("/admin/api/overview", key=None, headers=cookie).json()["boot"]
    until(lambda: stack.ask("/admin/api/store").json()["pending"] == 0, 5)
    killed = stack.session.service()
    os.kill(killed, signal.SIGKILL)
    until(lambda: stack.session.pids("qianqiao serve") not in ([], [killed]) and stack.is_up(), 10)
    again = stack.ask("/admin/api/overview", key=None, headers=cookie)
    assert again.status == 200 and again.json()["boot"] != boot


def test_wrong_keys_are_throttled_by_the_address_that_an_outer_proxy_names(stack):
    """The tests come from a private address, as an outer proxy does; its word about the client is taken."""
    attacker = {"X-Forwarded-For": "203.0.113.7"}
    for _ in range(5):
        assert sign_in(stack, "qq-wrong", **attacker).status == 401
    for key in ("qq-wrong", OWNER_KEY):
        throttled = sign_in(stack, key, **attacker)
        assert throttled.status == 429 and throttled.error()["code"] == "too_many_sign_ins"
        assert 1 <= int(throttled.header("retry-after")) <= 30
    # What a client itself puts in front of the proxy's word does not make it somebody else.
    assert sign_in(stack, **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}).status == 429
    assert sign_in(stack, **{**attacker, "X-Real-IP": "198.51.100.1"}).status == 429
    assert sign_in(stack, **{"X-Forwarded-For": "203.0.113.8"}).status == 200
    assert sign_in(stack).status == 200
    entries = stack.ask("/admin/api/audit").json()["entries"]
    addresses = {entry["address"] for entry in entries if entry["status"] == 401}
    assert addresses == {"203.0.113.7"}


def test_the_page_and_what_it_loads(stack):
    """Packed as the browser takes it, known again by its tag, and read by no other site."""
    page = ask(stack.port, headers={"Accept-Encoding": "gzip", "Origin": "https://other.example"})
    assert page.status == 200 and page.header("content-encoding") == "gzip"
    text = gzip.decompress(page.body).decode()
    assert ask(stack.port).body.decode() == text
    assert page.header("cache-control") == "no-cache" and "Accept-Encoding" in page.header("vary")
    assert page.header("access-control-allow-origin") is None
    assert page.header("cross-origin-resource-policy") == "same-origin"
    assert "default-src 'none'" in page.header("content-security-policy")
    known = {"Accept-Encoding": "gzip", "If-None-Match": page.header("etag")}
    again = ask(stack.port, headers=known)
    assert again.status == 304 and again.body == b""
    loaded = re.findall(r'"(/assets/[^"]+)"', text)
    assert loaded or "make ui" in text, "only a binary that was built without the console loads nothing"
    for path in loaded:
        asset = ask(stack.port, path=path, headers={"Accept-Encoding": "gzip, br", "Origin": "https://other.example"})
        assert asset.status == 200 and asset.header("content-encoding") == "br", path
        assert "immutable" in asset.header("cache-control") and asset.header("access-control-allow-origin") is None
        head = ask(stack.port, "HEAD", path)
        assert head.status == 200 and head.body == b"" and head.header("x-content-type-options") == "nosniff"
    assert ask(stack.port, path="/assets/none.js").error()["code"] == "unknown_url"


class Live:
    """A console that listens."""

    def __init__(self, stack, headers):
        self.connection = http.client.HTTPConnection(HOST, stack.port, timeout=20)
        self.connection.request("GET", "/admin/api/live", headers=headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200 and self.answer.getheader("content-type").startswith("text/event-stream")

    def until(self, line):
        """Reads on until this line came, and returns the next one."""
        while (read := self.answer.readline()) and read.decode().rstrip() != line:
            pass
        assert read, f"the stream ended without {line!r}"
        return self.answer.readline().decode().rstrip()

    def close(self):
        """Leaves."""
        self.connection.close()


def test_a_stop_is_told_to_the_console_and_takes_no_longer(stack):
    """An open page must not use up DRAIN_S, and nginx must not wait for it."""
    live = [Live(stack, {"Authorization": f"Bearer {OWNER_KEY}"}) for _ in range(3)]
    for each in live:
        each.until("event: state")
    told = time.monotonic()
    stack.process.send_signal(signal.SIGTERM)
    for each in live:
        assert each.until("event: end") == 'data: {"reason":"stopping"}'
        each.close()
    assert stack.wait() == 0
    assert time.monotonic() - told < 4


def test_a_console_that_left_makes_room(stack):
    """nginx passes on that a page was closed."""
    headers = {"Authorization": f"Bearer {OWNER_KEY}"}
    live = [Live(stack, headers) for _ in range(16)]
    assert stack.ask("/admin/api/live").status == 429
    for each in live:
        each.close()

    def free():
        try:
            Live(stack, headers).close()
        except AssertionError:
            return False
        return True

    until(free, 10)


def test_no_log_holds_a_token(stack):
    """Neither of a cookie nor of a bearer, wherever a client puts it."""
    cookie, _ = cookie_of(sign_in(stack))
    token = cookie["Cookie"].split("=")[1]
    bearer = stack.ask(SESSION, "POST", {"key": OWNER_KEY, "bearer": True}, key=None).json()["token"]
    for path in ("/admin/api/overview", "/v1/models", f"/v1/models?key={token}", f"/k/{bearer}/v1/models"):
        stack.ask(path, key=None, headers={**cookie, "Authorization": f"Bearer {bearer}", "x-request-id": "last-one"})
    until(lambda: stack.output().count('"id":"last-one"') == 4, 5, stack.output)
    assert stack.stop() == 0
    for secret in (token, bearer, token[4:20], bearer[4:20]):
        assert secret not in stack.output()
        for file in stack.data_dir.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file
