"""The web chat keeps every conversation in its history; those that the API made are removed afterwards."""

import json

import pytest

from patience import until


def session_of(fake, scenario):
    """The conversation that the last request of a credential opened."""
    return json.loads(fake.requests(scenario)[-1]["body"])["session_id"]


@pytest.fixture
def deleted(fake):
    """Waits until these conversations are deleted; they are gathered for a moment first."""

    def check(*sessions):
        gone = lambda: set(fake.journal()["deleted_sessions"])
        until(lambda: set(sessions) <= gone(), 8, lambda: f"{sessions} are deleted, but {gone()}")

    return check


@pytest.fixture
def account(stacks, fake):
    """A stack with one account."""

    def make(scenario, **settings):
        return stacks(
            {"QIANWEN_BASE_URL": fake.url, "CN_ACCOUNT_1_COOKIE": f"tongyi_sso_ticket={scenario}", **settings}
        ).start()

    return make


def test_conversations_are_removed_and_kept_when_the_owner_says_so(account, fake, deleted):
    """The kept one ended before the removed ones, so had it been due it would be gone with them."""
    keeping = account("ok~cut301", QIANWEN_KEEP_SESSIONS="true")
    assert keeping.chat().status == 200
    kept = session_of(fake, "ok~cut301")
    removing = account("ok~cut302")
    assert removing.chat().status == 200
    whole = session_of(fake, "ok~cut302")
    removing.stream().read()
    streamed = session_of(fake, "ok~cut302")
    assert len({kept, whole, streamed}) == 3
    deleted(whole, streamed)
    assert kept not in fake.journal()["deleted_sessions"]
    assert kept in fake.journal()["created_sessions"]


def test_what_a_failed_or_left_answer_opened_is_removed_too(account, fake, deleted):
    """Broken off by the upstream, and left by the client."""
    broken = account("truncated~cut303")
    broken.chat()
    left = account("hold~cut304")
    stream = left.stream().read_until("你好".encode())
    stream.leave()
    fake.until("hold~cut304", "cancelled", 1)
    deleted(session_of(fake, "truncated~cut303"), session_of(fake, "hold~cut304"))


def test_many_are_removed_with_few_calls(account, fake, deleted):
    """Gathered in batches, in the account's own name."""
    stack = account("ok~cut305")
    sessions = []
    for _ in range(8):
        assert stack.chat().status == 200
        sessions.append(session_of(fake, "ok~cut305"))
    deleted(*sessions)
    calls = fake.requests("ok~cut305", "delete")
    assert len(calls) <= 3 and calls[0]["method"] == "POST"
