"""What is counted of every call agrees with what clients and upstreams have seen, and it outlasts stops and kills."""

import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from owner import Owner
from patience import until

# Seeds of this file alone, because the fake, which all tests share, counts by credential.
COOKIES = tuple(f"chaos-910{seed}-10~drip{seed}" for seed in range(1, 8))
KEY = "sk-chaos-9109-7~drip5"
CALLS = 240
CLIENTS = 12
MODELS = ("auto", "fake-large", "openai_compatible/fake-small")
# A crash loses a second; the other one is for a machine that has much to do.
LOST_S = 2


@pytest.fixture
def owner(fake):
    """Makes stacks of a test's own, not started."""
    made = []

    def make(*credentials, **settings):
        made.append(Owner(fake, *credentials, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()
    for one in made:
        assert "panicked" not in one.output()


def call(stack, seed):
    """One call: its id, whether it was left, and how it ended as far as the client saw."""
    dice = random.Random(seed)
    model, text = dice.choice(MODELS), f"question {seed}"
    if dice.random() < 0.5:
        answer = stack.chat(model, text)
        usage = answer.json()["usage"] if answer.status == 200 else None
        return answer.header("x-request-id"), False, answer.status, usage
    stream = stack.stream(model, text, stream_options={"include_usage": True})
    id = stream.header("x-request-id")
    if stream.status == 200 and dice.random() < 0.3:
        stream.step()
        stream.leave()
        return id, True, None, None
    stream.read()
    if b"[DONE]" not in stream.body:
        return id, False, stream.status if stream.status != 200 else None, None
    chunks = [json.loads(line[6:]) for line in stream.body.split(b"\n") if line.startswith(b"data: {")]
    return id, False, 200, chunks[-1]["usage"]


def listed(stack):
    """All calls of the log, newest first."""
    calls, before = [], ""
    while True:
        page = stack.done(f"requests?limit=100{before}", "GET")
        calls += page["requests"]
        if page["next"] is None:
            return calls
        before = f"&before={page['next']}"


def totals(stack, by="none"):
    """Name → what all calls came to."""
    now = int(time.time() * 1000)
    path = f"usage?by={by}&from={now - 7_200_000}&to={now + 3_600_000}"
    return {total["name"]: total for total in stack.done(path, "GET")["totals"]}


def settled(stack, count):
    """All calls, once none is under way and so many are counted."""
    until(lambda: stack.health()["under_way"] == 0, 20)
    until(lambda: len(listed(stack)) >= count, 10, lambda: f"{count} calls, but {len(listed(stack))}")
    return listed(stack)


def test_chaos_is_counted_as_clients_and_upstreams_have_seen_it(owner, fake):
    """Every call once, every attempt, every token; and nothing of it is lost by a stop."""
    stack = owner(
        *COOKIES,
        OPENAI_COMPATIBLE_BASE_URL=f"{fake.url}/v1",
        OPENAI_COMPATIBLE_API_KEY=KEY,
        FIRST_TOKEN_TIMEOUT_S="5",
        QUEUE_WAIT_S="5",
    ).start()
    until(lambda: stack.chat("fake-small").status != 404, 20)
    settled(stack, 1)
    asked = len(listed(stack))
    with ThreadPoolExecutor(CLIENTS) as pool:
        seen = list(pool.map(lambda seed: call(stack, seed), range(CALLS)))
    calls = settled(stack, asked + CALLS)
    assert len(calls) == asked + CALLS
    by_id = {one["id"]: one for one in calls}
    assert len(by_id) == len(calls), "no call is counted twice"
    wrong = []
    for id, left, status, usage in seen:
        one = by_id[id]
        if left:
            continue
        fits = one["status"] == status if status else one["status"] not in (200, 499)
        if usage:
            told = (usage["prompt_tokens"], usage["completion_tokens"])
            fits = fits and one["counted"] and told == (one["prompt_tokens"], one["completion_tokens"])
        if not fits:
            wrong.append((status, usage, one))
    assert not wrong, wrong[:3]
    kinds = Counter(one["outcome"] for one in calls)
    assert kinds["answered"] > CALLS / 3 and kinds["abandoned"] and kinds["upstream"], kinds
    attempts = sum(fake.counts(name)["requests"] for name in (*COOKIES, KEY.removeprefix("sk-")))
    assert attempts == sum(one["attempts"] for one in calls), kinds
    metrics = {}
    for line in stack.ask("/metrics").body.decode().splitlines():
        if not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            metrics[series] = float(value)
    tried = sum(value for series, value in metrics.items() if series.startswith("qianqiao_attempts_total{"))
    assert tried == attempts
    assert {kind: metrics[f'qianqiao_requests_total{{outcome="{kind}"}}'] for kind in kinds} == kinds
    total = totals(stack)[""]
    assert {kind: total[kind] for kind in kinds} == kinds and total["requests"] == len(calls)
    for field in ("prompt_tokens", "completion_tokens", "reasoning_tokens"):
        assert total[field] == sum(one[field] for one in calls), field
    for by in ("model", "account", "key"):
        assert sum(one["requests"] for one in totals(stack, by).values()) == len(calls), by
    before = (totals(stack, "model"), calls)
    assert stack.chat().status in (200, 429, 502, 503)
    assert stack.stop() == 0
    stack.start()
    after = (totals(stack, "model"), listed(stack))
    assert after[1][1:] == before[1] and len(after[1]) == len(before[1]) + 1, "the last call before the stop, too"
    assert sum(one["requests"] for one in after[0].values()) == len(before[1]) + 1


def test_a_kill_loses_no_more_than_the_last_second(owner):
    """Calls until the service is killed: all but the newest are there again, and their numbers go on."""
    stack = owner("ok~user-counted").start()
    ended = []
    began = time.monotonic()
    while time.monotonic() < began + 2 * LOST_S:
        answer = stack.chat()
        assert answer.status == 200
        ended.append((answer.header("x-request-id"), time.monotonic()))
    stack.session.kill()
    killed = time.monotonic()
    stack.process.wait(timeout=10)
    stack.start()
    calls = listed(stack)
    kept = {one["id"] for one in calls}
    # A fast machine makes more calls than are listed, so what is older than the list is not looked for.
    oldest = min(at for id, at in ended if id in kept)
    lost = [killed - at for id, at in ended if id not in kept and at > oldest]
    assert len(calls) > 1 and all(age < LOST_S for age in lost), lost
    assert totals(stack)[""]["answered"] >= len([at for _, at in ended if at < killed - LOST_S])
    newest = calls[0]["seq"]
    assert stack.chat().status == 200
    assert listed(stack)[0]["seq"] == newest + 1
