"""HTTP as it goes over the wire: whole answers, streams piece by piece, and requests that are none."""

import http.client
import json
import re
import socket
import time

HOST = "127.0.0.1"


class Answer:
    """A whole answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = [(name.lower(), value) for name, value in headers]
        self.body = body

    def all(self, name):
        """Every value of a header; what is sent twice must be seen twice."""
        return [value for key, value in self.headers if key == name]

    def header(self, name):
        """The one value of a header, or None."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    def error(self):
        """The error object, of which clients expect all four fields."""
        kind = self.header("content-type")
        assert kind and kind.startswith("application/json"), (self.status, kind, self.body[:300])
        error = self.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}, error
        assert isinstance(error["message"], str) and error["message"], error
        assert isinstance(error["type"], str) and error["type"], error
        return error

    def text(self):
        """What a whole chat completion says."""
        assert self.status == 200, (self.status, self.body[:500])
        return self.json()["choices"][0]["message"]["content"]


def ask(port, method="GET", path="/", headers=None, body=None, timeout=30):
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


class Stream(Answer):
    """An answer that is read as it comes. `pieces` are (seconds since the request, bytes)."""

    def __init__(self, port, path, headers, body, timeout=30):
        self.began = time.monotonic()
        self.connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
        self.connection.request("POST", path, json.dumps(body), headers)
        self.response = self.connection.getresponse()
        super().__init__(self.response.status, self.response.getheaders(), b"")
        self.headers_after = time.monotonic() - self.began
        self.pieces = []
        self.ended = False
        self.broken = False

    def step(self):
        """Reads one piece; False at the end."""
        try:
            piece = self.response.read1(65536)
        except (http.client.IncompleteRead, ConnectionError):
            self.broken = True
            piece = b""
        if piece:
            self.pieces.append((time.monotonic() - self.began, piece))
            self.body += piece
        else:
            self.ended = True
            self.after = time.monotonic() - self.began
        return not self.ended

    def read_until(self, part):
        """Reads until `part` was seen."""
        while part not in self.body:
            assert self.step(), f"the stream ended without {part!r}: {self.body[-500:]!r}"
        return self

    def read(self):
        """Reads to the end."""
        while not self.ended:
            self.step()
        return self

    def arrival(self, part):
        """When the piece that completes `part` came, in seconds since the request."""
        seen = b""
        for at, piece in self.pieces:
            seen += piece
            if part in seen:
                return at
        raise AssertionError(f"{part!r} never came: {seen[-300:]!r}")

    def leave(self):
        """Closes the connection as a client that goes away."""
        self.response.close()
        self.connection.close()


def send_raw(port, data, timeout=20, half_close=False):
    """Sends bytes that may be no HTTP at all; returns what comes back until an answer is whole or nothing follows."""
    with socket.create_connection((HOST, port), timeout=timeout) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            # The answer may have come before the request was over.
            pass
        received = b""
        while not is_whole(received):
            try:
                piece = connection.recv(65536)
            except ConnectionResetError:
                return received
            if not piece:
                return received
            received += piece
    return received


def is_whole(raw):
    """Whether these bytes are an answer of known length; nginx keeps a refused connection open for a while."""
    head, end, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return bool(end and length) and len(body) >= int(length[1])


def parse(raw):
    """The first answer in `raw`, whose body is what follows the head."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert lines[0].startswith("HTTP/1."), raw[:300]
    status = int(lines[0].split()[1])
    headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
    answer = Answer(status, headers, body)
    length = answer.header("content-length")
    if length is not None:
        answer.body = body[: int(length)]
    return answer
