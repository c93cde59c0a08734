#!/usr/bin/env python3
"""Takes the pictures of the console that the READMEs show: `screenshots.py [FOLDER]`; without one, `docs/screenshots`.

A stack of its own with the fake upstream: accounts in several states, keys, calls that are made now, and two months of
statistics, which are written into its database while it is stopped, as `migrations/0004_statistics.sql` describes them.
"""

import random
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import expect

from console import PAGES, Console, chromium
from fake import ROOT, Fake
from owner import Owner, plan
from patience import until

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
DAYS = 60
# What a stranger's server might be called.
ADDRESS = "http://192.168.1.20:8082"
# What a README shows must load quickly.
LARGEST = 300_000
# Provider file → what it is called.
SERVICES = {"deepseek-api": "DeepSeek", "dashscope-api": "DashScope 百炼", "home-ollama": "Ollama at home"}
MANIFEST = """
id = "{id}"
name = "{name}"
base_url = "{url}/v1"

[models]
source = "static"
known = ["{model}"]

[evidence]
source = "tests/fake_upstream"
dated = "2026-11-24"
"""
MODELS = {"deepseek-api": "deepseek-chat", "dashscope-api": "qwen3-coder-plus", "home-ollama": "qwen3:14b"}
# Account → its name and the credential that the fake knows.
ACCOUNTS = {
    "qianwen-1": ("小林", "shown-1"),
    "qianwen-2": ("Family", "shown-2"),
    "qianwen-3": ("Work", "shown-3"),
    "deepseek-api": ("DeepSeek, paid", "shown-4"),
    "dashscope-api": ("百炼 trial", "shown-5"),
    "home-ollama": ("Cellar", "shown-6"),
}
# How long each takes to its first word.
WAITS_MS = dict(zip(ACCOUNTS, (420, 380, 510, 640, 450, 1100)))
KEYS = [
    {"name": "NextChat on my phone", "limits": {"requests_per_minute": 60}},
    {"name": "阿杰", "limits": {"requests_per_minute": 10, "requests_per_day": 200}, "models": ["qwen-max", "auto"]},
    {"name": "n8n at work", "limits": {"requests_per_day": 500, "tokens_per_day": 400000}},
    {"name": "Obsidian", "limits": {}},
    {"name": "Old laptop", "limits": {"requests_per_day": 50}},
]
QUESTION = {"en": "How do arch bridges stand without mortar?", "zh": "没有灰浆，石拱桥为什么不会塌？"}
ANSWER = {
    "en": """An arch turns **weight into pressure**. Every stone is a wedge, and its neighbours hold it:

1. The load pushes each stone down and *outwards*.
2. The stones beside it push back, along the curve.
3. At both ends the abutments take the thrust.

| Bridge | Built | Span |
| --- | --- | --- |
| Anji (Zhaozhou) | 605 | 37 m |
| Ponte d'Augusto | 14 BC | 32 m |

```python
thrust = load * span / (8 * rise)
```
""",
    "zh": """拱把**重量变成压力**，每块楔形石头都被左右两块夹住：

1. 荷载把石块向下、也向*两侧*推；
2. 相邻石块沿拱线把力推回去；
3. 两端的桥台承受水平推力。

| 桥 | 建成 | 净跨 |
| --- | --- | --- |
| 安济桥（赵州桥） | 605 年 | 37 米 |
| 奥古斯都桥 | 公元前 14 年 | 32 米 |

```python
thrust = load * span / (8 * rise)
```
""",
}
THOUGHT = "The question is about statics: compression only, thrust line, abutments."


