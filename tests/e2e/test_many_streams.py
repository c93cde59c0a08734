"""A thousand streams at once through nginx, over plain sockets: a library would measure itself."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import MOST_FILES
from gallery import model
from patience import until

COUNT = 1000
# nginx needs the most: two files a stream, and its limit is cut by the hard one; the rest is for idle connections.
FILES_NEEDED = 4 * COUNT + 1000
FIRST_WORDS = "你好".encode()


async def open_stream(stack, name, opened):
    """Opens one stream, waits for its first text, and returns its connection."""
    body = json.dumps({"model": name, "messages": [{"role": "user", "content": "x"}], "stream": True}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stack.key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
    opened.append(writer)
    writer.write(head + body)
    received = b""
    while FIRST_WORDS not in received:
        piece = await reader.read(65536)
        assert piece, f"the stream ended before its first text: {received[-300:]!r}"
        received += piece
    assert received.startswith(b"HTTP/1.1 200 ")
    return reader, writer


async def a_thousand(stack, fake, scenario):
    """Opens them all, looks around while they are open, and leaves them all."""
    names = [model(("qianwen", "compatible")[n % 2], scenario) for n in range(COUNT)]
    before, opened = fake.counts(scenario), []
    try:
        async with asyncio.timeout(30):
            await asyncio.gather(*(open_stream(stack, name, opened) for name in names))
        began = time.monotonic()
        health = await asyncio.to_thread(stack.health)
        assert (await asyncio.to_thread(stack.chat, model("qianwen", "ok"))).status == 200
        assert time.monotonic() - began < 2, "others are answered meanwhile"
        assert health["under_way"] == COUNT
        assert fake.counts(scenario)["open_streams"] - before["open_streams"] == COUNT
    finally:
        for writer in opened:
            writer.transport.abort()
    return before


def test_many_short_answers(gallery):
    """Connections are reused on both sides of nginx all the time; none of them is ever a dead one."""
    names = [model(provider, "ok") for provider in ("qianwen", "compatible")]
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda n: gallery.chat(names[n % 2]), range(600)))
    assert [answer.status for answer in answers if answer.status != 200] == []


@pytest.mark.skipif(
    MOST_FILES < FILES_NEEDED, reason=f"{MOST_FILES} open files allowed, {FILES_NEEDED} needed (ulimit -Hn)"
)
def test_a_thousand_open_streams(gallery, fake):
    """Each gets its first words, others are answered meanwhile, and all are cancelled when their clients leave."""
    before = asyncio.run(a_thousand(gallery, fake, "hold"))
    fake.until("hold", "cancelled", before["cancelled"] + COUNT, limit_s=5)
    until(
        lambda: gallery.health()["under_way"] == 0 and gallery.in_flight() == 0, 5, lambda: str(gallery.health())[:300]
    )
    assert fake.counts("hold")["open_streams"] == before["open_streams"]
    assert gallery.chat(model("compatible", "ok")).status == 200
