"""Several accounts: one that fails is passed over as long as the client has seen nothing, and never afterwards."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import contract
from fake import Fake

OK_END = "🚀👩‍💻✨。"


@pytest.fixture
def pool(stacks, fake):
    """A stack whose accounts, in this order, meet these scenarios."""

    def make(*scenarios, **settings):
        accounts = {
            f"CN_ACCOUNT_{number}_COOKIE": f"tongyi_sso_ticket={name}" for number, name in enumerate(scenarios, 1)
        }
        return stacks({"QIANWEN_BASE_URL": fake.url, **accounts, **settings}).start()

    return make


# How often six requests in a row may meet an account that fails so: once where the upstream itself says that it must
# rest, or where it is under suspicion; a few times where it may be chance. `~check-ok`: the check in the background
# would find it signed out before anybody asks; here it ends the suspicion each time instead.
MET = {
    "expired~check-ok": 6,
    "ex015~check-ok": 6,
    "waf-json": 1,
    "waf-html": 1,
    "429-after-7": 1,
    "quota": 1,
    "500": 3,
    "empty": 3,
    "reset-before": 3,
    "reset-after-headers": 3,
}


@pytest.mark.parametrize("bad", MET)
def test_every_request_is_answered_by_the_account_that_can(pool, fake, bad):
    """Whichever account has its turn, the answer is there, whole and streamed; the bad one is soon left alone."""
    most, bad, good = MET[bad], f"{bad}~cut500", "ok~cut500"
    bad_before, good_before = fake.counts(bad)["requests"], fake.counts(good)["requests"]
    stack = pool(bad, good)
    for _ in range(3):
        assert stack.chat().text().endswith(OK_END)
        told = contract.read(stack.stream())
        assert told.text.endswith(OK_END) and told.done
    assert fake.counts(good)["requests"] - good_before == 6
    assert 0 < fake.counts(bad)["requests"] - bad_before <= most


@pytest.mark.parametrize("bad", ["truncated", "reset-mid", "malformed"])
def test_nothing_is_retried_after_the_first_output(pool, fake, bad):
    """A stream that broke ends with an error; a second account's text behind the first one's would be false."""
    bad, good = f"{bad}~cut600", "ok~cut600"
    before = {name: fake.counts(name)["requests"] for name in (bad, good)}
    # The other strategies would sooner ask the one that has not failed yet.
    stack = pool(bad, good, POOL_STRATEGY="round-robin")
    endings = [contract.read(stack.stream()) for _ in range(4)]
    broken = [told for told in endings if told.error]
    assert len(broken) == 2 and len([told for told in endings if told.done]) == 2, "they take turns"
    assert all(told.text and OK_END not in told.text for told in broken)
    assert {name: fake.counts(name)["requests"] - before[name] for name in before} == {bad: 2, good: 2}


def test_a_whole_answer_that_broke_is_not_spliced(pool):
    """Not streamed: the answer is one account's own and whole, or it is an error."""
    stack = pool("truncated~cut700", "ok~cut700", POOL_STRATEGY="round-robin")
    for answer in (stack.chat() for _ in range(4)):
        assert answer.status in (200, 502)
        assert answer.status == 502 or answer.text().count("你好") == 1 and answer.text().endswith(OK_END)


def test_when_all_are_down_each_is_named(pool):
    """The message says what is wrong with each account; only the owner can mend these, so nobody retries."""
    stack = pool("expired", "waf-json", "ex015")
    for answer in (stack.chat(), stack.stream().read()):
        assert answer.status == 503
        error = answer.error()
        assert error["code"] == "account_unavailable"
        assert all(f"qianwen-{number}" in error["message"] for number in (1, 2, 3)), error
        assert answer.header("x-should-retry") == "false" and answer.header("retry-after") is None
        assert "tongyi_sso_ticket" not in error["message"]