def main(folder):
    """Builds the world, then looks at it in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    fake = Fake()
    stack = make(fake)
    try:
        keys = populate(stack)
        assert stack.stop() == 0, stack.output()
        write_history(stack, ["", *keys])
        stack.start()
        live_through(stack, keys)
        fall_ill(stack, fake, keys)
        with chromium() as browser:
            for language in ("en", "zh"):
                look(browser, stack, fake, folder, language)
    finally:
        stack.close()
        fake.close()
    for picture in sorted(folder.iterdir()):
        size = picture.stat().st_size
        print(f"{size:8} {picture.name}")
        assert size <= LARGEST, f"{picture} is larger than {LARGEST} bytes"


def make(fake):
    """The stack, with a provider file for each service."""
    credentials = [ACCOUNTS[f"qianwen-{number}"][1] for number in (1, 2, 3)]
    keys = {f"{id.upper().replace('-', '_')}_API_KEY": f"sk-{ACCOUNTS[id][1]}" for id in SERVICES}
    for id, (_, credential) in ACCOUNTS.items():
        plan(fake, credential, f"slow-first-{WAITS_MS[id]}~drip25~user-{id}")
    stack = Owner(fake, *credentials, **keys)
    providers = stack.data_dir / "providers"
    providers.mkdir()
    for id, name in SERVICES.items():
        text = MANIFEST.format(id=id, name=name, url=fake.url, model=MODELS[id])
        (providers / f"{id}.toml").write_text(text, encoding="utf-8")
    return stack.start()


def populate(stack):
    """What an owner has set up; the keys' ids with their secrets."""
    made = {}
    for id, (name, _) in ACCOUNTS.items():
        stack.done(f"accounts/{id}", "PATCH", {"name": name})
    for key in KEYS:
        answer = stack.done("keys", body=key)
        made[answer["key"]["id"]] = answer["secret"]
    stack.set("models.aliases", {"gpt-4o": "qwen-max", "claude-sonnet": "qwen3-coder-plus"})
    stack.set("models.routes", {"qwen-max": ["qianwen/qwen-max", "dashscope-api/qwen3-coder-plus"]})
    stack.set("pool.strategy", "least-busy")
    stack.until_checked("qianwen-1", "qianwen-2", "qianwen-3")
    return made


