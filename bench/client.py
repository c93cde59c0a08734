"""A small HTTP client over plain sockets: what `wrk` cannot do (counted requests, first tokens, streams held open)."""

import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field

BUFFER = 1 << 20
PATIENCE_S = 30


@dataclass(frozen=True)
class Request:
    """A POST, or a GET where there is no body."""

    path: str
    headers: dict = field(default_factory=dict)
    body: bytes = b""

    def to_bytes(self):
        """The request as it goes over the wire."""
        method = "POST" if self.body else "GET"
        lines = [f"{method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass
class Response:
    """What came back; the sizes of the body and of all that was received count what was not kept, too."""

    status: int
    body: bytes
    size: int
    received: int


class Connection:
    """One connection that is kept alive."""

    def __init__(self, port, patience=PATIENCE_S):
        self.socket = socket.create_connection(("127.0.0.1", port), patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb", BUFFER)
        self._received = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Leaves, whatever is still to come."""
        self._file.close()
        self.socket.close()

    def send(self, request):
        """Sends a request without reading its answer."""
        self.socket.sendall(request.to_bytes())

    def ask(self, request, keep=None):
        """Sends a request and reads the whole answer; keeps its last `keep` pieces, or all of them."""
        self._received = 0
        self.send(request)
        status, headers = self._head()
        pieces, size = deque(maxlen=keep), 0
        for piece in self._body(headers):
            size += len(piece)
            pieces.append(piece)
        return Response(status, b"".join(pieces), size, self._received)

    def until(self, marker):
        """Reads until `marker` arrived; for answers that have no end."""
        seen = b""
        while marker not in seen:
            piece = self.socket.recv(BUFFER)
            if not piece:
                raise ConnectionError("the connection broke inside an answer")
            seen += piece

    def first_token(self, request, marker):
        """Seconds until `marker` arrived. The rest is read too, so that the connection stays good."""
        message = request.to_bytes()
        started = time.perf_counter()
        self.socket.sendall(message)
        status, headers = self._head()
        seconds = None
        for piece in self._body(headers):
            if seconds is None and marker in piece:
                seconds = time.perf_counter() - started
        if status != 200 or seconds is None:
            raise ConnectionError(f"status {status}, and no `{marker.decode()}` in the answer")
        return seconds

    def _line(self):
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the connection broke inside an answer")
        self._received += len(line)
        return line.strip()

    def _head(self):
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def _body(self, headers):
        if "chunked" not in headers.get("transfer-encoding", ""):
            yield self._exactly(int(headers.get("content-length", 0)))
            return
        while size := int(self._line().split(b";")[0], 16):
            yield self._exactly(size)
            self._line()
        self._line()

    def _exactly(self, size):
        piece = self._file.read(size)
        if len(piece) < size:
            raise ConnectionError("the connection broke inside an answer")
        self._received += size
        return piece


def ask(port, request, keep=None):
    """One request on a connection of its own."""
    with Connection(port) as connection:
        return connection.ask(request, keep)


def journal(port):
    """What the fake upstream saw."""
    return json.loads(ask(port, Request("/__fake/journal")).body)


def ask_many(port, request, count, connections=2):
    """`count` answers over a few connections; returns the seconds that each one took."""
    times, errors = [], []

    def work(share):
        try:
            with Connection(port) as connection:
                for _ in range(share):
                    started = time.perf_counter()
                    response = connection.ask(request, keep=0)
                    if response.status != 200:
                        raise ConnectionError(f"status {response.status}")
                    times.append(time.perf_counter() - started)
        except (OSError, ValueError) as error:
            errors.append(error)

    shares = [count // connections + (at < count % connections) for at in range(connections)]
    threads = [threading.Thread(target=work, args=(share,), daemon=True) for share in shares if share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return times
