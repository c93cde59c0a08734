"""`/docs` in a real browser: it shows the API and lets it be tried, and asks nobody but its own service."""

import pytest

from browser import NARROW, Browser, origin

METHODS = {"get", "post", "put", "patch", "delete"}
MODELS = {"method": "get", "path": "/v1/models"}
QUESTION = {"model": "auto", "messages": [{"role": "user", "content": "hello"}]}
CHAT = {"method": "post", "path": "/v1/chat/completions", "body": QUESTION}
# The widest form of all. It is only looked at.
UPLOAD = {"method": "post", "path": "/v1/files", "send": False}


@pytest.fixture(scope="module")
def browser():
    """One browser for all visits."""
    browser = Browser()
    yield browser
    browser.close()


def test_the_page_shows_every_operation(browser, stacks):
    """With nothing in the console, no file missing, and nothing that its own policy forbids."""
    stack = stacks({}).start()
    page = browser.visit(stack)
    assert page["complaints"] == []
    assert page["title"] == "qianqiao 千桥 · API"
    paths = stack.ask("/openapi.json").json()["paths"]
    described = {f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS & item.keys()}
    assert set(page["operations"]) == described and len(page["operations"]) == len(described)


def test_requests_with_the_key_work(browser, stacks):
    """The models, and an answer of the demo; nobody else hears of it, and the key is in no address."""
    stack = stacks({}).start()
    page = browser.visit(stack, MODELS, CHAT, key=stack.key)
    models, chat = page["answers"]
    assert models["status"] == 200
    assert [model["id"] for model in models["body"]["data"]] == ["auto", "demo"]
    assert chat["status"] == 200 and chat["body"]["object"] == "chat.completion"
    assert "CN_ACCOUNT_1_COOKIE" in chat["body"]["choices"][0]["message"]["content"]
    assert page["complaints"] == []
    addresses = page["requests"]
    assert stack.key not in str(addresses)
    assert {f"{origin(stack)}{path}" for path in ("/docs", MODELS["path"], CHAT["path"])} <= set(addresses)
    assert all(address.startswith(f"{origin(stack)}/") for address in addresses), addresses


def test_requests_without_a_key_are_refused(browser, stacks):
    """And the page shows by what. The browser itself complains of the status, and of nothing else."""
    stack = stacks({}).start()
    page = browser.visit(stack, MODELS, CHAT)
    assert [answer["status"] for answer in page["answers"]] == [401, 401]
    assert [answer["body"]["error"]["code"] for answer in page["answers"]] == ["invalid_api_key"] * 2
    assert len(page["complaints"]) == 2 and all("401" in said for said in page["complaints"]), page["complaints"]


def test_a_phone_shows_it_without_scrolling_sideways(browser, stacks):
    """Also when operations are open and answers are shown."""
    stack = stacks({}).start()
    page = browser.visit(stack, MODELS, CHAT, UPLOAD, key=stack.key, width=NARROW)
    assert page["answers"][0]["status"] == 200
    assert page["width"] <= NARROW
