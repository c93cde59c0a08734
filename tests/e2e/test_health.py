"""An account's health, live: what makes it rest, what a client is told meanwhile, and how it comes back."""

import json
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from fake import Fake
from gallery import PLAIN_MANIFEST
from owner import OK_END, Owner, hooks, plan, who
from patience import until


def at_once(count, do, workers=None):
    """Does something so many times at the same time."""
    with ThreadPoolExecutor(workers or count) as pool:
        return list(pool.map(do, range(count)))


def test_an_account_falls_ill_and_recovers(owner, fake):
    """An upstream that breaks rests for seconds; the first success afterwards forgives everything."""
    stack = owner("weak")
    plan(fake, "weak", "ok")
    assert stack.chat().text().endswith(OK_END)
    plan(fake, "weak", "500")
    assert [stack.chat().status for _ in range(3)] == [502] * 3, "each of them asked the upstream"
    ill = stack.account("qianwen-1")
    assert ill["state"] == "cooling" and ill["cause"]["class"] == "upstream" and ill["cause"]["status"] == 500
    asked = fake.counts("weak")["requests"]
    told = stack.chat()
    assert told.status == 503 and told.error()["code"] == "account_unavailable"
    assert "qianwen-1" in told.error()["message"] and "tried again in" in told.error()["message"]
    assert 1 <= int(told.header("retry-after")) <= 3 and told.header("x-should-retry") is None
    assert who(told) == (None, 0) and fake.counts("weak")["requests"] == asked, "a rest is a rest"
    assert stack.health()["providers"][0]["accounts"][0]["state"] == "cooling"
    plan(fake, "weak", "ok")
    answer = until(lambda: (one := stack.chat()).status == 200 and one, 8, "it is tried again")
    assert answer.text().endswith(OK_END)
    well = stack.account("qianwen-1")
    assert (well["state"], well["cause"], well["until"]) == ("ready", None, None)
    plan(fake, "weak", "500")
    assert [stack.chat().status for _ in range(2)] == [502] * 2 and stack.account("qianwen-1")["state"] == "ready"


def test_only_one_request_probes(owner, fake):
    """When the rest is over, one request goes first; the others wait for what becomes of it."""
    stack = owner("probed")
    plan(fake, "probed", "429-after-1")
    assert stack.chat().status == 429
    plan(fake, "probed", "slow-first-1000")
    asked = fake.counts("probed")["requests"]
    until(lambda: stack.account("qianwen-1")["until"] <= time.time() * 1000, 5, "the rest is over")
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(stack.chat) for _ in range(20)]
        until(lambda: fake.counts("probed")["requests"] == asked + 1, 2)
        until(lambda: stack.health()["waiting"] == 19, 2, lambda: f"19 wait: {stack.health()}")
        assert fake.counts("probed")["requests"] == asked + 1
        assert {one.result().status for one in answers} == {200}


def test_a_signed_out_account_is_confirmed_and_comes_back(owner, fake):
    """One refusal is a suspicion; the check confirms it within seconds, and a later check ends it."""
    stack = owner("leaver")
    plan(fake, "leaver", "ok")
    stack.until_checked("qianwen-1")
    plan(fake, "leaver", "expired")
    told = stack.chat()
    assert told.status == 503 and told.header("x-should-retry") == "false"
    assert "https://www.qianwen.com/" in told.error()["message"], "the owner reads what to do"
    ill = stack.until_state("qianwen-1", "expired", limit_s=15)
    assert ill["until"] - ill["since"] >= 8 * 60_000 and ill["last_check_good"] is False
    asked = fake.counts("leaver")["requests"]
    told = stack.chat()
    assert told.status == 503 and told.header("x-should-retry") == "false" and told.header("retry-after") is None
    assert fake.counts("leaver")["requests"] == asked, "who is signed out is not asked"
    plan(fake, "leaver", "ok")
    stack.done("accounts/qianwen-1/test")
    assert stack.account("qianwen-1")["state"] == "ready"
    assert stack.chat().text().endswith(OK_END)


def test_a_false_alarm_ends_with_the_check(owner, fake):
    """The chat refuses once, though the site knows the person well: the suspicion lasts for a moment only."""
    stack = owner("doubted")
    plan(fake, "doubted", "401~check-ok")
    assert stack.chat().status == 503
    plan(fake, "doubted", "ok")
    answer = until(lambda: (one := stack.chat()).status == 200 and one, 5, "the check clears it before 15 s are over")
    assert answer.text().endswith(OK_END)


