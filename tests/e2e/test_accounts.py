"""Accounts through the owner's API: put in by pasting, changed, tried, taken out; what is said of mistakes."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fake import FIXTURES
from owner import ACCOUNTS, OK_END, plan, taking_in, who
from patience import until

TICKET = 'SECRET$aB"q"%2F!^&='
# What each file is taken for; the two without cookies are refused with what to do instead.
FORMS = {
    "cookie-editor.json": "a JSON list of cookies",
    "cookie-table.txt": "rows of the browser's cookie table",
    "cookies.txt": "a cookies.txt file",
    "curl-bash-all.txt": "a cURL command (bash)",
    "curl-bash-firefox.txt": "a cURL command (bash)",
    "curl-bash-older.txt": "a cURL command (bash)",
    "curl-bash.txt": "a cURL command (bash)",
    "curl-cmd-firefox.txt": "a cURL command (cmd)",
    "curl-cmd-older.txt": "a cURL command (cmd)",
    "curl-cmd.txt": "a cURL command (cmd)",
    "fenced.md": "a cURL command (bash)",
    "fetch-node.txt": "a fetch call",
    "har.json": "a HAR file",
    "header.txt": "a cookie header",
    "headers-http1.txt": "a request's headers",
    "headers-http2.txt": "a request's headers",
    "headers-two-lines.txt": "a request's headers",
    "headers-without-colons.txt": "a request's headers",
    "powershell-all.txt": "a PowerShell command",
    "powershell.txt": "a PowerShell command",
    "settings.txt": "a cookie header",
    "storage-state.json": "a JSON list of cookies",
}
UNUSABLE = {"fetch-browser.txt": "Copy as fetch (Node.js)", "har-sanitized.json": "with sensitive data"}


@pytest.fixture(scope="module")
def shared(fake):
    """A stack that several tests add accounts to; none of them may be hurt by the others' ones."""
    with taking_in(fake) as owner:
        yield owner


def sample(name):
    """A file that a browser wrote, with dates that stay in the future."""
    text = (FIXTURES / "paste" / name).read_text(encoding="utf-8")
    return text.replace("1818756000", "4070908800").replace("2027-", "2099-")


def test_the_samples_are_all_there():
    """A new sample must be tried here, too."""
    names = {path.name for path in (FIXTURES / "paste").iterdir()} - {"README.md"}
    assert names == set(FORMS) | set(UNUSABLE)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_paste_is_one_account(shared, fake, name):
    """The first one puts it in, all others bring it up to date, and the site gets the ticket byte for byte."""
    previewed = shared.ask(f"{ACCOUNTS}/preview", "POST", {"paste": sample(name)})
    before = shared.accounts()
    assert previewed.status == 200, previewed.body
    answer = shared.paste(sample(name))
    taken = answer.json()
    assert answer.status == (201 if taken["created"] else 200), answer.body
    assert taken["understood"]["form"] == previewed.json()["form"] == FORMS[name]
    assert taken["confirmed"] and taken["kept"] and taken["account"]["identity"] == f"user-{TICKET}"
    id = taken["account"]["id"]
    assert previewed.json()["account"] in (None, id)
    assert len(shared.accounts()) == len(before) + taken["created"]
    shared.admin(f"accounts/{id}/test", "POST")
    asked = fake.requests(TICKET, "member")[-1]
    assert asked["cookies"]["tongyi_sso_ticket"] == TICKET
    own = [one for one in shared.accounts().values() if one["identity"] == f"user-{TICKET}"]
    assert len(own) == 1
    assert "SECRET" not in answer.body.decode().replace(f"user-{json.dumps(TICKET)[1:-1]}", "")


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_paste_without_cookies_says_what_to_copy(shared, name):
    """What was understood, and how to get what is missing."""
    before = shared.accounts()
    for path in (ACCOUNTS, f"{ACCOUNTS}/preview"):
        answer = shared.ask(path, "POST", {"paste": sample(name)})
        assert answer.status == 400 and UNUSABLE[name] in answer.error()["message"]
    assert shared.accounts().keys() == before.keys()