def write_history(stack, keys):
    """Two months of calls by the hour, as the service would have counted them; always the same ones."""
    chance = random.Random(605)
    now = int(time.time() * 1000) // HOUR_MS * HOUR_MS
    first = (now // DAY_MS - DAYS) * DAY_MS
    with sqlite3.connect(stack.data_dir / "qianqiao.db") as database:
        for start in range(first, now, HOUR_MS):
            body = "".join(hour(chance, start, keys, (start - first) / (now - first)))
            if body:
                statement = "INSERT OR REPLACE INTO tallies (start_ms, hours, names, body) VALUES (?, 1, 'all', ?)"
                database.execute(statement, (start, body))


def hour(chance, start, keys, growth):
    """An hour's lines: more in the evening than at night, more lately than at first."""
    time_of_day = (start // HOUR_MS + 8) % 24
    busy = [1, 1, 0, 0, 0, 0, 1, 3, 6, 9, 10, 9, 6, 8, 10, 10, 9, 8, 8, 10, 12, 11, 7, 3][time_of_day]
    weekend = 0.6 if (start // DAY_MS + 4) % 7 in (0, 6) else 1
    shares = [
        ("qwen-max", "qianwen-1", 0, 3.0),
        ("qwen-max", "qianwen-2", 1, 2.2),
        ("auto", "qianwen-3", 2, 1.6),
        ("deepseek-chat", "deepseek-api", 3, 1.4),
        ("qwen3-coder-plus", "dashscope-api", 0, 1.0),
        ("qwen3:14b", "home-ollama", 4, 0.5),
    ]
    for model, account, key, share in shares:
        count = round(busy * share * weekend * (0.4 + growth) * chance.uniform(0.5, 1.3))
        if count:
            yield line(chance, model, account, keys[key % len(keys)], count)


def line(chance, model, account, key, count):
    """One line: three names, outcomes and tokens, time to the first token, whole time."""
    failed = sum(chance.random() < 0.02 for _ in range(count))
    limited = sum(chance.random() < 0.01 for _ in range(count - failed))
    answered = count - failed - limited
    prompt, completion = answered * chance.randint(300, 900), answered * chance.randint(150, 520)
    reasoning = completion // 3 if model.startswith("deepseek") else 0
    numbers = [answered, 0, limited, 0, failed, 0, 0, 0, prompt, completion, reasoning]
    first = spread(chance, answered, [2, 3, 3, 3, 4, 4, 5, 6])
    total = spread(chance, answered, [5, 6, 7, 7, 8, 8, 9, 10])
    return "\t".join([model, account, key, " ".join(map(str, numbers)), first, total]) + "\n"


def spread(chance, count, places):
    """A histogram without what is zero."""
    found = {}
    for _ in range(count):
        place = chance.choice(places)
        found[place] = found.get(place, 0) + 1
    return " ".join(f"{place}:{found[place]}" for place in sorted(found))


def live_through(stack, keys):
    """Calls of the last minutes by the owner and by friends, of all kinds."""
    chance = random.Random(1415)
    names = ["qwen-max", "auto", "gpt-4o", "deepseek-chat", "qwen3-coder-plus", "qwen3:14b"]
    calls = [(chance.choice(names), chance.choice([stack.key, *keys.values()])) for _ in range(40)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda call: stack.stream(call[0], headers={"Authorization": f"Bearer {call[1]}"}).read(), calls))
    stack.chat("gpt-9")


def fall_ill(stack, fake, keys):
    """One account is signed out, one rests, one is switched off; a key is paused."""
    plan(fake, "shown-3", "expired~user-qianwen-3")
    plan(fake, "shown-5", "429-after-300~user-dashscope-api")
    for _ in range(3):
        stack.done("accounts/qianwen-3/test")
    stack.stream("qwen3-coder-plus").read()
    until(lambda: stack.chat("auto").status == 200 and stack.account("qianwen-3")["state"] == "expired", 30)
    stack.done("accounts/home-ollama/disable")
    stack.done(f"keys/{list(keys)[-1]}", "PATCH", {"enabled": False})
    stack.until_state("dashscope-api", "cooling", "exhausted", limit_s=20)


def look(browser, stack, fake, folder, language):
    """All pages in one language; the overview also dark and on a phone."""
    console = Console(browser, stack, language=language).open().sign_in()
    for name in PAGES:
        console.go(name)
        if name == "playground":
            converse(console, fake, language)
        elif name == "usage":
            console.open("usage", by="model", range="30d").expect_page("usage")
        elif name == "connect":
            console.page.locator("main input").first.fill(ADDRESS)
        shoot(console, folder / f"{name}-{language}.png")
    console.close()
    for kind, options in {"dark": {"theme": "dark"}, "phone": {"width": 390, "height": 800, "scale": 2}}.items():
        console = Console(browser, stack, language=language, **options).open().sign_in().expect_page("overview")
        shoot(console, folder / f"overview-{kind}-{language}.png")
        console.close()


def converse(console, fake, language):
    """A question at the playground, and its answer."""
    for _, credential in ACCOUNTS.values():
        fake.say(credential, {"text": ANSWER[language], "reasoning": THOUGHT, "pieces": 30})
    console.page.locator("textarea").last.fill(QUESTION[language])
    console.page.keyboard.press("Enter")
    expect(console.page.get_by_role("article").last.locator(".turn-facts")).to_be_visible()
    console.page.evaluate("scrollTo(0, 0)")


def shoot(console, path):
    """The window as it is when everything is drawn, without the blinking of a cursor."""
    console.page.wait_for_function("document.fonts.status === 'loaded'")
    console.page.evaluate("document.activeElement?.blur()")
    console.page.mouse.move(0, 0)
    console.page.screenshot(path=path, animations="disabled", caret="hide")
    assert not console.troubles(), (path, console.troubles())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