def test_an_account_that_is_signed_out_from_the_start(owner, fake):
    """Nobody has to fail for it: the check finds out, and requests go to the other one."""
    stack = owner("expired~cut81", "ok~cut81~user-b")
    stack.until_state("qianwen-1", "expired", limit_s=15)
    assert {who(stack.chat()) for _ in range(4)} == {("qianwen-2", 1)}
    assert fake.counts("expired~cut81")["requests"] == 0


def test_a_guests_answer_is_no_answer(owner, fake):
    """The site answers as if nobody were signed in: that text is not passed on as the account's."""
    stack = owner("guest~check-ok~cut83", "ok~cut83~user-b", POOL_STRATEGY="fill-first")
    answer = stack.chat()
    assert answer.text().endswith(OK_END) and who(answer) == ("qianwen-2", 2)


def test_a_captcha_is_told_with_its_page(owner, fake):
    """The answer names the page that the owner has to open; until then nobody retries."""
    stack = owner("suspect")
    plan(fake, "suspect", "waf-json")
    told = stack.chat()
    assert told.status == 503 and told.header("x-should-retry") == "false" and "http" in told.error()["message"]
    stack.done("accounts/qianwen-1/disable")
    off = stack.chat()
    assert off.status == 503 and "switched it off" in off.error()["message"] and who(off) == (None, 0)


def test_two_captchas_in_a_row(owner, fake):
    """The second one makes the account wait for its owner, whatever a check says."""
    stack = owner("watched", QUEUE_WAIT_S="0", NOTIFY_WEBHOOK_URL=f"{fake.url}/hook/captcha-hook")
    plan(fake, "watched", "waf-json")
    # Several are under way before the first has failed; else the suspicion of 15 s is waited out.
    assert {answer.status for answer in at_once(20, lambda _: stack.chat())} == {503}
    if stack.account("qianwen-1")["state"] != "needs_owner":
        until(lambda: stack.account("qianwen-1")["until"] <= time.time() * 1000, 25, "the suspicion ends")
        assert stack.chat().status == 503
    ill = stack.account("qianwen-1")
    assert ill["state"] == "needs_owner" and ill["cause"]["class"] == "needs_owner"
    page = next(word for word in ill["cause"]["remedy"].split() if word.startswith("http"))
    assert page in stack.chat().error()["message"] and page not in ill["cause"]["message"]
    notice = until(lambda: [one for one in hooks(fake, "captcha-hook") if one["event"] == "needs_owner"], 5)
    assert len(notice) == 1 and notice[0]["account"] == "qianwen-1" and page in notice[0]["text"]
    assert page not in stack.output(), "the log holds no addresses of sites"
    assert page not in stack.ask("/health", key=None).body.decode()
    plan(fake, "watched", "ok")
    stack.done("accounts/qianwen-1/test")
    assert stack.account("qianwen-1")["state"] == "needs_owner", "being signed in does not pass the check"
    stack.done("accounts/qianwen-1/enable")
    assert stack.chat().text().endswith(OK_END)


@pytest.mark.parametrize("seconds, after, never", [(7, range(5, 8), None), (120, (), "false")])
def test_too_fast(owner, fake, seconds, after, never):
    """The wait that the site names holds, and is what the client is told, also by those who were not asked."""
    name = f"hasty{seconds}"
    stack = owner(name)
    plan(fake, name, f"429-after-{seconds}")
    for asked in (1, 0, 0):
        told = stack.chat()
        assert told.status == 429 and told.error()["code"] == "rate_limit_exceeded"
        assert who(told)[1] == asked and told.header("x-should-retry") == never
        assert (int(told.header("retry-after")) in after) if after else told.header("retry-after") is None
    account = stack.account("qianwen-1")
    assert account["state"] == "cooling"
    assert seconds * 800 - 50 <= account["until"] - account["since"] <= seconds * 1000 + 50