def test_a_key_of_a_service(shared, fake):
    """A key alone needs its provider's name; with it, it works at once, and pasted again it is the same account."""
    key = "sk-ok~cut31"
    assert "provider" in shared.paste(key).error()["message"]
    answer = shared.paste(key, provider="openai_compatible", name="my key")
    assert answer.status == 201 and answer.json()["account"]["name"] == "my key"
    again = shared.paste(f"Authorization: Bearer {key}", provider="openai_compatible")
    assert again.status == 200 and again.json()["account"]["id"] == answer.json()["account"]["id"]
    answered = until(lambda: (one := shared.chat("openai_compatible/auto")).status == 200 and one, 10)
    assert answered.text().endswith(OK_END)


def test_the_same_person_with_another_ticket_is_the_same_account(shared):
    """The site says who it is, so a new sign-in renews the account instead of doubling it."""
    first = shared.paste("tongyi_sso_ticket=ok~cut41~user-peter", name="Peter").json()
    second = shared.paste("tongyi_sso_ticket=ok~cut42~user-peter; cna=1", limits={"concurrent": 3}).json()
    assert (first["created"], second["created"]) == (True, False)
    assert first["account"]["id"] == second["account"]["id"] and second["understood"]["account"]
    account = shared.account(first["account"]["id"])
    assert (account["name"], account["identity"], account["limits"]) == ("Peter", "peter", {"concurrent": 3})
    other = shared.paste("tongyi_sso_ticket=ok~cut41~user-paul").json()
    assert other["created"] and other["account"]["id"] != account["id"]


def test_the_environments_account_is_known_when_it_is_pasted(shared):
    """The cookie of CN_ACCOUNT_1 once more, as the settings file holds it."""
    shared.until_checked("qianwen-1")
    taken = shared.paste("CN_ACCOUNT_1_COOKIE='tongyi_sso_ticket=ok~cut2~user-first'").json()
    assert (taken["created"], taken["account"]["id"]) == (False, "qianwen-1")


def test_a_preview_saves_nothing_and_asks_nobody(shared, fake):
    """Neither here nor there."""
    before, asked = shared.ask(ACCOUNTS).json(), fake.requests("ok~user-preview", "")
    told = shared.ask(f"{ACCOUNTS}/preview", "POST", {"paste": "tongyi_sso_ticket=ok~user-preview"}).json()
    assert told["provider"] == "qianwen" and told["account"] is None and told["understood"] and told["missing"]
    ids = [account["id"] for account in before["accounts"]]
    assert [account["id"] for account in shared.ask(ACCOUNTS).json()["accounts"]] == ids
    assert fake.requests("ok~user-preview", "") == asked


