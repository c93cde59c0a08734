"""A client that leaves: the upstream is told at once, and nothing is left behind."""

import json
import os
import socket
from pathlib import Path

import pytest

from gallery import model
from patience import until
from wire import HOST

PROVIDERS = ["qianwen", "compatible"]


def begin(stack, name, stream):
    """A request on a connection that the test holds, with nothing read of the answer."""
    body = json.dumps({"model": name, "messages": [{"role": "user", "content": "x"}], "stream": stream}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stack.key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    connection = socket.create_connection((HOST, stack.port), timeout=10)
    connection.sendall(head + body)
    return connection


def resident(pid):
    """The memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def counted(gallery, fake):
    """Checks that one more reply of a scenario was cancelled, and that no account is held any more."""

    def check(scenario, before):
        fake.until(scenario, "cancelled", before["cancelled"] + 1, limit_s=2)
        until(lambda: gallery.health()["under_way"] == 0, 2, lambda: f"nothing is under way: {gallery.health()}")
        assert gallery.in_flight() == 0
        assert fake.counts(scenario)["open_streams"] == 0

    return check


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["hold", "endless", "ok~drip100"])
def test_a_stream_that_is_left(gallery, fake, counted, provider, scenario):
    """After the first delta, silent or in full flow."""
    before = fake.counts(scenario)
    stream = gallery.stream(model(provider, scenario)).read_until("你好".encode())
    assert gallery.health()["under_way"] >= 1 and gallery.in_flight() >= 1
    stream.leave()
    counted(scenario, before)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["stall-before", "stall-headers"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_client_that_leaves_before_any_answer(gallery, fake, counted, provider, scenario, stream):
    """Nothing was sent to it yet, so only the closed connection can tell."""
    before = fake.counts(scenario)
    connection = begin(gallery, model(provider, scenario), stream)
    fake.until(scenario, "requests", before["requests"] + 1)
    connection.close()
    counted(scenario, before)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("scenario", ["hold", "endless"])
def test_a_whole_answer_that_is_left(gallery, fake, counted, provider, scenario):
    """The upstream is in the middle of it."""
    before = fake.counts(scenario)
    connection = begin(gallery, model(provider, scenario), stream=False)
    fake.until(scenario, "requests", before["requests"] + 1)
    until(lambda: gallery.in_flight() == 1, why="the account is in use")
    connection.close()
    counted(scenario, before)


def test_a_client_that_is_killed(gallery, fake, counted):
    """A reset instead of a proper end."""
    before = fake.counts("endless")
    connection = begin(gallery, model("qianwen", "endless"), stream=True)
    assert connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()
    counted("endless", before)


def test_a_client_that_does_not_read(stacks, fake):
    """20 MB for a client that reads none of it: the upstream is made to wait, and nothing piles up in memory."""
    stack = stacks(
        {
            "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
            "OPENAI_COMPATIBLE_API_KEY": "sk-bench-100000",
            "OPENAI_COMPATIBLE_MODELS": "m",
        }
    ).start()
    at_first = resident(stack.session.service())
    connection = begin(stack, "m", stream=True)
    received = connection.recv(1)
    assert all(stack.ask("/v1/models").status == 200 for _ in range(20))
    assert resident(stack.session.service()) - at_first < 8 << 20
    assert fake.counts("bench-100000")["open_streams"] == 1
    while b"[DONE]" not in received[-100:]:
        piece = connection.recv(1 << 20)
        assert piece, "the answer is cut"
        received += piece
    assert len(received) > 15 << 20
    connection.close()


def test_many_that_leave_at_once(gallery, fake):
    """Fifty streams are left in the same moment; each is counted."""
    before = fake.counts("hold")["cancelled"]
    streams = [gallery.stream(model(PROVIDERS[n % 2], "hold")).read_until("你好".encode()) for n in range(50)]
    assert gallery.health()["under_way"] == 50
    for stream in streams:
        stream.leave()
    fake.until("hold", "cancelled", before + 50)
    until(lambda: gallery.health()["under_way"] == 0 and gallery.in_flight() == 0, 2)
