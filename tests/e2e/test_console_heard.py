"""The console as a screen reader is told of it: names, states, landmarks, what is read aloud, where the focus goes."""

import re

import pytest
from playwright.sync_api import expect

from console import LOCALES, PAGES, WORDS
from gallery import SAID, model
from heard import disordered, heard, nameless, said_aloud, stateless, unlike_a_dialog
from owner import Owner, plan
from patience import until

# Each countdown on the page that stands where its every second would be read aloud.
RESTLESS = """() => [...document.querySelectorAll('time.countdown')]
  .filter(one => one.closest('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]'))
  .map(one => one.closest('[aria-live], [role]').outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def told(fake):
    """A stack with an account that is signed out, one that rests, a key and some calls."""
    settings = {"OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1", "MODEL_TO_ACCOUNT_MAP": '{"resting": 3}'}
    owner = Owner(fake, "ok~user-heard", "gone", "tired~user-tired", **settings)
    plan(fake, "gone", "ok~user-gone")
    plan(fake, "tired~user-tired", "429-after-120~user-tired")
    owner.start()
    try:
        owner.until_checked("qianwen-1", "qianwen-2", "qianwen-3")
        owner.done("keys", body={"name": "A friend", "limits": {"requests_per_day": 40}})
        assert owner.chat("Qwen").status == 200
        assert owner.chat("no-such-model").status == 404
        assert owner.chat("resting").status == 429
        plan(fake, "gone", "expired~user-gone")
        owner.ask("/admin/api/accounts/qianwen-2/test", "POST")
        owner.until_state("qianwen-2", "expired", limit_s=30)
        owner.until_state("qianwen-3", "cooling", "exhausted")
        yield owner
        assert owner.stop() == 0 and "panicked" not in owner.output()
    finally:
        owner.close()


@pytest.mark.parametrize("language", LOCALES)
def test_each_page(consoles, told, language):
    """One heading above all, its landmarks, a name and a state for each control, and no countdown that is read out."""
    console = consoles(told, language=language).open()
    expect(console.key_field()).to_be_focused()
    tree = heard(console.page)
    assert nameless(tree) + disordered(tree) + stateless(tree) == [] and len(tree.of("main")) == 1
    console.sign_in()
    expect(console.h1()).to_be_focused()
    for name in [*PAGES][1:] + ["overview"]:
        console.go(name)
        expect(console.h1()).to_be_focused()
        tree = heard(console.page)
        assert nameless(tree) + disordered(tree) + stateless(tree) == [], name
        assert [one.name for one in tree.of("main")] == [PAGES[name][language]]
        assert len(tree.of("banner")) == 1 and not tree.of("complementary")
        assert all(one.name for one in tree.of("navigation", "region")), name
        assert tree.name.startswith(PAGES[name][language])
        assert console.page.evaluate(RESTLESS) == [], name
    console.open("accounts").expect_page("accounts")
    expect(console.page.locator("time.countdown").first).to_be_visible()
    assert console.page.evaluate(RESTLESS) == []


@pytest.mark.parametrize("language", LOCALES)
def test_a_phone_has_the_same_landmarks(consoles, told, language):
    """The bar on top stands for the sidebar, and the menu is a dialog with the pages."""
    console = consoles(told, language=language, width=320).open().sign_in()
    tree = heard(console.page)
    assert len(tree.of("banner")) == len(tree.of("main")) == 1 and nameless(tree) == []
    menu = console.button(WORDS[language]["menu"])
    assert expanded(console, WORDS[language]["menu"]) is False
    menu.click()
    expect(console.page.get_by_role("dialog")).to_be_visible()
    (dialog,) = heard(console.page).of("dialog")
    assert unlike_a_dialog(dialog) == [] and len(dialog.of("navigation")) == 1


def expanded(console, name):
    """Whether the button of this name says that what it opens is open."""
    return next(one for one in heard(console.page).of("button") if one.name == name).states["expanded"]


def test_charts_have_their_figures(consoles, told):
    """Each is a picture with a sentence, and a table that says what is drawn."""
    console = consoles(told).open().sign_in()
    for name, least in (("overview", 2), ("usage", 1)):
        console.go(name)
        expect(console.page.get_by_role("figure").locator("canvas").first).to_be_attached()
        until(lambda: len(charts(console)) >= least, 10, lambda: f"{name} has {least} charts")
        for chart in charts(console):
            (picture,), (table,) = chart.of("image"), chart.of("table")
            assert re.search(r"\d", picture.name), "its sentence has the figures"
            figures = " ".join(one.text() for one in table.of("cell", "gridcell"))
            assert len(table.of("row")) > 2 and re.search(r"[1-9]", figures), figures


def charts(console):
    """The figures that are drawings, as they are heard."""
    return [one for one in heard(console.page).of("figure") if one.of("table")]


def test_what_is_chosen_is_said(consoles, told):
    """Tabs, segments, switches, buttons that stay down, sorted columns and the page where one is."""
    console = consoles(told).open("settings").sign_in().expect_page("settings")
    page = console.page
    assert chosen(console, "tab", "selected") == ["Behaviour"]
    page.get_by_role("tab", name="Notices").click()
    assert chosen(console, "tab", "selected") == ["Notices"]
    expect(console.menu("settings")).to_have_attribute("aria-current", "page")
    console.go("usage")
    page.get_by_role("radio", name="30 days").locator("..").click()
    assert chosen(console, "radio", "checked", "true")[0] == "30 days"
    console.go("models")
    shown = page.get_by_role("switch").first
    assert "auto in lists" in chosen(console, "switch", "checked", "true")
    expect(shown).to_be_checked()
    page.get_by_role("button", name="What it is", exact=True).click()
    expect(page.get_by_role("columnheader", name="What it is")).to_have_attribute("aria-sort", "ascending")
    console.go("connect")
    console.button("curl").click()
    assert chosen(console, "button", "pressed", "true") == ["curl"]
    console.go("playground")
    page.get_by_text("Sampling and format").click()
    assert chosen(console, "DisclosureTriangle", "expanded") == ["Sampling and format"]


def chosen(console, role, state, value=True):
    """The names of those that say of themselves that they are."""
    return [one.name for one in heard(console.page).of(role) if one.states.get(state) == value]


def test_an_account_that_falls_ill_is_told_wherever_one_is(consoles, owner, fake):
    """On the overview with what to do, on any other page by its name; and that it is well again."""
    plan(fake, "falling", "ok~user-falling")
    stack = owner("falling", "ok~user-standing")
    stack.until_checked("qianwen-1", "qianwen-2")
    tabs = [consoles(stack).open(name).sign_in().expect_page(name) for name in ("overview", "keys")]
    plan(fake, "falling", "expired~user-falling")
    stack.admin("accounts/qianwen-1/test", "POST")
    aloud(tabs[0], "See to it")
    aloud(tabs[1], "qianwen-1: Signed out")
    plan(fake, "falling", "ok~user-falling")
    stack.done("accounts/qianwen-1/enable")
    for tab in tabs:
        aloud(tab, "qianwen-1: Ready")


def aloud(console, text):
    """Waits until this is read out."""
    live = lambda: [one.text() for one in heard(console.page).all() if one.is_live()]
    until(lambda: said_aloud(console.page, text), 15, lambda: f"{text!r} is read out, but {live()}")


def test_what_was_done_is_told_also_over_a_dialog(consoles, told):
    """A toast is heard, and its button reached, where a dialog lies over the page and takes everything else away."""
    console = consoles(told).open("keys").sign_in().expect_page("keys")
    console.button("Pause A friend").click()
    aloud(console, "A friend")
    console.button("Resume A friend").click()
    console.open("accounts", id="qianwen-1")
    drawer = console.page.get_by_role("dialog", name="qianwen-1")
    drawer.get_by_role("button", name="Switch off: qianwen-1").click()
    aloud(console, "qianwen-1 is switched off.")
    toasts = drawer.get_by_role("status")
    toasts.get_by_role("button", name="Dismiss").last.click()
    expect(toasts).not_to_contain_text("qianwen-1")
    drawer.get_by_role("button", name="Switch on: qianwen-1").click()
    aloud(console, "qianwen-1 is used again.")
    expect(drawer.locator("button:focus")).to_have_count(1)
    assert unlike_a_dialog(heard(console.page).of("dialog")[0]) == []


def test_refusals_are_told(consoles, owner):
    """A wrong key, a form that lacks something, and a session that ended."""
    stack = owner("ok~user-refused")
    console = consoles(stack).open()
    console.allow("401")
    console.try_key("qq-this-is-not-the-key-0123456789")
    aloud(console, "This is not the master key")
    console.try_key(stack.key)
    console.expect_page("overview").go("keys")
    console.button("New key").click()
    console.page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Make|Create)")).click()
    until(lambda: console.page.get_by_role("alert").locator("visible=true").count(), 5)
    aloud(console, console.page.get_by_role("alert").locator("visible=true").first.inner_text().strip())
    stack.done("sessions", "DELETE")
    expect(console.key_field()).to_be_focused()
    aloud(console, "Your session has ended")


def test_the_playground_tells_of_the_answer(consoles, gallery, fake):
    """When it begins, and what it is when it is there; and what is wrong with a picture."""
    fake.say(SAID, "Nine arches.")
    console = consoles(gallery).open("playground", model=model("qianwen", SAID)).sign_in().expect_page("playground")
    console.page.get_by_label("Your question").fill("How many?")
    console.page.keyboard.press("Enter")
    aloud(console, "Nine arches.")
    expect(console.page.get_by_label("Your question")).to_be_focused()
    chooser = console.page.locator("input[type=file]")
    chooser.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    aloud(console, "notes.txt: not a PNG")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_toast_leaves_the_buttons_of_a_dialog_free(consoles, told, width):
    """One need not wait until it is gone."""
    console = consoles(told, width=width).open("keys").sign_in().expect_page("keys")
    for switch in ("Pause", "Resume"):
        console.button(f"{switch} A friend").click()
        expect(console.page.get_by_role("status").filter(has_text="A friend")).to_be_visible()
    console.button("New key").click()
    dialog = console.page.get_by_role("dialog", name="New key")
    expect(dialog.get_by_role("status").filter(has_text="A friend")).to_be_visible()
    for name in ("Make the key", "Cancel"):
        dialog.get_by_role("button", name=name).click(trial=True, timeout=1500)


# Where a dialog is opened, and by which button.
DIALOGS = [
    ("accounts", "link", "qianwen-1"),
    ("accounts", "button", "Add account"),
    ("keys", "button", "New key"),
    ("keys", "button", "Edit A friend"),
    ("keys", "button", "Revoke A friend"),
    ("models", "button", "Change who is asked for auto"),
]


def test_dialogs(consoles, told):
    """Each is one, has a name, holds the focus, and gives it back."""
    console = consoles(told).open().sign_in()
    for name, role, opener in DIALOGS:
        console.go(name)
        by = console.page.get_by_role(role, name=opener, exact=True)
        by.click()
        expect(console.page.locator("dialog :focus, dialog:focus")).to_have_count(1)
        (dialog,) = heard(console.page).of("dialog")
        assert unlike_a_dialog(dialog) == [], opener
        assert nameless(dialog) + stateless(dialog) == [], opener
        console.page.keyboard.press("Escape")
        expect(console.page.get_by_role("dialog")).to_have_count(0)
        expect(by).to_be_focused()