def test_a_used_up_allowance(owner, fake):
    """429 insufficient_quota, which no library retries; the others of the pool go on."""
    stack = owner("spent")
    plan(fake, "spent", "quota")
    for asked in (1, 0):
        told = stack.chat()
        assert (told.status, told.error()["code"]) == (429, "insufficient_quota")
        assert told.header("x-should-retry") == "false" and who(told)[1] == asked
    account = stack.account("qianwen-1")
    assert account["state"] == "exhausted" and account["until"] - account["since"] >= 24 * 60_000
    stack.paste("tongyi_sso_ticket=ok~cut84~user-b")
    assert stack.chat().text().endswith(OK_END)


def test_what_a_request_did_wrong_blames_nobody(owner, fake):
    """A refused question is the client's, however often it is asked."""
    stack = owner("fixture-input_rejected_in_error_msg~cut91")
    assert {stack.chat().status for _ in range(5)} == {400}
    account = stack.account("qianwen-1")
    assert (account["state"], account["cause"]) == ("ready", None)


@pytest.mark.parametrize("kill", [True, False], ids=["kill -9", "clean"])
def test_states_and_use_outlast_a_restart(owner, fake, kill):
    """Who was ill is ill, who was used is used, until when is the same."""
    tag = "k" if kill else "c"
    names = [f"keep-{tag}-{n}" for n in range(4)]
    for name in names:
        plan(fake, name, "ok")
    stack = owner(*names, POOL_STRATEGY="fill-first")
    stack.until_checked(*stack.accounts())
    for name, does in zip(names, ("quota", "429-after-120", "expired")):
        plan(fake, name, does)
    assert [who(stack.chat(text="x" * n)) for n in (1, 2, 3)] == [("qianwen-4", 4), ("qianwen-4", 1), ("qianwen-4", 1)]
    stack.until_state("qianwen-3", "expired", limit_s=15)
    before = stack.accounts()
    assert [one["state"] for one in before.values()] == ["exhausted", "cooling", "expired", "ready"]
    assert before["qianwen-4"]["requests_today"] == 3 and before["qianwen-4"]["tokens_today"] == 3 * 66
    until_written(stack, "qianwen-4", 3)
    stack.restart(kill)
    after = stack.accounts()
    for id, one in before.items():
        kept = ("state", "requests_today", "tokens_today", "identity", "name")
        assert {name: one[name] for name in kept} == {name: after[id][name] for name in kept}
        # The start looks at sign-ins; who is still signed out then waits from there on.
        assert one["until"] == after[id]["until"] or one["state"] == "expired" and one["until"] < after[id]["until"]
        assert (one["cause"] or {}).get("message") == (after[id]["cause"] or {}).get("message")
    assert who(stack.chat()) == ("qianwen-4", 1), "nobody asks those who rest"
    assert stack.account("qianwen-4")["requests_today"] == 4


