"""kill -9 of either process under load: whoever was under way learns of it, and the next request is answered."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import contract
from latch import Latch
from patience import until
from wire import Stream

BACK_S = 5


@pytest.fixture
def latch(tmp_path):
    """Lets a test hold the service down."""
    return Latch(tmp_path)


@pytest.fixture
def busy(stacks, fake, latch):
    """A stack with an account that never ends, one that is slow and one that answers, pinned to names."""
    names = ["ok", "endless", "hold", "ok~drip100"]
    accounts = {f"CN_ACCOUNT_{number}_COOKIE": f"tongyi_sso_ticket={name}" for number, name in enumerate(names, 1)}
    pins = '{"quick": 1, "endless": 2, "hold": 3, "slow": 4}'
    settings = {"QIANWEN_BASE_URL": fake.url, "MODEL_TO_ACCOUNT_MAP": pins, "QIANQIAO_BIN": str(latch.path), **accounts}
    return stacks(settings).start()


def load(stack, pool, fake):
    """Ten streams in full flow and ten whole answers under way."""
    started = fake.counts("hold")["requests"]
    streams = [stack.stream("endless", timeout=20).read_until(b"tick") for _ in range(10)]
    reads = [pool.submit(stream.read) for stream in streams]
    asks = [pool.submit(end_of, stack) for _ in range(10)]
    fake.until("hold", "requests", started + 10, limit_s=10)
    return reads, asks


def end_of(stack):
    """How a whole answer that never comes ends: its status, or None when the connection broke."""
    try:
        return stack.chat("hold", timeout=20)
    except (ConnectionError, OSError) as error:
        assert not isinstance(error, TimeoutError), "the client hangs"
        return None


def answered_again(stack):
    """How long it takes until a request is answered."""
    began = time.monotonic()

    def works():
        try:
            return stack.chat("quick", timeout=5).status == 200
        except OSError:
            return False

    until(works, BACK_S, lambda: f"an answer after the crash; the stack said:\n{stack.output()[-2000:]}")
    return time.monotonic() - began


def test_the_service_is_killed_under_load(busy, fake):
    """Streams break visibly, whole answers get nginx's own error, and the service is back at once."""
    with ThreadPoolExecutor(24) as pool:
        reads, asks = load(busy, pool, fake)
        cancelled = fake.counts("endless")["cancelled"]
        os.kill(busy.session.service(), signal.SIGKILL)
        answered_again(busy)
        for stream in (read.result(timeout=10) for read in reads):
            assert stream.broken and b"[DONE]" not in stream.body, stream.body[-200:]
        for answer in (ask.result(timeout=10) for ask in asks):
            assert answer.status == 502 and answer.error()["code"] == "service_unavailable"
            assert answer.header("access-control-allow-origin") == "*" and answer.header("retry-after") == "1"
        fake.until("endless", "cancelled", cancelled + 10, limit_s=5)


def test_nginx_is_killed_under_load(busy, fake):
    """Its workers finish what they began, or the client sees the connection close; a new nginx takes over."""
    with ThreadPoolExecutor(24) as pool:
        slow = [busy.stream("slow", timeout=20) for _ in range(5)]
        reads = [pool.submit(stream.read) for stream in slow]
        os.kill(busy.session.nginx(), signal.SIGKILL)
        answered_again(busy)
        for stream in (read.result(timeout=20) for read in reads):
            assert stream.broken or contract.read(stream).done
            stream.leave()
    until(lambda: len(busy.session.pids("nginx: master")) == 1, 5)
    until(
        lambda: len(busy.session.pids("nginx: worker process")) == 2, 5, lambda: f"two workers: {busy.session.alive()}"
    )


def test_every_nginx_process_is_killed_under_load(busy, fake):
    """All connections close at once; nobody hangs, and every upstream is cancelled."""
    with ThreadPoolExecutor(24) as pool:
        reads, asks = load(busy, pool, fake)
        cancelled = fake.counts("endless")["cancelled"]
        for pid in busy.session.pids("nginx: "):
            os.kill(pid, signal.SIGKILL)
        answered_again(busy)
        for stream in (read.result(timeout=10) for read in reads):
            assert stream.broken and b"[DONE]" not in stream.body
        assert [ask.result(timeout=10) for ask in asks] == [None] * 10
        fake.until("endless", "cancelled", cancelled + 10, limit_s=5)
    until(lambda: busy.health()["under_way"] == 0, 5, lambda: f"nothing is under way: {busy.health()}")


def test_a_killed_worker_is_replaced(busy):
    """The master starts another one; a client that retries notices nothing."""
    before = busy.session.pids("nginx: worker process")
    os.kill(before[0], signal.SIGKILL)
    answered_again(busy)
    until(lambda: len(busy.session.pids("nginx: worker process")) == 2, 5)


def test_while_the_service_is_down(stacks, latch):
    """nginx answers for it: JSON that libraries understand, readable for pages, with a time to come back."""
    stack = stacks({"QIANQIAO_BIN": str(latch.path)}).start()
    latch.hold()
    os.kill(stack.session.service(), signal.SIGKILL)
    until(lambda: stack.ask("/health").status == 502, 5, "nginx says that the service is down")
    for method, path in (
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("OPTIONS", "/v1/models"),
        ("GET", "/"),
    ):
        answer = stack.ask(path, method, "{}" if method == "POST" else None)
        assert answer.status == 502
        error = answer.error()
        assert error["code"] == "service_unavailable" and error["type"].endswith("error")
        assert 1 <= int(answer.header("retry-after")) <= 60
        assert answer.header("access-control-allow-origin") == "*"
        assert "retry-after" in answer.header("access-control-expose-headers")
        assert answer.header("x-request-id")
    latch.release()
    until(lambda: stack.ask("/health").status == 200, BACK_S)


def test_a_service_that_stays_dead_ends_everything(stacks, latch):
    """Else a container would look alive beside a dead service."""
    stack = stacks({"QIANQIAO_BIN": str(latch.path)}).start()
    latch.fail()
    os.kill(stack.session.service(), signal.SIGKILL)
    code = stack.wait(limit_s=30)
    assert code not in (0, None)
    assert "service did not stay up" in stack.output()


def test_restarts_do_not_count_up(busy):
    """Four crashes, each after the service had worked, are four restarts; four starts that failed would be the end."""
    for _ in range(4):
        pid = busy.session.service()
        # supervisord counts a start as one that worked after a second.
        until(lambda: uptime(pid) > 1.3, 5)
        os.kill(pid, signal.SIGKILL)
        answered_again(busy)
        assert busy.session.service() != pid


def uptime(pid):
    """How long a process has been running, in seconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat, open("/proc/uptime", encoding="ascii") as now:
        started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return float(now.read().split()[0]) - started


def test_a_reopened_stream_works_after_a_crash(busy):
    """A client that simply asks again gets a whole stream."""
    stream = Stream(
        busy.port,
        "/v1/chat/completions",
        busy.headers(),
        {"model": "endless", "messages": [{"role": "user", "content": "x"}], "stream": True},
    ).read_until(b"tick")
    os.kill(busy.session.service(), signal.SIGKILL)
    assert stream.read().broken
    answered_again(busy)
    assert contract.read(busy.stream("quick")).done
