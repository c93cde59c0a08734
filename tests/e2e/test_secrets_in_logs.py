"""Keys, cookies, query strings and what people write: none of it may ever stand in a log or be left on the disk."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from latch import Latch
from patience import until
from wire import ask, send_raw

SECRETS = {
    "the owner's key": "qq-SECRETOWNER0123456789abcdef",
    "a wrong key": "sk-SECRETWRONG012345",
    "a query": "SECRETQUERY",
    "a key in a path": "SECRETPATH",
    "a client's cookie": "SECRETJAR",
    "the account's cookie": "SECRETCOOKIE",
    "the account's token": "SECRETTOKEN",
    "a provider's key": "SECRETPROVIDER",
    "the message": "SECRETWORDS",
    "the upstream's answer": "我是假的上游",
    "a proxy's password": "SECRETPROXY",
}
PATHS = [
    "/v1/models?key=SECRETQUERY",
    "/?SECRETQUERY",
    "/v1/chat/completions?api_key=SECRETQUERY",
    "/health?a=b&k=SECRETQUERY#x",
    "/v1/models%3Fkey=SECRETQUERY",
    "/nothing%3fSECRETQUERY",
    "/v1/models/SECRETQUERY%3Fx?y=SECRETQUERY",
    "/k/SECRETPATH/v1/models",
    "/k/SECRETPATH/v1/chat/completions",
    "/k/SECRETPATH",
    "/k/SECRETPATH/",
    "//k//SECRETPATH/v1/models",
    "/%6b/SECRETPATH/v1/models",
    "/k%2FSECRETPATH/v1/models",
    "/K/SECRETPATH/v1/models",
    "/v1/k/SECRETPATH/models",
    "/x/../k/SECRETPATH/v1/models",
    "/./k/./SECRETPATH/v1",
    "/k/x?SECRETQUERY",
    "/k/SECRETPATH%00",
    "/k/SECRETPATH?SECRETQUERY",
    "//k//SECRETPATH//v1//models//",
    "/k/v1/SECRETPATH/models",
    "/k/x/k/SECRETPATH/v1/models",
    "/k/SECRETPATH/SECRETPATH",
    "/k/SECRETPATH/v1/SECRETPATH",
    "/k/SECRETPATH/admin/api/accounts",
    "/%4b/SECRETPATH/v1/models",
    "/%256b/SECRETPATH/v1/models",
    "/k%252FSECRETPATH/v1/models",
    "/v1/models%253Fkey=SECRETQUERY",
    "/k/qq-SECRETOWNER0123456789abcdef/v1/models",
    "/k/qq-SECRETOWNER0123456789abcdef/chat/completions",
    "/k/qq-SECRETOWNER0123456789abcdef",
    "/%6b/qq%2DSECRETOWNER0123456789abcdef/v1/models/",
    "//k//qq-SECRETOWNER0123456789abcdef//v1/nothing",
    "/v1/models?key=qq-SECRETOWNER0123456789abcdef",
    "/metrics?key=qq-SECRETOWNER0123456789abcdef",
    "/admin/api/accounts?key=qq-SECRETOWNER0123456789abcdef",
]
RAW = [
    b"GET /k/SECRETPATH/v1?SECRETQUERY HTTP/9.9\r\nHost: x\r\nAuthorization: Bearer sk-SECRETWRONG012345\r\n\r\n",
    b"GET /%zz?SECRETQUERY HTTP/1.1\r\nHost: x\r\n\r\n",
    b"SECRETQUERY SECRETPATH\r\n\r\n",
    b"GET /?" + b"SECRETQUERY" * 4000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b"sk-SECRETWRONG012345" * 2000 + b"\r\n\r\n",
    b"GET http://u:SECRETPATH@h/?SECRETQUERY HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /v1/models HTTP/1.1\r\nHost: SECRETPATH\r\nSECRETQUERY\r\n\r\n",
    b"POST /v1/chat/completions?SECRETQUERY HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
]


@pytest.fixture
def stack(stacks, fake, tmp_path):
    """A stack whose every setting that may be secret is one that can be searched for."""
    stack = stacks(
        {
            "QIANQIAO_BIN": str(Latch(tmp_path).path),
            "QIANWEN_BASE_URL": fake.url,
            "API_MASTER_KEY": SECRETS["the owner's key"],
            "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=hold; x=SECRETCOOKIE",
            "CN_ACCOUNT_1_XSRF_TOKEN": "SECRETTOKEN",
            "CN_ACCOUNT_2_COOKIE": "tongyi_sso_ticket=ok; x=SECRETCOOKIE; y",
            "CN_ACCOUNT_3_COOKIE": "tongyi_sso_ticket=expired; SECRETCOOKIE=1",
            "MODEL_TO_ACCOUNT_MAP": '{"hold": 1, "ok": 2, "bad": 3}',
            "DEEPSEEK_API_KEY": "sk-SECRETPROVIDER",
            "DEEPSEEK_BASE_URL": f"{fake.url}/v1",
        }
    )
    stack.key = SECRETS["the owner's key"]
    return stack.start()


def requests(stack):
    """Every way in which a secret may travel, each once."""
    headers = {"Cookie": "session=SECRETJAR", "Referer": "https://app.example/?SECRETQUERY", "User-Agent": "SECRETJAR"}
    for path in PATHS:
        for key in (stack.key, "sk-SECRETWRONG012345"):
            answer = stack.ask(path, key=key, headers=headers)
            told = repr((answer.headers, answer.body))
            assert "SECRETPATH" not in told and "SECRETOWNER" not in told, f"{path}: {told[:300]}"
        stack.ask(path, "POST", {"model": "ok", "messages": [{"role": "user", "content": "SECRETWORDS"}]}, key=None)
        ask(stack.port, path=path, headers={"x-api-key": "sk-SECRETWRONG012345"})
        ask(stack.port, "OPTIONS", path, {"Origin": "https://SECRETJAR.example"})
    for secret in (stack.key, "qqs-SECRETPATH"):
        # Some take a key for its id.
        assert stack.ask(f"/admin/api/keys/{secret}", "DELETE").status == 404
    for raw in RAW:
        send_raw(stack.port, raw)
    for model in ("ok", "bad", "deepseek/fake-large", "SECRETWORDS"):
        stack.chat(model, text="SECRETWORDS", headers=headers)
        stack.stream(model, text="SECRETWORDS", headers=headers).read()
    stack.ask("/v1/chat/completions?SECRETQUERY", "POST", "SECRETWORDS" * 100000, headers=headers)


def killed_in_the_middle(stack, fake):
    """nginx has something to report about requests that carry secrets."""
    before = fake.counts("hold")["requests"]
    # Longer than a web chat's context would be refused, so what makes the body large is no part of the conversation.
    large = {"metadata": {"note": "SECRETWORDS" * 50000}}
    body = {"model": "hold", "messages": [{"role": "user", "content": "SECRETWORDS"}], **large}
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(stack.ask, f"/v1/chat/completions?key=SECRETQUERY{n}", "POST", body) for n in range(3)]
        asked.append(pool.submit(stack.ask, "/chat/completions/?/k/SECRETPATH/v1", "POST", {**body, "stream": True}))
        fake.until("hold", "requests", before + 4, limit_s=10)
        (Path(stack.environment["QIANQIAO_BIN"]).parent / "wait").touch()
        os.kill(stack.session.service(), signal.SIGKILL)
        for each in asked:
            try:
                each.result(timeout=10)
            except (OSError, HTTPException):
                # A client whose stream was cut; what it sent is what matters here.
                pass
    for path in PATHS:
        assert stack.ask(path).status >= 400
    (Path(stack.environment["QIANQIAO_BIN"]).parent / "wait").unlink()
    until(stack.is_up, 10)


def found(text):
    """Which secrets stand in a text."""
    return [name for name, secret in SECRETS.items() if secret in text]


def test_nothing_secret_is_logged_or_left_behind(stack, fake):
    """Ordinary requests, refused ones, and those that were under way when the service was killed."""
    requests(stack)
    killed_in_the_middle(stack, fake)
    assert stack.stop() == 0
    output = stack.output()
    assert '"path":"/v1/chat/completions"' in output and '"status":"502"' in output, "the log was written and read"
    for line in output.splitlines():
        assert not found(line), line[:600]
        assert "?" not in line or "qianqiao" in line, f"a query string: {line[:300]}"
    files = [path for folder in (stack.run_dir, stack.data_dir) for path in folder.rglob("*") if path.is_file()]
    assert stack.run_dir / "nginx.conf" in files
    for path in files:
        assert not found(path.read_text(encoding="utf-8", errors="replace")), path


def test_a_masked_path_is_still_useful(stack):
    """The owner sees what was asked without seeing in whose name."""
    stack.ask("/k/SECRETPATH/v1/models?SECRETQUERY")
    stack.ask("/v1/models/auto?x=1")
    until(lambda: '"path":"/k/***/v1/models"' in stack.output(), 5, lambda: stack.output()[-1000:])
    assert '"path":"/v1/models/auto"' in stack.output()


def test_the_most_talkative_log_keeps_secrets_too(stacks, fake):
    """An owner who looks for a fault turns the log up, and then shows it to somebody."""
    stack = stacks(
        {
            "RUST_LOG": "trace",
            "QIANWEN_BASE_URL": fake.url,
            "API_MASTER_KEY": SECRETS["the owner's key"],
            "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok; x=SECRETCOOKIE",
            "CN_ACCOUNT_1_XSRF_TOKEN": "SECRETTOKEN",
            "DEEPSEEK_API_KEY": "sk-SECRETPROVIDER",
            "DEEPSEEK_BASE_URL": f"{fake.url}/v1",
        }
    )
    stack.key = SECRETS["the owner's key"]
    stack.start()
    for path in ("/v1/models?key=SECRETQUERY", "/k/SECRETPATH/v1/models", "/k/SECRETPATH/nothing", "/K/SECRETPATH"):
        stack.ask(path, key="sk-SECRETWRONG012345")
    stack.ask(f"/k/{stack.key}/v1/models?key={stack.key}", key="hf_SECRETJAR")
    for model in ("auto", "deepseek/fake-large"):
        stack.chat(model, text="SECRETWORDS")
        stack.stream(model, text="SECRETWORDS").read()
    assert stack.stop() == 0
    assert " TRACE " in stack.output()
    bad = {name: line[:300] for line in stack.output().splitlines() for name in found(line)}
    assert not bad, bad