def until_written(stack, id, requests):
    """Waits until an account's use of today is on disk: a kill may lose what was counted within the last second."""

    def written():
        with closing(sqlite3.connect(f"file:{stack.data_dir}/qianqiao.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT max(requests) FROM usage WHERE account = ?", [id]).fetchone()[0]

    until(lambda: written() == requests, 5, lambda: f"{requests} requests of {id} are on disk, but {written()}")


def test_one_at_a_time_in_the_order_of_coming(owner, fake):
    """`concurrent` 1 with 50 clients: never two at once upstream, and all are served."""
    stack = owner("ok~drip5~cut400~user-single", ACCOUNT_CONCURRENT="1")
    most = []
    with ThreadPoolExecutor(52) as pool:
        running = [pool.submit(stack.chat) for _ in range(50)]
        while not all(one.done() for one in running):
            most.append(stack.account("qianwen-1")["in_flight"])
        assert {one.result().status for one in running} == {200}
    assert max(most) == 1
    assert stack.account("qianwen-1")["requests_today"] == 50


def test_the_queue_is_served_in_order(owner, fake):
    """Who came first goes first."""
    stack = owner("line", ACCOUNT_CONCURRENT="1")
    plan(fake, "line", "hold~user-line")
    held = stack.stream()
    held.read_until(b"content")
    plan(fake, "line", "echo~user-line")
    done = []
    with ThreadPoolExecutor(8) as pool:
        running = []
        for n in range(8):
            running.append(pool.submit(lambda n=n: (stack.chat(text=f"{n}"), done.append(n))))
            until(lambda: stack.health()["waiting"] == n + 1, 5, lambda: f"{n + 1} wait: {stack.health()}")
        held.leave()
        assert all(one.result()[0].status == 200 for one in running)
    texts = [json.loads(entry["body"]) for entry in fake.requests("line")]
    order = [text["messages"][-1]["content"] for text in texts][-8:]
    assert order == [f"{n}" for n in range(8)], order


def test_a_queue_that_takes_too_long(owner, fake):
    """After QUEUE_WAIT_S it is 429 with Retry-After; who leaves the queue is forgotten."""
    stack = owner("hold~user-busy", ACCOUNT_CONCURRENT="1", QUEUE_WAIT_S="1")
    held = stack.stream()
    held.read_until(b"content")
    began = time.monotonic()
    told = stack.chat()
    assert 0.9 < time.monotonic() - began < 2.5
    assert told.status == 429 and int(told.header("retry-after")) >= 1 and "busy" in told.error()["message"]
    stack.set("pool.queue_wait_s", 60)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(stack.chat)
        until(lambda: stack.health()["waiting"] == 1, 2)
        assert stack.paste("tongyi_sso_ticket=ok~user-q").status == 201
        assert who(waiting.result()) == ("qianwen-p1", 1), "a new account serves those who wait"
    held.leave()
    until(lambda: stack.health()["waiting"] == 0 and stack.in_flight() == 0, 2)


LIMITS = {
    "a minute": ({"requests_per_minute": 7}, 7),
    "a day": ({"requests_per_day": 5}, 5),
}


@pytest.mark.parametrize("case", LIMITS)
def test_a_limit_holds_exactly(owner, fake, case):
    """Fifty clients at once on four workers: as many answers as the limit says, and not one more."""
    limits, most = LIMITS[case]
    credential = f"ok~cut{410 + most}~user-limited"
    stack = owner(credential, QUEUE_WAIT_S="0")
    stack.done("accounts/qianwen-1", "PATCH", {"limits": limits})
    counts = Counter(answer.status for answer in at_once(50, lambda _: stack.chat()))
    assert counts == {200: most, 429: 50 - most}
    assert fake.counts(credential)["requests"] == most
    told = stack.chat()
    assert told.error()["code"] == "rate_limit_exceeded" and "limit" in told.error()["message"]
    if case == "a day":
        assert told.header("x-should-retry") == "false" and told.header("retry-after") is None
        until_written(stack, "qianwen-1", most)
        stack.restart(kill=True)
        assert stack.chat().status == 429, "a restart is no new day"
    else:
        after, reset = told.header("retry-after"), told.header("x-ratelimit-reset-requests")
        assert after and 1 <= int(after) <= 60 or reset
    assert stack.account("qianwen-1")["state"] == "ready", "its owner's limit is no illness"
    stack.done("accounts/qianwen-1", "PATCH", {"limits": {}})
    assert stack.chat().status == 200, "the limit was taken away"


def test_concurrent_holds_exactly(owner, fake):
    """Three at once, the others are told at once as nobody may wait."""
    stack = owner("hold~cut431~user-x", QUEUE_WAIT_S="0", ACCOUNT_CONCURRENT="3")
    streams = at_once(50, lambda _: stack.stream())
    assert Counter(one.status for one in streams) == {200: 3, 429: 47}
    assert stack.in_flight() == 3 and fake.counts("hold~cut431~user-x")["requests"] == 3
    for one in streams:
        one.leave()
    until(lambda: stack.in_flight() == 0, 3)


def test_tokens_of_a_day(owner, fake):
    """66 tokens each: the answer that reaches the limit is the last one."""
    stack = owner("ok~cut433~user-x", QUEUE_WAIT_S="0", ACCOUNT_TOKENS_PER_DAY="150")
    assert [stack.chat().status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert stack.account("qianwen-1")["tokens_today"] == 198


def test_a_limit_of_one_account_is_no_limit_of_another(owner, fake):
    """The pool's default and an account's own; what is over goes to the next one."""
    stack = owner("ok~cut435~user-a", "ok~cut436~user-b", ACCOUNT_REQUESTS_PER_DAY="4", QUEUE_WAIT_S="0")
    stack.done("accounts/qianwen-2", "PATCH", {"limits": {"requests_per_day": 9}})
    answers = at_once(20, lambda _: stack.chat())
    counts = Counter(who(answer)[0] if answer.status == 200 else answer.status for answer in answers)
    assert counts == {"qianwen-1": 4, "qianwen-2": 9, 429: 7}


@pytest.mark.parametrize(
    "strategy, expected",
    [
        ("round-robin", {"qianwen-1": 4, "qianwen-2": 4, "qianwen-3": 4}),
        ("least-busy", {"qianwen-1": 4, "qianwen-2": 4, "qianwen-3": 4}),
        ("fill-first", {"qianwen-1": 12}),
    ],
)
def test_strategies(owner, strategy, expected):
    """One request after the other."""
    stack = owner("ok~cut441~user-a", "ok~cut442~user-b", "ok~cut443~user-c", POOL_STRATEGY=strategy)
    assert Counter(who(stack.chat(text=f"{n}"))[0] for n in range(12)) == expected


def test_weights(owner):
    """Three times the weight, three times the work."""
    stack = owner("ok~cut445~user-a", "ok~cut446~user-b", POOL_STRATEGY="round-robin")
    stack.done("accounts/qianwen-2", "PATCH", {"limits": {"weight": 3}})
    counts = Counter(who(stack.chat(text=f"{n}"))[0] for n in range(16))
    assert counts["qianwen-2"] in (11, 12, 13), counts


def test_least_busy_goes_around_who_is_busy(owner, fake):
    """Held streams count as work."""
    stack = owner("hold~cut447~user-a", "ok~cut447~user-b", POOL_STRATEGY="fill-first")
    held = stack.stream()
    held.read_until(b"content")
    stack.set("pool.strategy", "least-busy")
    assert {who(stack.chat(text=f"{n}"))[0] for n in range(6)} == {"qianwen-2"}
    held.leave()


def test_fill_first_overflows(owner):
    """The first one until it is full, then the next."""
    stack = owner("hold~cut448~user-a", "hold~cut449~user-b", POOL_STRATEGY="fill-first", ACCOUNT_CONCURRENT="2")
    streams = [stack.stream() for _ in range(4)]
    assert [one.header("x-qianqiao-account") for one in streams] == ["qianwen-1", "qianwen-1", "qianwen-2", "qianwen-2"]
    for one in streams:
        one.leave()


def turns(*texts):
    """A conversation, the person's turn first."""
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]


def test_a_conversation_stays_with_its_account(owner, fake):
    """Later turns and what is named by a session's id stay; it moves when that account falls ill."""
    names = [f"stay{n}" for n in range(3)]
    for name in names:
        plan(fake, name, "ok")
    stack = owner(*names)
    first = who(stack.chat(messages=turns("hello there")))[0]
    for _ in range(6):
        assert who(stack.chat(messages=turns("hello there", "hi", "and now?")))[0] == first
    by_session = {who(stack.chat(text=f"{n}", headers={"x-session-id": "s1"}))[0] for n in range(8)}
    assert len(by_session) == 1
    by_user = {who(stack.chat(text=f"{n}", user="ann"))[0] for n in range(12)}
    assert len(by_user) == 3, "many clients send the same user for everybody"
    assert len({who(stack.chat(text=f"{n}"))[0] for n in range(12)}) == 3, "others take turns"
    plan(fake, names[int(first.removeprefix("qianwen-")) - 1], "quota")
    moved = {who(stack.chat(messages=turns("hello there", "hi", "and now?")))[0] for _ in range(4)}
    assert len(moved) == 1 and first not in moved


def test_rolled_cookies_are_used_by_the_next_request_and_kept(owner, fake):
    """The site changes the token with every answer; the newest is what it gets back, also after a restart."""
    plan(fake, "roller", "ok~roll")
    stack = owner("roller; cna=first")
    stack.until_checked("qianwen-1")
    for _ in range(3):
        assert stack.chat().status == 200
        rolled = f"rolled-{rolls(fake)}"
        until(lambda: stack.admin("store").json()["pending"] == 0, 2)
    assert stack.chat().status == 200
    entry = fake.requests("roller")[-1]
    assert (entry["cookies"]["XSRF-TOKEN"], entry["cookies"]["cna"], entry["xsrf"]) == (rolled, rolled, rolled)
    newest = f"rolled-{rolls(fake)}"
    until(lambda: stack.admin("store").json()["pending"] == 0, 2)
    plan(fake, "roller", "ok")
    stack.restart(kill=True)
    assert stack.chat().status == 200
    entry = fake.requests("roller")[-1]
    assert entry["cookies"]["XSRF-TOKEN"] == newest, "what was rolled is kept, though the environment has the old one"


def rolls(fake):
    """How often the site has rolled its cookies so far: with every chat and every check."""
    return len(fake.requests("roller")) + len(fake.requests("roller", "member"))


def test_only_the_owner_is_told_who_answered(owner, fake):
    """The headers say the account and the attempts, for whole answers, streams and refusals."""
    stack = owner("quota~cut451", "ok~cut451~user-b", POOL_STRATEGY="fill-first")
    assert who(stack.chat()) == ("qianwen-2", 2)
    streamed = stack.stream().read()
    assert who(streamed) == ("qianwen-2", 1)
    stack.done("accounts/qianwen-2/disable")
    assert who(stack.chat()) == (None, 0)
    wrong = stack.ask("/v1/chat/completions", "POST", {"model": "auto", "messages": []}, key="wrong-key-012345678")
    assert wrong.status == 401 and wrong.header("x-qianqiao-account") is None


def both(fake, tag, qianwen, other, **settings):
    """An owner with a Qianwen account and a service that knows the same model."""
    plan(fake, f"route-{tag}-q", qianwen)
    plan(fake, f"route-{tag}-c", other)
    manifest = PLAIN_MANIFEST.format(id="twin", url=f"{fake.url}/v1").replace("fake-large", "qwen-max")
    owner = Owner(fake, f"route-{tag}-q", TWIN_API_KEY=f"sk-route-{tag}-c", **settings)
    (owner.data_dir / "providers").mkdir()
    (owner.data_dir / "providers" / "twin.toml").write_text(manifest, encoding="utf-8")
    return owner


def test_another_provider_takes_over(fake):
    """A model that both know: the second one answers what the first one cannot, whole and streamed."""
    stack = both(fake, "over", "ok", "ok")
    try:
        stack.start()
        ways = next(one["ways"] for one in stack.admin("models").json()["models"] if one["name"] == "qwen-max")
        assert [way.split("/")[0] for way in ways] == ["qianwen", "twin"]
        assert who(stack.chat("qwen-max")) == ("qianwen-1", 1)
        plan(fake, "route-over-q", "quota")
        answer = stack.chat("qwen-max")
        assert answer.text().endswith(OK_END) and who(answer) == ("twin", 2)
        streamed = stack.stream("qwen-max").read()
        assert who(streamed) == ("twin", 1) and b"[DONE]" in streamed.body
        plan(fake, "route-over-c", "quota")
        told = stack.chat("qwen-max")
        assert told.status == 429 and all(id in told.error()["message"] for id in ("qianwen-1", "twin"))
    finally:
        stack.close()


def test_the_owners_route_decides(fake):
    """models.routes names who is asked, in which order; and it outlasts a restart."""
    stack = both(fake, "named", "ok", "ok")
    try:
        stack.start()
        stack.set("models.routes", {"qwen-max": ["twin/qwen-max", "qianwen/Qwen"], "mine": ["qianwen/Qwen"]})
        for kill in (None, True):
            if kill:
                stack.restart(kill)
            assert who(stack.chat("qwen-max")) == ("twin", 1)
            assert who(stack.chat("QWEN-MAX")) == ("twin", 1)
            assert who(stack.chat("mine")) == ("qianwen-1", 1)
        plan(fake, "route-named-c", "quota")
        assert who(stack.chat("qwen-max")) == ("qianwen-1", 2)
        stack.done("settings/models.routes", "DELETE")
        assert who(stack.chat("qwen-max")) == ("qianwen-1", 1) and stack.chat("mine").status == 404
    finally:
        stack.close()


def test_an_upstream_that_is_gone_for_a_while(stacks):
    """Nobody listens: the account rests for seconds, and works again as soon as somebody does."""
    gone = Fake()
    url, port = gone.url, gone.port
    stack = stacks({"OPENAI_COMPATIBLE_BASE_URL": f"{url}/v1", "OPENAI_COMPATIBLE_MODELS": "m"}).start()
    assert stack.chat("m").status == 200
    gone.close()
    statuses = [stack.chat("m").status for _ in range(5)]
    assert statuses[:3] == [502] * 3 and statuses[3:] == [503] * 2, statuses
    back = Fake(port)
    try:
        until(lambda: stack.chat("m").status == 200, 8, lambda: stack.chat("m").body)
    finally:
        back.close()