HAR = '{"log":{"version":"1.2","entries":[' + ",".join(
    '{"request":{"method":"GET","url":"https://chat.example/%d","headers":[{"name":"cookie","value":"%s"}],'
    '"cookies":[]}}' % (n, "SECRET" + "x" * 1000)
    for n in range(5000)
) + "]}}"
GOOD = "tongyi_sso_ticket=ok~user-nobody"
# What is pasted → status, field, words of the sentence.
WRONG_PASTES = {
    "nothing": ({"paste": ""}, 400, "paste", "Nothing was pasted"),
    "blanks": ({"paste": " \n\t "}, 400, "paste", "Nothing was pasted"),
    "words": ({"paste": "I do not know what SECRET to paste"}, 400, "paste", ""),
    "no sign-in": ({"paste": "cna=SECRET; isg=1"}, 400, "paste", ""),
    "a guest": ({"paste": "cna=1; tongyi_guest_ticket=SECRET"}, 400, "paste", "guest"),
    "only the hash": ({"paste": "tongyi_sso_ticket_hash=tytk_hash:SECRET"}, 400, "paste", "hash"),
    "shortened": ({"paste": "tongyi_sso_ticket=SECRET…abc"}, 400, "paste", "shortened"),
    "ended by its date": (
        {"paste": ".qianwen.com\tTRUE\t/\tTRUE\t1700000000\ttongyi_sso_ticket\tSECRET"},
        400,
        "paste",
        "expired on 2023-11-14",
    ),
    "refused by the site": ({"paste": "tongyi_sso_ticket=expired; x=SECRET"}, 422, "paste", "not accepted"),
    "a guest for the site": ({"paste": "tongyi_sso_ticket=ok~check-guest; x=SECRET"}, 422, "paste", "guest"),
    "another site": ({"paste": "curl 'https://kimi.com/a' -b 'token=SECRET'"}, 400, "paste", "kimi.com"),
    "two accounts": (
        {"paste": "tongyi_sso_ticket=SECRET1; a=b; tongyi_sso_ticket=SECRET2"},
        400,
        "paste",
        "one at a time",
    ),
    "a HAR of 5 MB": ({"paste": HAR}, 400, "paste", "chat.example"),
    "half a HAR": ({"paste": HAR[:100000]}, 400, "paste", "breaks off"),
    "a control character": ({"paste": f"{GOOD}; x=SEC\u0007RET"}, 400, "paste", "U+0007"),
    "an invisible character": ({"paste": "tongyi_sso_ticket=SEC\u200bRET"}, 400, "paste", "U+200B"),
    "a masked key": ({"paste": "sk-SEC***RET", "provider": "deepseek"}, 400, "paste", "whole key"),
    "no such provider": ({"paste": GOOD, "provider": "nobody"}, 400, "provider", "qianwen"),
    "a taken name": ({"paste": GOOD, "name": "QIANWEN-1"}, 409, "name", "qianwen-1"),
    "an empty name": ({"paste": GOOD, "name": " "}, 400, "name", "60"),
    "a long name": ({"paste": GOOD, "name": "x" * 61}, 400, "name", "60"),
    "a name of two lines": ({"paste": GOOD, "name": "a\nb"}, 400, "name", "line break"),
    "limits at odds": (
        {"paste": GOOD, "limits": {"requests_per_minute": 60, "requests_per_day": 50}},
        400,
        "limits",
        "requests_per_day",
    ),
    "a limit of none": ({"paste": GOOD, "limits": {"concurrent": 0}}, 400, "limits.concurrent", ""),
    "a limit below none": ({"paste": GOOD, "limits": {"concurrent": -1}}, 400, "limits.concurrent", ""),
    "a limit in words": ({"paste": GOOD, "limits": {"concurrent": "SECRET"}}, 400, "limits.concurrent", ""),
    "an unknown limit": ({"paste": GOOD, "limits": {"concurent": 1}}, 400, "limits.concurent", "concurrent"),
    "limits as a list": ({"paste": GOOD, "limits": ["SECRET"]}, 400, "limits", ""),
    "a number": ({"paste": 7}, 400, "paste", "text"),
    "null": ({"paste": None}, 400, "paste", "text"),
    "an unknown field": ({"paste": GOOD, "cookie": "SECRET"}, 400, "cookie", "paste"),
    "nothing in it": ({}, 400, "body", "paste"),
    "a list": (["SECRET"], 400, "body", ""),
    "broken JSON": ('{"paste": "SECRET', 400, "", "JSON"),
    "no JSON": ("paste=SECRET", 400, "", "JSON"),
    "no UTF-8": (b'{"paste": "SECRET\xff"}', 400, "", ""),
    "no body": (None, 400, "", "JSON"),
}


def told(answer, status, field, words):
    """Checks a refusal: the error object, the field, a sentence, and nothing of what was sent."""
    assert answer.status == status, (answer.status, answer.body[:500])
    error = answer.error()
    assert error["type"] == "invalid_request_error" and error["code"], error
    assert (error["param"] or "").startswith(field), error
    assert words in error["message"] and 10 < len(error["message"]) < 700, error
    assert "SECRET" not in answer.body.decode(), error
    jargon = ("struct ", "nonzero", "`?`", " u32", " u64", "enum ", "EOF")
    assert not any(word in error["message"] for word in jargon), f"that is no sentence for an owner: {error}"


@pytest.mark.parametrize("case", WRONG_PASTES)
def test_what_is_wrong_with_a_paste_is_told(shared, case):
    """The field and the mend; nothing is saved, not even a part."""
    body, status, field, words = WRONG_PASTES[case]
    before = [(one["id"], one["name"], one["limits"]) for one in shared.accounts().values()]
    told(shared.ask(ACCOUNTS, "POST", body), status, field, words)
    assert [(one["id"], one["name"], one["limits"]) for one in shared.accounts().values()] == before


