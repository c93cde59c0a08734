"""Stopping: what is under way ends properly, within DRAIN_S; beyond that it is told why it does not."""

import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import contract
from patience import until
from processes import Session
from stack import ENTRYPOINT
from wire import HOST


@pytest.fixture
def stack_with(stacks, fake):
    """A stack with one account in a scenario."""

    def make(scenario, **settings):
        return stacks(
            {"QIANWEN_BASE_URL": fake.url, "CN_ACCOUNT_1_COOKIE": f"tongyi_sso_ticket={scenario}", **settings}
        ).start()

    return make


def last_words(stream):
    """Reads a stream to its end and closes the connection, as nginx waits for clients that leave it open."""
    told = contract.read(stream)
    stream.leave()
    return told


def refuses(stack):
    """Whether nobody takes a new connection any more."""
    try:
        with socket.create_connection((HOST, stack.port), timeout=2):
            return False
    except ConnectionRefusedError:
        return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_open_streams_end_whole(stack_with, how):
    """In the middle of three streams the stack is told to stop: all three end with [DONE], and the exit code is 0."""
    stack = stack_with("ok~drip100", DRAIN_S="10")
    streams = [stack.stream().read_until("你好".encode()) for _ in range(3)]
    told = time.monotonic()
    stack.process.send_signal(how)
    until(lambda: refuses(stack), 2, "no new connections are taken")
    with ThreadPoolExecutor(3) as pool:
        for stream in pool.map(lambda stream: stream.read(), streams):
            answer = last_words(stream)
            assert answer.done and answer.text.endswith("🚀👩‍💻✨。")
    assert stack.wait() == 0
    assert time.monotonic() - told < 5, "it ends with the last answer and not at DRAIN_S"


def test_a_whole_answer_under_way_is_given(stack_with, fake):
    """A client that waits for JSON gets it."""
    stack = stack_with("slow-first-1000", DRAIN_S="10")
    with ThreadPoolExecutor(1) as pool:
        before = fake.counts("slow-first-1000")["requests"]
        asked = pool.submit(stack.chat)
        fake.until("slow-first-1000", "requests", before + 1, limit_s=5)
        stack.terminate()
        assert asked.result(timeout=15).text().endswith("🚀👩‍💻✨。")
    assert stack.wait() == 0


def test_a_stream_that_outlasts_the_patience_is_told_so(stack_with, fake):
    """At DRAIN_S an endless answer ends with an error in the stream, and not as if it were whole."""
    stack = stack_with("endless", DRAIN_S="1")
    stream = stack.stream().read_until(b"tick")
    before = fake.counts("endless")["cancelled"]
    told = time.monotonic()
    stack.terminate()
    answer = last_words(stream)
    assert answer.error["code"] == "server_is_stopping" and not answer.done
    assert 0.8 < time.monotonic() - told < 5
    assert stack.wait() == 0
    fake.until("endless", "cancelled", before + 1)


def test_a_silent_stream_is_told_too(stack_with):
    """An upstream that says nothing must not keep the end from being told."""
    stack = stack_with("hold", DRAIN_S="1")
    stream = stack.stream().read_until("你好".encode())
    stack.terminate()
    assert last_words(stream).error["code"] == "server_is_stopping"
    assert stack.wait() == 0


def test_idle_connections_do_not_hold_it_up(stack_with):
    """A pooled connection without a request is closed at once."""
    stack = stack_with("ok", DRAIN_S="10")
    stream = stack.stream().read()
    told = time.monotonic()
    assert stack.stop() == 0
    assert time.monotonic() - told < 4
    stream.leave()


def test_stopping_twice_is_stopping_once(stack_with):
    """An impatient second signal changes nothing for those under way."""
    stack = stack_with("ok~drip50", DRAIN_S="10")
    stream = stack.stream().read_until("你好".encode())
    stack.terminate()
    threading.Timer(0.1, stack.terminate).start()
    assert last_words(stream).done
    assert stack.wait() == 0


def test_no_answer_is_lost_when_it_stops_under_load(stack_with):
    """Whoever was let in gets a whole answer; whoever came later gets no connection, or an error that says to retry."""
    stack = stack_with("ok~drip10", DRAIN_S="10")
    results = []

    def client():
        while True:
            try:
                stream = stack.stream(timeout=10).read()
            except (ConnectionError, OSError) as error:
                results.append(type(error).__name__)
                return
            results.append(contract.read(stream).done if stream.status == 200 else stream.status)

    clients = [threading.Thread(target=client) for _ in range(8)]
    for each in clients:
        each.start()
    until(lambda: len(results) > 20, 10)
    assert stack.stop() == 0
    for each in clients:
        each.join(15)
        assert not each.is_alive(), "a client hangs"
    assert all(result is True or result in (502, 503) or isinstance(result, str) for result in results), results
    assert results.count(True) > 20


def test_a_data_folder_survives_kill_minus_nine(stacks):
    """The key that was made is still the key."""
    stack = stacks(key=None).start()
    key = (stack.data_dir / "master.key").read_text(encoding="utf-8").strip()
    stack.session.kill()
    again = stacks({"DATA_DIR": str(stack.data_dir)}, key=None).start()
    again.key = key
    assert again.chat().status == 200


def answers(stack):
    """Whether nginx and the service answer."""
    try:
        return stack.ask("/health", key=None, timeout=5).status == 200
    except OSError:
        return False


def test_a_signal_to_the_whole_group_ends_everything(stacks):
    """`timeout` and systemd signal every process of the group, also the one that relays output into a file."""
    stack = stacks()
    log = stack.folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", ENTRYPOINT],
            cwd=stack.folder,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    session = Session(process.pid)
    try:
        until(lambda: answers(stack), 30, lambda: f"it answers; it said:\n{log.read_text()}")
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0, log.read_text()
        until(lambda: not session.alive(), 5, lambda: f"all processes ended, but {session.alive()}")
    finally:
        session.kill()