def test_when_waiting_helps_the_wait_is_told(pool):
    """One is expired, one is too fast: the client may come back when the second one is ready again."""
    answer = pool("expired", "429-after-7").chat()
    assert answer.status == 503 and answer.header("retry-after") == "7"
    assert answer.header("x-should-retry") is None


@pytest.mark.parametrize(
    "waits, status, after", [(("429-after-7", "429-after-30"), 429, "7"), (("429", "429~cut9"), 429, "5")]
)
def test_when_all_are_too_fast_it_is_429(pool, waits, status, after):
    """The shortest wait counts."""
    answer = pool(*waits).chat()
    assert (answer.status, answer.header("retry-after")) == (status, after)
    assert answer.error()["code"] == "rate_limit_exceeded"


def test_a_long_wait_is_no_retry(pool):
    """Libraries sleep through Retry-After or ignore it beyond a minute; so the reset time goes elsewhere."""
    answer = pool("429-after-120").chat()
    assert answer.status == 429 and answer.header("retry-after") is None
    assert answer.header("x-should-retry") == "false"
    assert answer.header("x-ratelimit-reset-requests") == "120s"


def test_a_pinned_model_stays_with_its_account(pool, fake):
    """Both ways of writing the number; the pinned account's trouble is the answer, whoever else could help."""
    pins = {"MODEL_TO_ACCOUNT_MAP": json.dumps({"qwen-max": 1, "my-own-name": "2"})}
    stack = pool("expired~cut800", "ok~cut800", **pins)
    for _ in range(2):
        answer = stack.chat("qwen-max")
        assert answer.status == 503 and "qianwen-1" in answer.error()["message"]
        assert "qianwen-2" not in answer.error()["message"]
        assert stack.chat("my-own-name").text().endswith(OK_END)
    assert stack.chat("qwen-plus").text().endswith(OK_END)
    assert fake.counts("ok~cut800")["requests"] == 3


def test_accounts_take_turns(pool, fake):
    """Round robin over numbers with gaps."""
    names = ["ok~cut901", "ok~cut902", "ok~cut903"]
    stack = pool(*names)
    for _ in range(6):
        assert stack.chat().status == 200
    assert [fake.counts(name)["requests"] for name in names] == [2, 2, 2]


def test_a_slow_account_that_fails_after_the_early_headers_is_still_replaced(pool, fake):
    """The role chunk is no output: the next account's answer follows it, with the same id."""
    stack = pool("stall-headers~cut950", "ok~cut950", FIRST_TOKEN_TIMEOUT_S="6")
    streams = [contract.read(stack.stream()) for _ in range(2)]
    assert all(told.done and told.text.endswith(OK_END) for told in streams)
    assert fake.counts("stall-headers~cut950")["requests"] >= 1


def test_the_request_decides_when_it_is_the_requests_fault(pool, fake):
    """A refused question is refused by every account, so no second one is asked."""
    names = [f"fixture-input_rejected_in_error_msg~cut{cut}" for cut in (951, 952)]
    answer = pool(*names).chat()
    assert answer.status == 400 and answer.error()["code"] == "content_filter"
    assert sum(fake.counts(name)["requests"] for name in names) == 1


def test_an_upstream_that_was_restarted(stacks):
    """The connections kept to it are dead by then; the first request must not be the one that finds out."""
    first = Fake()
    settings = {"OPENAI_COMPATIBLE_BASE_URL": f"{first.url}/v1", "OPENAI_COMPATIBLE_MODELS": "m"}
    stack = stacks(settings).start()
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status for answer in pool.map(lambda _: stack.chat("m"), range(16))} == {200}
    first.close()
    again = Fake(first.port)
    try:
        assert [stack.chat("m").status for _ in range(8)] == [200] * 8
    finally:
        again.close()


def test_an_unreachable_upstream_is_said_to_be_so(stacks):
    """Nobody listens there."""
    stack = stacks({"OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_COMPATIBLE_MODELS": "m"}).start()
    answer = stack.chat("m")
    assert answer.status == 502 and "reached" in answer.error()["message"]