# A change: path, method, body → status, field, words of the sentence.
WRONG_CHANGES = [
    ("accounts/qianwen-1", "PATCH", {"limits": {"weight": 1001}}, 400, "limits", "weight"),
    ("accounts/qianwen-1", "PATCH", {"enabled": "SECRET"}, 400, "enabled", ""),
    ("accounts/qianwen-1", "PATCH", {"name": ""}, 400, "name", ""),
    ("accounts/qianwen-1", "PATCH", {"credential": "SECRET"}, 400, "credential", "name"),
    ("accounts/qianwen-1", "PATCH", "{", 400, "", "JSON"),
    ("accounts/nobody", "PATCH", {"name": "x"}, 404, "", "nobody"),
    ("accounts/nobody", "GET", None, 404, "", "nobody"),
    ("accounts/nobody", "DELETE", None, 404, "", "nobody"),
    ("accounts/nobody/test", "POST", None, 404, "", "nobody"),
    ("accounts/nobody/enable", "POST", None, 404, "", "nobody"),
    ("accounts/nobody/events", "GET", None, 404, "", "nobody"),
    ("settings/pool.strategy", "PUT", {"value": "SECRETly"}, 400, "value", "least-busy"),
    ("settings/pool.strategy", "PUT", {"value": 7}, 400, "value", "text"),
    ("settings/pool.strategy", "PUT", {}, 400, "body", "value"),
    ("settings/pool.strategy", "PUT", "{", 400, "", "JSON"),
    ("settings/pool.queue_wait_s", "PUT", {"value": 301}, 400, "value", "300"),
    ("settings/pool.queue_wait_s", "PUT", {"value": "SECRET"}, 400, "value", "whole number"),
    ("settings/accounts.limits", "PUT", {"value": "SECRET"}, 400, "value", ""),
    ("settings/accounts.limits", "PUT", {"value": {"concurrent": 0}}, 400, "value", "whole number"),
    ("settings/accounts.limits", "PUT", {"value": [3]}, 400, "value", ""),
    (
        "settings/accounts.limits",
        "PUT",
        {"value": {"requests_per_day": 9, "tokens_per_day": 8}},
        400,
        "value",
        "tokens_per_day",
    ),
    ("settings/models.routes", "PUT", {"value": {"m": ["qianwen/nothing"]}}, 400, "value", "qianwen/nothing"),
    ("settings/models.routes", "PUT", {"value": {"m": ["nobody/m"]}}, 400, "value", "nobody/m"),
    ("settings/models.routes", "PUT", {"value": {"m": "qianwen/Qwen"}}, 400, "value", ""),
    ("settings/models.aliases", "PUT", {"value": {"m": "nothing"}}, 400, "value", "nothing"),
    ("settings/models.aliases", "PUT", {"value": {"auto": "Qwen"}}, 400, "value", "auto"),
    ("settings/models.hidden", "PUT", {"value": "SECRET"}, 400, "value", ""),
    ("settings/nothing", "PUT", {"value": 1}, 404, "", "pool.strategy"),
    ("settings/nothing", "DELETE", None, 404, "", "pool.strategy"),
]


@pytest.mark.parametrize("path, method, body, status, field, words", WRONG_CHANGES)
def test_what_is_wrong_with_a_change_is_told(shared, path, method, body, status, field, words):
    """And everything stays as it was."""
    before = shared.admin("settings").json(), shared.account("qianwen-1")["name"]
    answer = shared.admin(path, method, body)
    if "SECRETly" not in str(body):
        told(answer, status, field, words)
    assert answer.status == status
    assert before == (shared.admin("settings").json(), shared.account("qianwen-1")["name"])


@pytest.mark.parametrize("key", [None, "wrong-key-0123456789"])
def test_nobody_else_gets_in(shared, key):
    """401 whatever is asked, and whether or not it is there."""
    asked = [
        ("accounts", "GET"),
        ("accounts", "POST"),
        ("accounts/preview", "POST"),
        ("accounts/qianwen-1", "GET"),
        ("accounts/qianwen-1", "PATCH"),
        ("accounts/qianwen-1", "DELETE"),
        ("accounts/nobody", "GET"),
        ("accounts/qianwen-1/test", "POST"),
        ("accounts/qianwen-1/disable", "POST"),
        ("accounts/qianwen-1/events", "GET"),
        ("models", "GET"),
        ("settings", "GET"),
        ("settings/pool.strategy", "PUT"),
        ("settings/nothing", "DELETE"),
        ("store", "GET"),
        ("backup", "POST"),
        ("notify/test", "POST"),
    ]
    for path, method in asked:
        answer = shared.admin(path, method, {"paste": GOOD} if method == "POST" else None, key=key)
        assert answer.status == 401, (path, method, answer.status)
        assert answer.error()["code"] == "invalid_api_key"
    assert shared.ask("/openapi.json", key=key).json()["paths"]["/admin/api/accounts"]


