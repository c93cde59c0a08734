"""Keys at the console: made there, used by the SDK, used up, paused, revoked. Shown once, and never again."""

import re
import time

import pytest
from openai import AuthenticationError, NotFoundError, OpenAI, RateLimitError
from playwright.sync_api import expect

from console import WORDS
from owner import OK_END
from patience import until

QUESTION = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def stack(owner):
    """A stack with one account."""
    return owner("ok~user-keys")


def client(stack, key):
    """OpenAI's library, as a friend uses it."""
    return OpenAI(base_url=f"http://127.0.0.1:{stack.port}/v1", api_key=key, max_retries=0)


def make(console, name, **limits):
    """Makes a key in the page, and returns it as it is shown this once."""
    console.button("New key").click()
    dialog = console.page.get_by_role("dialog", name="New key", exact=True)
    for label in ("Requests per minute", "Requests per day", "Tokens per minute", "Tokens per day"):
        dialog.get_by_label(label).fill(str(limits.get(label.lower().replace(" ", "_"), "")))
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_role("button", name="Make the key").click()
    return secret(console, name)


def secret(console, name):
    """Reads the new key, and closes its only showing."""
    dialog = console.page.get_by_role("dialog", name=f"New key: {name}")
    shown = dialog.locator("code", has_text=re.compile(r"^qq-[\w-]{20,}$")).inner_text()
    dialog.get_by_role("button", name="Done").click()
    dialog.get_by_role("button", name="Yes, close").click()
    expect(dialog).to_have_count(0)
    assert shown not in console.page.content() and shown not in console.text()
    return shown


def row(console, name):
    """A key's line in the list."""
    return console.page.get_by_role("listitem").filter(has=console.page.get_by_role("heading", name=name, exact=True))


def early_in_a_minute():
    """A minute's count must not begin anew while a test uses it up."""
    until(lambda: time.time() % 60 < 45, 20)


def test_from_its_making_to_its_end(consoles, stack):
    """Made in the page, used by the SDK, used up and shown so, revoked in the page, refused at once."""
    console = consoles(stack).open("keys").sign_in().expect_page("keys")
    expect(console.page.get_by_text("No keys for others yet")).to_be_visible()
    early_in_a_minute()
    friend = client(stack, make(console, "小红's laptop", requests_per_minute=2))
    line = row(console, "小红's laptop")
    expect(line).to_contain_text("Active")
    for _ in range(2):
        answer = friend.chat.completions.create(model="auto", messages=QUESTION)
        assert answer.choices[0].message.content.endswith(OK_END)
    with pytest.raises(RateLimitError) as refused:
        friend.chat.completions.create(model="auto", messages=QUESTION)
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 60
    expect(line.get_by_role("meter", name="Requests this minute")).to_have_attribute("aria-valuenow", "2")
    expect(line).to_contain_text("2 of 2")
    line.get_by_role("button", name="Revoke 小红's laptop").click()
    console.page.get_by_role("dialog").get_by_role("button", name="Revoke for good").click()
    expect(line).to_have_count(0)
    with pytest.raises(AuthenticationError):
        friend.models.list()
    console.page.get_by_text("1 revoked key").click()
    expect(row(console, "小红's laptop")).to_contain_text("Revoked")
    console.go("requests")
    outcomes = console.page.get_by_role("table", name="Requests").get_by_role("row")
    expect(outcomes.filter(has_text="小红's laptop")).to_have_count(3)
    expect(outcomes.filter(has_text="Over limit")).to_have_count(1)


