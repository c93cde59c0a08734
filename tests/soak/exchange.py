"""One chat request over a connection of its own: read to its end or left, and never waited for beyond its time."""

import asyncio
import json
import time
from dataclasses import dataclass, field

HOST = "127.0.0.1"
READ = 65536
# Longer than everything the gateway may take by its settings in run.py: the queue, and eight attempts that stall.
DEADLINE_S = 25


@dataclass
class Exchange:
    """What was asked and what came back. `end` is whole, broken, left, refused or hung."""

    asked: dict
    began: float
    ended: float = 0.0
    end: str = "hung"
    status: int = 0
    headers: list = field(default_factory=list)
    body: bytes = b""

    def header(self, name):
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


async def exchange(port, key, asked, leave_after=None, rudely=False):
    """Asks; a client that leaves does so after `leave_after` seconds, wherever the answer is by then."""
    done, raw = Exchange(asked, time.monotonic()), bytearray()
    writer = None
    limit = DEADLINE_S if leave_after is None else leave_after
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
            writer.write(request(key, asked))
            await writer.drain()
            while piece := await reader.read(READ):
                raw += piece
        done.end = "broken"
    except TimeoutError:
        done.end = "hung" if leave_after is None else "left"
    except ConnectionRefusedError:
        done.end = "refused"
    except OSError:
        done.end = "broken"
    finally:
        if writer:
            # A reset or a proper close: both kinds of leaving are seen in the wild.
            writer.transport.abort() if rudely else writer.close()
    done.ended = time.monotonic()
    if parse(bytes(raw), done) and done.end != "hung":
        done.end = "whole"
    return done


def request(key, asked):
    """The request as it goes over the wire. The connection is closed behind the answer."""
    body = json.dumps(asked).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def parse(raw, done):
    """Fills in what arrived; True if that is a whole answer."""
    head, found, rest = raw.partition(b"\r\n\r\n")
    if not found:
        return False
    lines = head.decode("latin-1").split("\r\n")
    done.status = int(lines[0].split()[1])
    pairs = (line.partition(":") for line in lines[1:])
    done.headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    if (done.header("transfer-encoding") or "") == "chunked":
        done.body, whole = dechunked(rest)
        return whole
    length = done.header("content-length")
    done.body = rest
    return length is not None and len(rest) == int(length)


def dechunked(raw):
    """The body, and whether its last chunk came."""
    body, at = bytearray(), 0
    while (end := raw.find(b"\r\n", at)) >= 0:
        size = int(raw[at:end].split(b";")[0], 16)
        if size == 0:
            return bytes(body), raw[end : end + 4] == b"\r\n\r\n"
        body += raw[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return bytes(body), False
