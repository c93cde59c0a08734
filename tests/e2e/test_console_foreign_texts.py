"""Texts from outside at the console: what a user, a model or a service writes is shown as text, and does nothing."""

import json
import re

import pytest
from playwright.sync_api import expect

from console import PAGES
from gallery import SAID, model

IMAGE = "<img src=x onerror=hurt()>"
TEXTS = [
    IMAGE,
    '"><script>hurt()</script>',
    "javascript:hurt()",
    "</script><svg onload=hurt()>",
    "\u202egpj.exe\u200b\u2066<b>bold</b>",
    "{{constructor.constructor('hurt()')()}}${hurt()}",
]
ANSWER = """# <img src=x onerror=hurt()>

[a script](javascript:hurt()) [data](data:text/html,<script>hurt()</script>) [odd](  JaVaScRiPt:hurt() )
[entities](&#106;avascript:hurt()) [a page](https://other.example/page) ![a picture](https://other.example/pixel.png)
<https://other.example/auto> <javascript:hurt()> https://other.example/bare

<script>hurt()</script><iframe src="https://other.example/"></iframe><a href="javascript:hurt()">raw</a>
<form action="https://other.example/"><button>Send</button></form><style>body{display:none}</style>

| <img src=x onerror=hurt()> | b |
| --- | --- |
| <svg onload=hurt()> | [x](vbscript:hurt()) |

```html
</code></pre><img src=x onerror=hurt()>
```
"""
# Names of what the service says that others may have written.
FOREIGN = {
    *("name", "message", "remedy", "text", "identity", "subject", "action", "address", "model", "served", "account"),
    *("problem", "host", "hint", "value", "meaning", "code", "version", "not_kept", "warnings", "ways", "models", "key"),
}
# What no text may become.
MADE = """() => [...document.body.querySelectorAll('*')].filter(one =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'B'].includes(one.tagName)
    || [...one.attributes].some(attribute => attribute.name.startsWith('on'))
    || (one.tagName === 'IMG' && !/^(blob|data):/.test(one.src))
    || (one.tagName === 'FORM' && one.hasAttribute('action'))
    || (one.tagName === 'A' && !/^https?:/.test(one.href.baseVal ?? one.href))
    || (one.tagName === 'A' && !one.href.startsWith(location.origin) && !/noreferrer/.test(one.rel))
  ).map(one => one.outerHTML.slice(0, 200))"""


def harmless(console):
    """Nothing ran, and nothing was made of a text."""
    assert console.page.evaluate("window.wasHurt") is None
    assert console.page.evaluate(MADE) == []


def watched(console):
    """Notes when something runs that should not; the policy alone would keep it from being seen."""
    console.page.add_init_script("window.hurt = () => { window.wasHurt = true; }")
    console.page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    return console


@pytest.fixture
def written(owner, fake):
    """A stack in which everything that can be named has such a name."""
    people = [f"ok~user-text{number}" for number in range(len(TEXTS))]
    stack = owner(*people, NOTIFY_WEBHOOK_URL=f"{fake.url}/hook/status-503/texts")
    for number, text in enumerate(TEXTS, 1):
        stack.done(f"accounts/qianwen-{number}", "PATCH", {"name": text})
        stack.done("keys", body={"name": text})
    stack.set("models.aliases", {text: "Qwen" for text in TEXTS})
    stack.set("models.hidden", TEXTS[:2])
    for text in TEXTS:
        assert stack.chat(text).status == 200
        stack.chat(f"no such {text}")
    return stack


def test_what_an_owner_wrote(consoles, written):
    """Names of accounts, keys and models, on every page and in what opens there."""
    console = watched(consoles(written)).open().sign_in()
    page = console.page
    for name in PAGES:
        console.go(name)
        harmless(console)
        if name in ("overview", "accounts", "models", "keys", "requests"):
            expect(page.get_by_role("main")).to_contain_text(IMAGE)
    console.go("accounts")
    page.get_by_role("link", name=IMAGE).click()
    expect(page.get_by_role("dialog", name=IMAGE)).to_be_visible()
    for part in ("History", "Name and limits"):
        page.get_by_role("tab", name=part).click()
        harmless(console)
    console.open("keys").expect_page("keys")
    console.button(f"Revoke {IMAGE}").click()
    expect(page.get_by_role("dialog")).to_contain_text(IMAGE)
    harmless(console)
    console.open("settings", tab="notices").expect_page("settings")
    console.allow("400", "502")
    console.button("Send a test").click()
    expect(page.get_by_text(re.compile(r"\b503\b")).first).to_be_visible(timeout=25_000)
    harmless(console)


@pytest.mark.parametrize("streamed", [True, False])
def test_what_a_model_says(consoles, gallery, fake, streamed):
    """Links lead nowhere but to pages, pictures are not fetched, HTML is text."""
    fake.say(SAID, {"text": ANSWER, "pieces": 40, "reasoning": IMAGE})
    console = watched(consoles(gallery)).open("playground", model=model("compatible", SAID)).sign_in()
    console.expect_page("playground")
    if not streamed:
        console.page.get_by_label("Stream the answer").uncheck()
    console.page.get_by_label("Your question").fill(IMAGE)
    console.button("Send").click()
    answer = console.page.get_by_role("article", name="Answer of")
    expect(answer).to_contain_text("Total")
    answer.get_by_text("Thought").click()
    expect(answer).to_contain_text("<script>hurt()</script>")
    harmless(console)
    links = answer.get_by_role("link").evaluate_all("links => links.map(one => [one.href, one.rel])")
    outside = [link for link in links if not link[0].startswith(console.home)]
    assert outside and all(href.startswith("https://other.example/") for href, _ in outside), links
    assert all({"noopener", "noreferrer", "nofollow"} <= set(rel.split()) for _, rel in outside), links
    console.button("Copy as code").click()
    harmless(console)


def poison(said):
    """The same answer of the service, in which every text that others may have written is such a text."""
    if isinstance(said, list):
        return [poison(one) for one in said]
    if not isinstance(said, dict):
        return said
    return {key: poisoned(key, value) for key, value in said.items()}


def poisoned(key, value):
    """One field."""
    if key in FOREIGN and isinstance(value, str):
        return f"{value} {IMAGE} {TEXTS[2]} {TEXTS[1]}"
    if key in FOREIGN and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [*value, *TEXTS]
    return poison(value)


def spoil(route):
    """Lets the service answer, and changes what it says."""
    answer = route.fetch()
    if "json" not in answer.headers.get("content-type", ""):
        return route.fulfill(response=answer)
    return route.fulfill(response=answer, body=json.dumps(poison(answer.json())))


def test_what_a_service_says(consoles, written):
    """Errors, reasons, remedies, addresses, versions: as if each of them came from somebody else."""
    console = watched(consoles(written))
    stream = {"content_type": "text/event-stream", "body": frames(written)}
    console.page.route("**/admin/api/**", spoil)
    console.page.route("**/v1/models", spoil)
    console.page.route("**/admin/api/live", lambda route: route.fulfill(**stream))
    console.open().sign_in()
    for name in PAGES:
        console.go(name)
        harmless(console)
        # Two pages name only models, in a list that is closed.
        if name not in ("playground", "connect"):
            expect(console.page.get_by_role("main")).to_contain_text(IMAGE)
    for tab in ("security", "notices", "data", "environment", "audit", "about"):
        console.open("settings", tab=tab).expect_page("settings")
        harmless(console)


def frames(stack):
    """The live stream with such texts, as one piece."""
    state = poison(stack.admin("overview").json())
    return f"event: state\ndata: {json.dumps(state)}\n\n"
