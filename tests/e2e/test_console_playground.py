"""The playground: what a model says as it comes, what it thinks, stopping it, what went wrong, and the same as code."""

import base64
import json
import re
import secrets
import subprocess

import pytest
from playwright.sync_api import expect

from gallery import SAID, model
from owner import OK_END
from patience import until

# One red point.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
SAID_MODEL = model("qianwen", SAID)


def unseen_picture():
    """A picture that no account's store has yet: what stands behind its end is different each time."""
    return PNG + secrets.token_bytes(8)


@pytest.fixture
def play(consoles, gallery):
    """A tab at the playground, with a model of the gallery."""

    def play(name=SAID_MODEL):
        return consoles(gallery).open("playground", model=name).sign_in().expect_page("playground")

    return play


def ask(console, text="Hello"):
    """Asks, and returns what stands for the answer."""
    console.page.get_by_label("Your question").fill(text)
    console.page.keyboard.press("Enter")
    return answer(console)


def answer(console):
    """The newest answer."""
    return console.page.get_by_role("article", name=re.compile("^Answer of")).last


def test_an_answer_with_its_figures(play, fake):
    """It is drawn as a document; its time, its tokens, its account and its attempts stand below."""
    fake.say(SAID, "# A bridge\n\nIt has **nine** arches:\n\n- one\n- two\n\n```python\nprint(9)\n```\n")
    console = play()
    said = ask(console)
    expect(said.get_by_role("heading", name="A bridge")).to_be_visible()
    expect(said.locator("strong")).to_have_text("nine")
    expect(said.get_by_role("listitem")).to_have_count(2)
    expect(said.locator("pre")).to_contain_text("print(9)")
    for fact in ("First token", "Total", "In", "Out", "Account", "Attempts"):
        expect(said.get_by_text(fact, exact=True)).to_be_visible()
    assert console.axe() == []
    fake.say(SAID, "Twelve.")
    expect(ask(console, "And the other one?")).to_contain_text("Twelve.")
    asked = json.dumps(fake.last(SAID), ensure_ascii=False)
    assert "And the other one?" in asked and "nine" in asked, "the conversation goes along"


def test_what_a_model_thinks_can_be_opened(play, fake):
    """It is folded away, and apart from the answer."""
    fake.say(SAID, {"text": "Nine.", "reasoning": "Let me count the arches."})
    said = ask(play(model("compatible", SAID)))
    expect(said).to_contain_text("Nine.")
    expect(said.get_by_text("Let me count")).to_have_count(0)
    said.get_by_text("Thought").click()
    expect(said.get_by_text("Let me count the arches.")).to_be_visible()


@pytest.mark.parametrize("way", ["button", "Escape", "another page"])
def test_stopping_cuts_the_upstream(play, fake, way):
    """What came stays; nobody goes on paying for what nobody reads."""
    before = fake.counts("endless")["cancelled"]
    console = play(model("qianwen", "endless"))
    said = ask(console)
    expect(said.locator(".md")).to_have_text(re.compile(r"\S.{30}", re.DOTALL))
    assert fake.counts("endless")["cancelled"] == before, "it still runs"
    if way == "button":
        console.button("Stop").click()
    elif way == "Escape":
        console.page.keyboard.press("Escape")
    else:
        console.page.reload()
    fake.until("endless", "cancelled", before + 1, limit_s=10)
    if way != "another page":
        expect(said).to_contain_text("Stopped")
        expect(console.page.get_by_label("Your question")).to_be_editable()
        expect(said.get_by_role("button", name="Copy")).to_be_visible()


@pytest.mark.parametrize(
    "scenario, status, told",
    [("500", 502, "No answer"), ("expired", 503, "No answer"), ("429-after-7", 429, "try again in")],
)
def test_an_error_is_told_and_can_be_tried_again(play, fake, scenario, status, told):
    """In the service's words, with its code."""
    console = play(model("qianwen", scenario))
    console.allow(str(status))
    said = ask(console)
    expect(said).to_contain_text(told)
    expect(said).to_contain_text("Failed")
    expect(said.locator("code")).not_to_be_empty()
    console.button("Retry").click()
    expect(console.page.get_by_role("article")).to_have_count(2)
    expect(answer(console)).to_contain_text("Failed")


