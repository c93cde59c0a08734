"""What is asked, of whom, and what a right answer is."""

import json
from dataclasses import dataclass

from client import Request
from processes import Failure

KEY = "qq-bench-0123456789abcdef"
# Every event of the fake's `bench-N` carries this text once more, its plain answer carries it 16 times.
UNIT = "cumulative text 春眠不觉"
PLAIN_UNITS = 16
# Arrives with the first piece of text and in nothing before it.
FIRST_TOKEN = b"cumulative"
# Set anew by every client; the rest of what the service sends upstream is sent by the direct sides as well.
PER_CONNECTION = {"host", "content-length", "connection", "transfer-encoding"}
CHAT_ROUTES = {"POST /v1/chat/completions", "POST /api/v2/chat"}


@dataclass(frozen=True)
class Workload:
    """One kind of request; the credential tells the fake upstream what to answer."""

    key: str
    title: str
    provider: str
    scenario: str
    stream: bool
    units: int

    def settings(self, fake_port):
        """The service's settings: this upstream and no other."""
        if self.provider == "qianwen":
            return {
                "QIANWEN_BASE_URL": f"http://127.0.0.1:{fake_port}",
                "CN_ACCOUNT_1_COOKIE": f"tongyi_sso_ticket={self.scenario}",
                "QIANWEN_KEEP_SESSIONS": "true",
            }
        return {
            "OPENAI_COMPATIBLE_BASE_URL": f"http://127.0.0.1:{fake_port}/v1",
            "OPENAI_COMPATIBLE_API_KEY": f"sk-{self.scenario}",
        }

    def request(self):
        """What a client asks the service."""
        messages = [
            {"role": "system", "content": "You are a careful assistant who answers briefly."},
            {"role": "user", "content": "春眠不觉晓,下一句是什么?Explain in one paragraph what the poem is about."},
        ]
        body = {"model": "auto", "messages": messages, "stream": self.stream}
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        return Request("/v1/chat/completions", headers, json.dumps(body, ensure_ascii=False).encode())

    def check(self, response, direct):
        """Fails unless the answer is whole and says exactly what the upstream said."""
        if response.status != 200:
            raise Failure(f"{self.title}: status {response.status}: {response.body[:300]!r}")
        said, pieces = read(response.body, "qianwen" if direct and self.provider == "qianwen" else "openai", self.stream)
        if said != UNIT * self.units:
            raise Failure(f"{self.title}: {len(said)} characters arrived instead of {len(UNIT) * self.units}")
        if self.stream and pieces < 1:
            raise Failure(f"{self.title}: no event holds text")
        return pieces


def qianwen_stream(events):
    """The Qianwen stream whose every event repeats the whole text so far."""
    title = f"{events:,}-event Qianwen stream"
    return Workload(f"qianwen-{events}", title, "qianwen", f"bench-{events}", True, events)


PLAIN = Workload("plain", "plain JSON answer", "openai", "bench-plain", False, PLAIN_UNITS)
OPENAI_32 = Workload("openai-32", "32-event OpenAI stream", "openai", "bench-32", True, 32)
QIANWEN_32 = qianwen_stream(32)
QIANWEN_4000 = qianwen_stream(4000)
# About 100 MB of chunks.
HUGE = Workload("openai-470000", "470,000-event OpenAI stream", "openai", "bench-470000", True, 470_000)
HOLD_OPENAI = Workload("hold-openai", "idle OpenAI streams", "openai", "hold", True, 0)
HOLD_QIANWEN = Workload("hold-qianwen", "idle Qianwen streams", "qianwen", "hold", True, 0)


def upstream_request(journal):
    """The request that the service sent upstream, to be sent there directly: the same bytes come back."""
    entry = [one for one in journal["recent"] if one["route"] in CHAT_ROUTES][-1]
    body = entry["body"].encode()
    if len(body) != entry["body_bytes"]:
        raise Failure("the fake upstream kept only a part of the request, so it cannot be repeated")
    path = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
    headers = {name: value for name, value in entry["headers"] if name not in PER_CONNECTION}
    return Request(path, headers, body)


def read(body, dialect, stream):
    """The answer's text and the number of events that carried text."""
    if not stream:
        return json.loads(body)["choices"][0]["message"]["content"], 1
    frames = [frame.split(b"\n") for frame in body.replace(b"\r\n", b"\n").split(b"\n\n") if frame.strip()]
    data = [line[5:].strip() for frame in frames for line in frame if line.startswith(b"data:")]
    return read_qianwen(data) if dialect == "qianwen" else read_openai(data)


def read_openai(data):
    """Deltas, and the word that says the answer is whole."""
    if not data or data[-1] != b"[DONE]":
        raise Failure("a stream ended without [DONE]")
    chunks = [json.loads(one) for one in data[:-1]]
    if any("error" in chunk for chunk in chunks):
        raise Failure("a stream holds an error")
    deltas = [choice["delta"].get("content") for chunk in chunks for choice in chunk["choices"]]
    pieces = [delta for delta in deltas if delta]
    return "".join(pieces), len(pieces)


def read_qianwen(data):
    """Only the last text matters, and only the last frames of a long answer are worth parsing."""
    if not data or data[-1] != b"true":
        raise Failure("a Qianwen stream ended without its last frame")
    carrying = [one for one in data if b'"multi_load/iframe"' in one]
    messages = json.loads(carrying[-1])["data"]["messages"]
    return messages[-1]["content"], len(carrying)
