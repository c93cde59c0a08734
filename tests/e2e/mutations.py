"""Bodies that are nearly right: each is a valid one with a seeded random change."""

import json
import random

VALID = [
    {"model": "MODEL", "messages": [{"role": "user", "content": "hello"}]},
    {
        "model": "MODEL",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "héllo 你好"}]}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 10,
        "stop": ["a", "b"],
        "n": 1,
    },
    {
        "model": "MODEL",
        "messages": [
            {"role": "system", "content": "s"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "c", "content": "1"},
        ],
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    },
]
STRANGE = [
    None,
    True,
    -1,
    0,
    1e308,
    10**40,
    "",
    " ",
    "\u0000",
    "\ud800",
    [],
    {},
    [[]],
    {"": {}},
    [None],
    "x" * 5000,
    {"type": "text"},
    [{"type": "image_url"}],
    {"role": "user"},
    -0.0,
]
RAW = [
    b"",
    b" ",
    b"{",
    b"}",
    b"[]",
    b"null",
    b"0",
    b'""',
    b"\xff\xfe",
    b"\x00" * 100,
    b"{}" * 50,
    b"[" * 20000,
    b'{"a":' * 20000,
    b'{"model":"m","model":"n","messages":[]}',
    b"\xef\xbb\xbf{}",
    b"model=auto&messages=hi",
    b'{"messages":[{"role":"user","content":"\\ud83d"}],"model":"auto"}',
    b'{"model":"auto","messages":NaN}',
    b'{"model":"auto","messages":[{"role":"user","content":1e999}]}',
    b'{"model":"auto","messages":[' + b"{}," * 5000 + b"{}]}",
]


def bodies(seed, count, models):
    """`count` bodies, always the same for a seed; `models` are the names that take turns."""
    chance = random.Random(seed)
    made = list(RAW)
    while len(made) < count:
        body = json.loads(json.dumps(chance.choice(VALID)).replace("MODEL", chance.choice(models)))
        made.append(chance.choice([damaged, retyped, removed])(chance, body))
    return made[:count]


def damaged(chance, body):
    """A few bytes are changed, taken out or doubled."""
    raw = bytearray(json.dumps(body, ensure_ascii=chance.random() < 0.5).encode())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw))
        kind = chance.randrange(4)
        if kind == 0:
            raw[at] = chance.randrange(256)
        elif kind == 1:
            del raw[at : at + chance.randint(1, 12)]
        elif kind == 2:
            raw[at:at] = raw[at : at + 8]
        else:
            del raw[at:]
        raw = raw or bytearray(b"x")
    return bytes(raw)


def places(value, found):
    """Every (container, key) of a JSON value."""
    for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        found.append((value, key))
        if isinstance(inner, (dict, list)):
            places(inner, found)
    return found


def retyped(chance, body):
    """One value becomes something else."""
    container, key = chance.choice(places(body, []))
    container[key] = chance.choice(STRANGE)
    return json.dumps(body).encode()


def removed(chance, body):
    """One value is gone, and a stranger stands beside it."""
    container, key = chance.choice(places(body, []))
    del container[key]
    body[chance.choice(["", "error", "type", "choices", "stream", "n", "stop"])] = chance.choice(STRANGE)
    return json.dumps(body).encode()