def test_an_answer_that_breaks_off_says_so(play):
    """What came before it stays."""
    said = ask(play(model("qianwen", "reset-mid")))
    expect(said.locator(".md")).not_to_be_empty()
    expect(said).to_contain_text(re.compile("An error ended the answer|The answer broke off"))


def test_a_picture_goes_along(play, fake):
    """Chosen from a file; it is uploaded to the account's own store."""
    fake.say(SAID, "A red point.")
    before = fake.journal()["uploads"].get(SAID, 0)
    console = play()
    with console.page.expect_file_chooser() as chooser:
        console.button("Add picture").click()
    chooser.value.set_files({"name": "red.png", "mimeType": "image/png", "buffer": unseen_picture()})
    expect(console.button("Remove red.png")).to_be_visible()
    assert console.axe() == []
    expect(ask(console, "What is this?")).to_contain_text("A red point.")
    assert fake.journal()["uploads"].get(SAID, 0) == before + 1


def test_tools_are_played_by_hand(play, fake):
    """The model calls, the owner types the result, the model goes on."""
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'}}
    fake.say(SAID, {"tool_calls": [call], "finish": "tool_calls"}, "It is sunny.")
    console = play(model("compatible", SAID))
    console.page.get_by_text("Tools", exact=True).click()
    console.button("Use a sample").click()
    said = ask(console)
    expect(said).to_contain_text("get_weather")
    console.page.get_by_label(re.compile("Result of get_weather")).fill("sunny, 21 degrees")
    console.button("Send results").click()
    expect(answer(console)).to_contain_text("It is sunny.")
    assert "21 degrees" in json.dumps(fake.last(SAID))


def test_the_code_works_in_a_shell(play, gallery, fake):
    """As it is copied, with a key in its place: quotation marks and all."""
    fake.say(SAID, "Nine.")
    console = play()
    console.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = "It's \"quoted\", $HOME `date` \\n and\nnewlines 千桥"
    console.page.get_by_label("System prompt").fill("Don't say 'no'")
    expect(ask(console, text)).to_contain_text("Nine.")
    console.button("Copy as code").click()
    dialog = console.page.get_by_role("dialog", name="Copy as code")
    dialog.get_by_role("button", name=re.compile("^Copy")).last.click()
    expect(dialog.get_by_text("Copied")).to_be_visible()
    command = console.page.evaluate("navigator.clipboard.readText()")
    assert gallery.key not in command
    environment = {"PATH": "/usr/bin:/bin", "KEY": gallery.key}
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, capture_output=True, text=True, env=environment, timeout=30, check=True)
    lines = [line.removeprefix("data: ") for line in done.stdout.splitlines() if line.startswith("data: {")]
    deltas = (choice["delta"] for line in lines for choice in json.loads(line)["choices"])
    assert "".join(delta.get("content") or "" for delta in deltas) == "Nine.", (done.stdout[-500:], done.stderr[-500:])
    asked = json.dumps(fake.last(SAID), ensure_ascii=False)
    assert json.dumps(text, ensure_ascii=False)[1:-1] in asked and "Don't say 'no'" in asked


def test_whole_answers_and_another_model(consoles, owner, fake):
    """Without the stream it works the same, and the model is changed in a list."""
    service = {"OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1", "OPENAI_COMPATIBLE_API_KEY": "sk-ok~cut21"}
    stack = owner("echo~user-whole", **service)
    console = consoles(stack).open("playground", model="Qwen").sign_in().expect_page("playground")
    console.page.get_by_label("Stream the answer").uncheck()
    expect(ask(console, "Say this again")).to_contain_text("Say this again")
    until(lambda: "fake-large" in stack.ask("/v1/models").body.decode(), 10)
    console.page.reload()
    console.page.get_by_label("Model", exact=True).select_option("fake-large")
    expect(ask(console)).to_contain_text(OK_END)
    assert fake.counts("ok~cut21")["completed"] == 1
    assert "model=fake-large" in console.page.url
    console.button("Clear").click()
    expect(console.page.get_by_text("Ask something", exact=True)).to_be_visible()


def test_a_conversation_outlasts_a_look_at_another_page(play, fake):
    """It is in the tab's memory, and gone with the session."""
    fake.say(SAID, "Still here.")
    console = play()
    expect(ask(console)).to_contain_text("Still here.")
    console.go("models").go("playground")
    expect(answer(console)).to_contain_text("Still here.")
    console.sign_out()
    console.sign_in().go("playground")
    until(lambda: "Still here." not in console.text(), 5)
