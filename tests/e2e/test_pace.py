"""Silence: early headers, heartbeats, and what happens when patience ends. The slow streams all run at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import contract
from gallery import model

PROVIDERS = ["qianwen", "compatible"]
SLOW = ["slow-first-8000", "stall-headers", "stall-before", "stall-mid"]


@pytest.fixture(scope="module")
def slow(impatient):
    """Scenario → its stream, read to the end."""
    wanted = [(provider, scenario) for provider in PROVIDERS for scenario in SLOW]
    read = lambda pick: impatient.stream(model(*pick), timeout=40).read()
    with ThreadPoolExecutor(len(wanted)) as pool:
        return dict(zip(wanted, pool.map(read, wanted)))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_headers_and_role_come_before_clients_give_up(slow, provider):
    """No upstream byte for 8 s: after 5 s the status and the role are sent all the same."""
    stream = slow[provider, "slow-first-8000"]
    assert 4.5 < stream.headers_after < 6.5
    assert stream.arrival(b'"role":"assistant"') < 6.5
    told = contract.read(stream)
    assert told.done and told.text.endswith("🚀👩‍💻✨。")
    assert 7.5 < stream.arrival("你好".encode()) < 10


@pytest.mark.parametrize("provider", PROVIDERS)
def test_silence_is_filled_with_heartbeats(slow, provider):
    """Between the early headers and the first text a chunk with an empty delta comes every HEARTBEAT_S."""
    stream = slow[provider, "slow-first-8000"]
    told = contract.read(stream)
    assert 2 <= told.heartbeats <= 4, told.heartbeats
    times = [at for at, _ in stream.pieces]
    assert max(later - earlier for earlier, later in zip(times, times[1:])) < 2


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["stall-headers", "stall-before"])
def test_an_upstream_that_never_begins(slow, provider, scenario):
    """FIRST_TOKEN_TIMEOUT_S ends it; the status is out by then, so the stream says it."""
    stream = slow[provider, scenario]
    told = contract.read(stream)
    assert told.error["code"] == "upstream_timeout" and "FIRST_TOKEN_TIMEOUT_S" in told.error["message"]
    assert 4.5 < stream.headers_after < 6.5 and 9.5 < stream.after < 13
    assert told.text == ""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_upstream_that_falls_silent(slow, provider):
    """IDLE_TIMEOUT_S after the last piece; heartbeats of ours do not count as its words."""
    stream = slow[provider, "stall-mid"]
    told = contract.read(stream)
    assert told.error["code"] == "upstream_timeout" and "IDLE_TIMEOUT_S" in told.error["message"]
    assert told.text.startswith("你好") and told.heartbeats >= 1
    assert 2.8 < stream.after < 5


def test_a_whole_answer_that_is_late(stacks, fake):
    """Not streamed, or streamed and late before the headers: the timeout is the status."""
    settings = {
        "QIANWEN_BASE_URL": fake.url,
        "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=stall-headers",
        "FIRST_TOKEN_TIMEOUT_S": "1",
    }
    stack = stacks(settings).start()
    for answer in (stack.chat(), stack.stream().read()):
        assert answer.status == 504 and answer.error()["code"] == "upstream_timeout"


def test_an_answer_that_never_ends(stacks, fake):
    """TOTAL_TIMEOUT_S ends even an upstream that always has something to say."""
    settings = {
        "QIANWEN_BASE_URL": fake.url,
        "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=endless",
        "TOTAL_TIMEOUT_S": "2",
    }
    stream = stacks(settings).start().stream()
    told = contract.read(stream)
    assert told.error["code"] == "upstream_timeout" and "TOTAL_TIMEOUT_S" in told.error["message"]
    assert 1.5 < stream.after < 4 and len(told.chunks) > 10