def test_the_description_knows_every_address(shared):
    """What is served is described, and a wrong method is told."""
    paths = shared.ask("/openapi.json", key=None).json()["paths"]
    for path in ("accounts", "accounts/preview", "accounts/{id}", "settings/{name}", "backup", "notify/test"):
        assert f"/admin/api/{path}" in paths
    assert shared.admin("accounts", "DELETE").status == 405
    assert shared.admin("nothing").status == 404


def share(owner, count=40, **fields):
    """Who answers so many requests that come from all sides."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: owner.chat(text=f"{n}", **fields), range(count)))
    assert {answer.status for answer in answers} == {200}, [answer.body for answer in answers if answer.status != 200]
    return [who(answer)[0] for answer in answers]


def test_a_change_holds_at_once_for_all_workers(owner):
    """Added, switched off, switched on, taken out: the very next requests of every worker know it."""
    stack = owner("ok~cut51~user-a")
    assert set(share(stack)) == {"qianwen-1"}
    added = stack.paste("tongyi_sso_ticket=ok~cut52~user-b", name="the second").json()["account"]["id"]
    assert added == "qianwen-p1" and set(share(stack)) == {"qianwen-1", "qianwen-p1"}
    stack.done("accounts/qianwen-1/disable")
    assert set(share(stack)) == {"qianwen-p1"}
    assert stack.account("qianwen-1")["state"] == "disabled"
    stack.done("accounts/qianwen-1", "PATCH", {"enabled": True})
    assert set(share(stack)) == {"qianwen-1", "qianwen-p1"}
    stack.done("accounts/qianwen-p1", "DELETE")
    assert set(share(stack)) == {"qianwen-1"} and stack.admin("accounts/qianwen-p1").status == 404
    stack.set("models.aliases", {"mine": "Qwen"})
    assert set(share(stack, model="mine")) == {"qianwen-1"}
    assert "mine" in [model["id"] for model in stack.ask("/v1/models").json()["data"]]
    stack.done("settings/models.aliases", "DELETE")
    assert {stack.chat("mine").status for _ in range(8)} == {404}
    stack.set("models.hidden", ["qwen-max"])
    assert "qwen-max" not in [model["id"] for model in stack.ask("/v1/models").json()["data"]]
    assert stack.chat("qwen-max").status == 200, "hidden is not shut"


def test_changes_outlast_a_restart(owner, fake):
    """Names, limits, settings, pasted accounts and what was switched off; and a deleted one stays away."""
    stack = owner("ok~cut61~user-a", "ok~cut62~user-b")
    stack.paste("tongyi_sso_ticket=ok~cut63~user-c", name="Pasted", limits={"concurrent": 2})
    stack.done("accounts/qianwen-1", "PATCH", {"name": "小明", "limits": {"weight": 3}})
    stack.done("accounts/qianwen-2", "DELETE")
    stack.done("accounts/qianwen-p1/disable")
    stack.set("pool.strategy", "fill-first")
    for kill in (True, False):
        stack.restart(kill)
        accounts = stack.accounts()
        assert list(accounts) == ["qianwen-1", "qianwen-p1"], "the environment still names qianwen-2"
        first, third = accounts["qianwen-1"], accounts["qianwen-p1"]
        assert (first["name"], first["limits"], first["origin"]) == ("小明", {"weight": 3}, "environment")
        assert (third["name"], third["limits"], third["state"]) == ("Pasted", {"concurrent": 2}, "disabled")
        settings = {one["name"]: one for one in stack.admin("settings").json()["settings"]}
        assert (settings["pool.strategy"]["value"], settings["pool.strategy"]["source"]) == ("fill-first", "console")
        assert set(share(stack, 8)) == {"qianwen-1"}
    stack.done("accounts/qianwen-p1/enable")
    stack.done("accounts/qianwen-1/disable")
    assert set(share(stack, 8)) == {"qianwen-p1"}, "the pasted credential was kept"


def test_a_deleted_account_comes_back_when_it_is_pasted(owner):
    """Its owner has thought better of it."""
    stack = owner("ok~cut65~user-a")
    stack.done("accounts/qianwen-1", "DELETE")
    assert not stack.accounts()
    id = stack.paste("tongyi_sso_ticket=ok~cut65~user-a").json()["account"]["id"]
    assert who(stack.chat()) == (id, 1)
    stack.restart()
    assert who(stack.chat()) == (id, 1) and list(stack.accounts()) == [id]


def test_the_events_tell_the_story(owner, fake):
    """Newest first: what happened, why, what to do, and when it is tried again. They outlast a restart."""
    stack = owner("story")
    plan(fake, "story", "ok")
    stack.until_checked("qianwen-1")
    plan(fake, "story", "expired")
    assert stack.chat().status == 503
    ill = stack.until_state("qianwen-1", "expired", limit_s=15)
    assert ill["cause"]["class"] == "expired" and "https://www.qianwen.com/" in ill["cause"]["remedy"]
    events = stack.events("qianwen-1")
    assert [(one["from"], one["to"]) for one in events if one["kind"] == "state"][:2] == [
        ("cooling", "expired"),
        ("ready", "cooling"),
    ]
    newest = events[0]
    assert newest["until"] == ill["until"] > newest["at"] and newest["remedy"] == ill["cause"]["remedy"]
    plan(fake, "story", "ok")
    assert stack.paste("tongyi_sso_ticket=story; cna=2").json()["created"] is False
    assert stack.chat().text().endswith(OK_END)
    stack.done("accounts/qianwen-1", "PATCH", {"name": "Story"})
    kinds = [one["kind"] for one in stack.events("qianwen-1")]
    assert kinds[0] == "account" and set(kinds[1:3]) == {"credential", "state"}, kinds
    told = stack.events("qianwen-1")
    stack.restart(kill=False)
    kept = stack.events("qianwen-1")
    assert [one["at"] for one in kept][-len(told) :] == [one["at"] for one in told]
    assert all(a["at"] >= b["at"] for a, b in zip(kept, kept[1:]))


def test_a_sign_in_can_be_tried(owner, fake):
    """Alive, not alive, and not known."""
    stack = owner("trial")
    plan(fake, "trial", "ok")
    stack.until_checked("qianwen-1")
    tried = stack.done("accounts/qianwen-1/test")
    assert tried["alive"] is True and tried["account"]["last_check_good"] is True
    plan(fake, "trial", "ok~check-expired")
    tried = stack.done("accounts/qianwen-1/test")
    assert tried["alive"] is False and "https://www.qianwen.com/" in tried["message"]
    stack.done("accounts/qianwen-1/enable")
    plan(fake, "trial", "ok~check-500")
    tried = stack.done("accounts/qianwen-1/test")
    assert tried["alive"] is None and tried["account"]["state"] == "ready"


def test_two_pastes_of_one_person_at_the_same_time_are_one_account(owner):
    """Somebody clicks twice."""
    stack = owner("ok~cut71~user-a")
    paste = lambda n: stack.paste(f"tongyi_sso_ticket=ok~cut{72 + n % 2}~user-twice")
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(paste, range(12)))
    assert {answer.status for answer in answers} <= {200, 201, 503}, [answer.body for answer in answers]
    assert [one["identity"] for one in stack.accounts().values()].count("twice") == 1, stack.accounts()


def test_many_different_pastes_at_the_same_time_have_ids_of_their_own(owner):
    """None takes another's place."""
    stack = owner("ok~cut74~user-a")
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: stack.paste(f"tongyi_sso_ticket=ok~user-many{n}"), range(12)))
    assert {answer.status for answer in answers} == {201}, [answer.body for answer in answers]
    identities = [one["identity"] for one in stack.accounts().values()]
    assert {f"many{n}" for n in range(12)} <= set(identities), stack.accounts().keys()
    stack.restart()
    assert {f"many{n}" for n in range(12)} <= {one["identity"] for one in stack.accounts().values()}
