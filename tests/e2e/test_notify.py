"""Word to the owner: what is told, once and in the form of the service that takes it, and what a dead address harms."""

import json
from urllib.parse import parse_qs

import pytest

from owner import OK_END, Owner, hooks, plan
from patience import until


@pytest.fixture
def owner(owner, fake):
    """Makes stacks whose notices go to the fake's address with this part."""

    def make(part, *credentials, query="", **settings):
        return owner(*credentials, NOTIFY_WEBHOOK_URL=f"{fake.url}/hook/{part}{query}", **settings)

    return make


def until_told(fake, part, *events, limit_s=15):
    """Waits for notices of these kinds, in any order, and no others; returns kind → notice."""
    until(
        lambda: sorted(one["event"] for one in hooks(fake, part)) == sorted(events),
        limit_s,
        lambda: f"{events} were told, but {hooks(fake, part)}",
    )
    return {one["event"]: one for one in hooks(fake, part)}


def test_an_account_that_signs_out_and_comes_back(owner, fake):
    """expired and all_down, then recovered: each once, whatever is asked meanwhile, with what to do and no secret."""
    plan(fake, "SECRETteller", "ok")
    stack = owner("story-hook-SECRET", "SECRETteller; cna=SECRET")
    stack.until_checked("qianwen-1")
    plan(fake, "SECRETteller", "expired")
    assert stack.chat().status == 503
    told = until_told(fake, "story-hook", "expired", "all_down")
    expired = told["expired"]
    assert set(expired) == {"event", "account", "title", "text", "at"}
    assert expired["account"] == "qianwen-1" and "qianwen-1" in expired["title"]
    assert "https://www.qianwen.com/" in expired["text"] and "tried again in" in expired["text"]
    assert expired["at"] == stack.account("qianwen-1")["since"]
    assert told["all_down"]["account"] is None and "qianwen-1" in told["all_down"]["text"]
    for _ in range(5):
        assert stack.chat().status == 503
    plan(fake, "SECRETteller", "ok")
    stack.done("accounts/qianwen-1/test")
    until_told(fake, "story-hook", "expired", "all_down", "recovered", "recovered")
    both = [one["account"] for one in hooks(fake, "story-hook") if one["event"] == "recovered"]
    assert sorted(both, key=str) == [None, "qianwen-1"]
    assert stack.chat().text().endswith(OK_END)
    assert "SECRET" not in json.dumps(hooks(fake, "story-hook")) + stack.output()
    shown = stack.admin("settings").json()["notify"]
    assert (shown["host"], shown["form"], shown["problem"]) == ("127.0.0.1", "json", None)
    assert "SECRET" not in json.dumps(shown)


def test_one_account_of_two(owner, fake):
    """As long as somebody answers, it is not said that nobody does; short rests are no news at all."""
    plan(fake, "one-of-two", "ok")
    stack = owner("two-hook", "one-of-two", "ok~cut501~user-b")
    stack.until_checked("qianwen-1", "qianwen-2")
    plan(fake, "one-of-two", "429-after-1")
    assert [stack.chat(text=f"{n}").status for n in range(4)] == [200] * 4
    plan(fake, "one-of-two", "expired")
    tried = lambda: stack.done("accounts/qianwen-1/test")["account"]["state"] == "expired"
    until(tried, 15, lambda: f"it is expired, but {stack.account('qianwen-1')}")
    until_told(fake, "two-hook", "expired")
    assert stack.chat().text().endswith(OK_END)
    stack.done("notify/test")
    until_told(fake, "two-hook", "expired", "test")


FORMS = {
    "telegram": lambda body: body["chat_id"] == "-100" and body["text"],
    "bark": lambda body: body["title"] + body["body"],
    "wecom": lambda body: body["msgtype"] == "text" and body["text"]["content"],
    "slack": lambda body: body["text"],
    "serverchan": lambda body: "".join(parse_qs(body)["title"] + parse_qs(body)["desp"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_ready_form(owner, fake, form):
    """As the service documents it; the owner's test and an account's trouble both arrive."""
    name = f"form-{form}"
    plan(fake, name, "ok")
    query = "?chat_id=-100" if form == "telegram" else "?SECRETkey=1"
    settings = {"NOTIFY_WEBHOOK_FORM": form, "POOL_STRATEGY": "fill-first"}
    stack = owner(f"{form}-hook", name, "ok~cut504~user-b", query=query, **settings)
    stack.until_checked("qianwen-1")
    stack.done("notify/test")
    tested = until(lambda: hooks(fake, f"{form}-hook"), 5)
    assert len(tested) == 1 and "qianqiao: a test" in FORMS[form](tested[0])
    assert stack.admin("settings").json()["notify"]["form"] == form
    plan(fake, name, "expired")
    assert stack.chat().status == 200
    came = until(lambda: (all := hooks(fake, f"{form}-hook")) and len(all) == 2 and all, 15, "two were told")
    text = FORMS[form](came[1])
    assert "qianwen-1" in text and "sign in again" in text and "SECRET" not in text, text
    assert "SECRET" not in stack.output()


@pytest.mark.parametrize("dead", ["nobody listens", "it refuses"])
def test_a_dead_address_harms_nothing(fake, dead):
    """Requests go on, the owner sees why nothing arrives, and the address itself stays secret."""
    url = "http://127.0.0.1:1/SECRET" if dead == "nobody listens" else f"{fake.url}/hook/status-404/SECRET"
    plan(fake, "unheard", "ok")
    stack = Owner(fake, "unheard", "ok~cut503~user-b", NOTIFY_WEBHOOK_URL=url, POOL_STRATEGY="fill-first").start()
    try:
        stack.until_checked("qianwen-1")
        told = stack.admin("notify/test", "POST")
        assert told.status == 400 and "127.0.0.1" in told.error()["message"]
        plan(fake, "unheard", "expired")
        assert [stack.chat().status for _ in range(5)] == [200] * 5
        stack.until_state("qianwen-1", "expired", limit_s=15)
        assert [stack.chat().status for _ in range(5)] == [200] * 5
        assert stack.admin("settings").json()["notify"]["problem"]
        assert "SECRET" not in stack.output() + told.body.decode() + json.dumps(stack.admin("settings").json())
        assert stack.stop() == 0
    finally:
        stack.close()


def test_without_an_address_nothing_is_sent(fake):
    """And the owner's test says so."""
    stack = Owner(fake, "ok~cut505~user-b").start()
    try:
        told = stack.admin("notify/test", "POST")
        assert told.status == 400 and "No address" in told.error()["message"]
        assert stack.admin("settings").json()["notify"]["host"] is None
    finally:
        stack.close()


@pytest.mark.parametrize(
    "settings, part",
    [
        ({"NOTIFY_WEBHOOK_URL": "SECRET"}, "https://"),
        ({"NOTIFY_WEBHOOK_URL": "https://x.example/SECRET", "NOTIFY_WEBHOOK_FORM": "fax"}, "telegram"),
        ({"NOTIFY_WEBHOOK_URL": "https://api.telegram.org/botSECRET/sendMessage"}, "chat_id"),
    ],
)
def test_a_wrong_address_is_told_at_the_start(fake, settings, part):
    """One sentence with the variable, and nothing of the value."""
    stack = Owner(fake, "ok", **settings)
    try:
        for command in ("check", "serve"):
            done = stack.command(command)
            assert done.returncode == 78, (command, done.returncode, done.stderr)
            told = [line for line in done.stderr.splitlines() if "NOTIFY_WEBHOOK" in line]
            assert len(told) == 1 and part in told[0] and "SECRET" not in done.stderr, done.stderr
    finally:
        stack.close()
