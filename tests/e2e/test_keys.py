"""Keys for friends and apps through nginx: limits that are exact, the SDK's view of them, and what outlasts a restart."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from owner import grep
from patience import until
from sdk import Probe

CLIENTS = 50
ALLOWED = 100
ASKED = 200


@pytest.fixture
def python():
    """The newest library for Python."""
    probe = Probe("openai-python-current")
    yield probe
    probe.close()


def make(stack, name="friend", **fields):
    """Makes a key; returns its id and its secret."""
    made = stack.done("keys", "POST", {"name": name, **fields})
    assert made["kept"], made
    return made["key"]["id"], made["secret"]


def view(stack, id):
    """What the owner sees of a key."""
    return next(key for key in stack.done("keys", "GET")["keys"] if key["id"] == id)


def chat(stack, secret, stream=False):
    """The answer to one question of a friend."""
    body = {"model": "auto", "messages": [{"role": "user", "content": "hello"}], "stream": stream}
    return stack.ask("/v1/chat/completions", "POST", body, key=secret)


@pytest.mark.parametrize("limit", ["requests_per_day", "requests_per_minute"])
def test_fifty_clients_get_exactly_what_is_allowed(owner, fake, limit):
    """50 clients at once on one key with 100 allowed calls, over four workers."""
    name = f"ok~cut603~user-{limit}"
    stack = owner(name, ACCOUNT_CONCURRENT="200")
    id, secret = make(stack, limits={limit: ALLOWED})
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda n: chat(stack, secret, stream=n % 2 == 0), range(ASKED)))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (ALLOWED, ASKED - ALLOWED), statuses
    assert fake.counts(name)["requests"] == ALLOWED, "who is refused reaches no account"
    left = sorted(int(answer.header("x-ratelimit-remaining-requests")) for answer in answers if answer.status == 200)
    assert left[0] == 0 and all(0 <= number < ALLOWED for number in left), left
    assert view(stack, id)["used"]["requests_today"] == ALLOWED
    assert stack.chat().status == 200, "the owner has no limit"


def test_the_sdk_reads_why_and_how_long(owner, python):
    """RateLimitError, with the headers; and what a key that was taken back gets."""
    stack = owner("ok~cut604")
    id, secret = make(stack, limits={"requests_per_minute": 1, "tokens_per_day": 1_000_000}, models=["Qwen"])
    assert python.call(stack, "models", key=secret)["models"]
    ids = [model["id"] for model in python.call(stack, "models", key=secret)["models"]]
    assert ids == ["Qwen"], ids
    first = python.ask(stack, "create", "Qwen", key=secret)
    assert first["result"]["choices"], first
    error = python.ask(stack, "create", "Qwen", key=secret)["error"]
    assert error["class"] == "RateLimitError" and error["code"] == "rate_limit_exceeded", error
    headers = error["headers"]
    assert headers["x-ratelimit-limit-requests"] == "1" and headers["x-ratelimit-remaining-requests"] == "0", headers
    assert headers["x-ratelimit-reset-requests"].endswith("s") and 1 <= int(headers["retry-after"]) <= 60, headers
    spent = until(lambda: view(stack, id)["used"]["tokens_today"], 5, lambda: "the tokens are counted")
    left = python.ask(stack, "create", "Qwen", key=secret)["error"]["headers"]["x-ratelimit-remaining-tokens"]
    assert int(left) == 1_000_000 - spent
    stack.done(f"keys/{id}", "PATCH", {"limits": {}})
    assert python.ask(stack, "create", "auto", key=secret)["error"]["code"] == "model_not_found"
    assert "chunks" in python.ask(stack, "stream", "Qwen", key=secret)
    stack.done(f"keys/{id}", "DELETE")
    error = python.ask(stack, "create", "Qwen", key=secret)["error"]
    assert error["class"] == "AuthenticationError", error


def test_keys_and_counts_outlast_a_stop_and_a_kill(owner):
    """Nothing is lost on TERM; after kill -9 at most what the last second brought."""
    stack = owner("ok~cut605")
    id, secret = make(stack, limits={"requests_per_day": 4})
    gone, taken_back = make(stack, "gone")
    stack.done(f"keys/{gone}", "DELETE")
    assert chat(stack, secret).status == 200
    stack.restart()
    assert view(stack, id)["used"]["requests_today"] == 1 and view(stack, id)["last_used"]
    assert chat(stack, secret).status == 200

    def kept():
        with closing(sqlite3.connect(f"file:{stack.data_dir}/qianqiao.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT requests FROM key_use WHERE api_key = ?", (id,)).fetchone() == (2,)

    until(kept, 5, lambda: "the use is written behind")
    stack.restart(kill=True)
    assert [chat(stack, secret).status for _ in range(3)] == [200, 200, 429]
    assert chat(stack, taken_back).status == 401
    assert {key["id"]: key["state"] for key in stack.done("keys", "GET")["keys"]} == {id: "active", gone: "revoked"}


def test_a_backup_brings_no_revoked_key_back(owner):
    """What was taken back is taken back for good, also when an older database is put in place."""
    stack = owner("ok~cut606")
    _, stays = make(stack, "stays")
    id, secret = make(stack, "goes")
    file = stack.folder / "older.db"
    file.write_bytes(stack.admin("backup", "POST").body)
    stack.done(f"keys/{id}", "DELETE")
    assert stack.stop() == 0
    done = stack.command("restore", str(file))
    assert done.returncode == 0, done.stderr
    stack.start()
    assert (chat(stack, stays).status, chat(stack, secret).status) == (200, 401)


def test_no_secret_is_kept_or_told(owner):
    """A key is in no file, no log and no metric; the owner's environment is shown without its secrets."""
    stack = owner("ok~cut607", RUST_LOG="debug", UPSTREAM_PROXY="")
    _, secret = make(stack)
    assert chat(stack, secret).status == 200
    assert stack.ask(f"/k/{secret}/v1/models", key=None).status == 200
    assert stack.ask(f"/v1/models?key={secret}", key=None).status == 200
    for path in ("/metrics", "/admin/api/keys", "/admin/api/environment", "/health"):
        answer = stack.ask(path)
        assert answer.status == 200 and secret[3:].encode() not in answer.body and stack.key.encode() not in answer.body
    variables = {one["name"]: one for one in stack.done("environment", "GET")["variables"]}
    assert variables["LISTEN_PORT"]["value"] == str(stack.port) and variables["LISTEN_PORT"]["source"] == "environment"
    assert variables["API_MASTER_KEY"]["secret"] and variables["API_MASTER_KEY"]["value"].startswith("qq-…")
    assert stack.stop() == 0
    assert not grep(stack.data_dir, secret, secret[3:]), "only its hash is kept"
    assert secret[3:] not in stack.output()