def test_it_is_shown_only_once(consoles, stack):
    """Leaving before it is copied is asked about; afterwards nobody finds it, also not in what the service says."""
    console = consoles(stack).open("keys").sign_in().expect_page("keys")
    console.button("New key").click()
    dialog = console.page.get_by_role("dialog", name="New key", exact=True)
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.get_by_role("alert").filter(has_text="Give it a name")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("An app")
    dialog.get_by_role("button", name="Make the key").click()
    shown = console.page.get_by_role("dialog", name="New key: An app")
    expect(shown).to_be_visible()
    # Browsers let nobody be kept in a dialog for ever: the second one in a row would close it by force.
    for _ in range(3):
        console.page.keyboard.press("Escape")
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="Done").click()
    expect(shown.get_by_role("alertdialog", name="Have you copied the key?")).to_be_visible()
    assert console.axe() == []
    shown.get_by_role("button", name="Back to the key").click()
    key = secret(console, "An app")
    said = stack.ask("/admin/api/keys").body.decode()
    assert key not in said and key[-4:] in said
    console.page.reload()
    expect(row(console, "An app")).to_contain_text(key[-4:])
    assert key not in console.page.content()
    assert console.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])").find(key) < 0


def test_only_its_models_and_paused(consoles, stack):
    """A key for one model sees and uses only that; paused it is refused until it is resumed."""
    console = consoles(stack).open("keys").sign_in().expect_page("keys")
    console.button("New key").click()
    dialog = console.page.get_by_role("dialog", name="New key", exact=True)
    dialog.get_by_label("Name", exact=True).fill("One model")
    dialog.get_by_label("Search models").fill("Qwen3.8")
    dialog.get_by_role("checkbox", name="Qwen3.8-Max").check()
    dialog.get_by_role("button", name="Make the key").click()
    friend = client(stack, secret(console, "One model"))
    assert [model.id for model in friend.models.list()] == ["Qwen3.8-Max"]
    with pytest.raises(NotFoundError):
        friend.chat.completions.create(model="Qwen", messages=QUESTION)
    line = row(console, "One model")
    expect(line).to_contain_text("1 model: Qwen3.8-Max")
    line.get_by_role("button", name="Pause One model").click()
    expect(line).to_contain_text("Paused")
    with pytest.raises(AuthenticationError, match="paused"):
        friend.chat.completions.create(model="Qwen3.8-Max", messages=QUESTION)
    line.get_by_role("button", name="Resume One model").click()
    expect(line).to_contain_text("Active")
    assert friend.chat.completions.create(model="Qwen3.8-Max", messages=QUESTION).choices[0].message.content
    line.get_by_role("button", name="Edit One model").click()
    change = console.page.get_by_role("dialog", name="Edit One model")
    change.get_by_label("Requests per day").fill("1")
    change.get_by_role("button", name="Save").click()
    expect(change).to_have_count(0)
    expect(line).to_contain_text("of 1")


def test_a_friends_key_does_not_open_the_console(consoles, stack):
    """It is told apart from a wrong one, because people try it."""
    console = consoles(stack).open("keys").sign_in().expect_page("keys")
    key = make(console, "A friend")
    assert stack.ask("/admin/api/keys", key=key).status in (401, 403)
    console.sign_out()
    console.allow("401", "403")
    console.try_key(key)
    expect(console.page.get_by_role("alert")).to_contain_text("Keys made for friends do not open the console")
    expect(console.button(WORDS["en"]["sign_in"])).to_be_visible()


def test_connect_makes_a_key_that_works(consoles, stack):
    """A key for an app, tried at once; masked where it is shown."""
    console = consoles(stack).open("connect").sign_in().expect_page("connect")
    console.page.get_by_role("radio", name="Make a key").check()
    console.page.get_by_label("Name of the key").fill("NextChat")
    console.button("Make key").click()
    expect(console.page.get_by_text("Key “NextChat” is made")).to_be_visible()
    console.button("Test this").click()
    expect(console.page.get_by_text(re.compile(r"^It works"))).to_be_visible()
    assert [key["name"] for key in stack.ask("/admin/api/keys").json()["keys"]] == ["NextChat"]
    assert not re.search(r"qq-[\w-]{20,}", console.text()), "shown masked"
