"""Accounts at the console: the first one, whatever can be pasted, one that falls ill and recovers while one looks."""

import re

import pytest
from playwright.sync_api import expect

from fake import FIXTURES
from owner import OK_END, plan, taking_in
from patience import until
from test_accounts import FORMS, TICKET, UNUSABLE, sample

QIANWEN = "Qianwen 通义千问"


@pytest.fixture(scope="module")
def taking(fake):
    """A stack that takes in whatever is pasted."""
    with taking_in(fake) as owner:
        yield owner


def of_qianwen(stack):
    """The accounts of the web chat."""
    return [id for id, account in stack.accounts().items() if account["provider"] == "qianwen"]


def add(console):
    """Opens the form for a new account."""
    console.button("Add account").click()
    return console.page.get_by_role("dialog", name="Add an account")


def reading(console):
    """What the service understood."""
    return console.page.get_by_role("region", name="What was understood")


def test_every_form_of_paste(consoles, taking, fake):
    """What it is stands there before anything is saved; saved, the account is shown and the pasted text is gone."""
    console = consoles(taking).open("accounts").sign_in()
    for number, (name, form) in enumerate(FORMS.items()):
        dialog = add(console)
        dialog.get_by_label("Paste anything").fill(sample(name))
        expect(reading(console)).to_contain_text(f"This is {form} of {QIANWEN}.")
        expect(reading(console)).to_contain_text("tongyi_sso_ticket")
        expect(reading(console)).to_contain_text("is there already" if number else "A new account.")
        assert len(of_qianwen(taking)) == (2 if number else 1), "nothing is saved before one says so"
        dialog.get_by_role("button", name="Save account").click()
        expect(console.page.get_by_role("status").filter(has_text="sign-in")).to_contain_text(
            "has its new sign-in, and it works" if number else "was added and its sign-in works"
        )
        expect(dialog).to_have_count(0)
        assert "SECRET" not in console.text() and "SECRET" not in console.page.content(), name
    link = console.page.get_by_role("link", name="qianwen-p1", exact=True)
    expect(console.page.get_by_role("listitem").filter(has=link)).to_contain_text("Ready")
    assert fake.requests(TICKET, "member"), "the site was asked with the ticket, byte for byte"
    assert len(of_qianwen(taking)) == 2


def test_what_cannot_be_used_says_what_to_copy(consoles, taking):
    """Before and after somebody insists on saving it."""
    console = consoles(taking).open("accounts").sign_in()
    console.allow("400")
    for name, told in UNUSABLE.items():
        dialog = add(console)
        dialog.get_by_label("Paste anything").fill(sample(name))
        expect(reading(console)).to_contain_text("Not usable as it is")
        expect(reading(console)).to_contain_text(told)
        dialog.get_by_role("button", name="Save account").click()
        expect(dialog.get_by_role("alert").filter(has_text=told)).to_be_visible()
        console.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def test_a_file_is_taken_as_well(consoles, taking):
    """A HAR file, of which only the requests are sent."""
    console = consoles(taking).open("accounts").sign_in()
    dialog = add(console)
    with console.page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose a file").first.click()
    chooser.value.set_files(FIXTURES / "paste" / "har.json")
    expect(dialog.get_by_text("har.json")).to_be_visible()
    expect(reading(console)).to_contain_text("This is a HAR file of")
    dialog.get_by_role("button", name="Take the file out").click()
    expect(dialog.get_by_label("Paste anything")).to_be_visible()


def test_a_key_of_a_service_asks_whose_it_is(consoles, taking):
    """A key says nothing of where it belongs; the owner chooses, names it and gives it a limit."""
    console = consoles(taking).open("accounts").sign_in()
    console.allow("400")
    dialog = add(console)
    dialog.get_by_label("Paste anything").fill("sk-ok~cut77")
    dialog.get_by_label("Whose is it?").select_option("openai_compatible")
    expect(reading(console)).to_contain_text("A new account.")
    dialog.get_by_label("Name").fill("The paid one")
    dialog.get_by_text("Limits", exact=True).click()
    dialog.get_by_label("Requests a day").fill("7")
    dialog.get_by_role("button", name="Save account").click()
    expect(console.page.get_by_role("status").filter(has_text="The paid one was added")).to_be_visible()
    console.page.get_by_role("link", name="The paid one").click()
    drawer = console.page.get_by_role("dialog", name="The paid one")
    expect(drawer).to_contain_text("of 7")
    assert taking.accounts()["openai_compatible-p1"]["limits"] == {"requests_per_day": 7}


def test_the_first_run(consoles, stacks, fake):
    """Nothing but the demo: the overview says what to do, and the playground answers already."""
    stack = stacks({"QIANWEN_BASE_URL": fake.url}).start()
    console = consoles(stack).open().sign_in()
    expect(console.page.get_by_text("Three steps to your first account")).to_be_visible()
    assert console.axe() == []
    console.page.get_by_role("link", name="Try the demo first").click()
    console.expect_page("playground")
    console.page.get_by_label("Your question").fill("Hello there")
    console.button("Send").click()
    expect(console.page.get_by_role("article", name="Answer of")).to_contain_text("CN_ACCOUNT_1_COOKIE")
    console.go("overview")
    console.page.get_by_role("link", name="Add an account").click()
    console.expect_page("accounts")
    console.page.get_by_label("Paste anything").fill("tongyi_sso_ticket=ok~user-firstrun")
    console.button("Save account").click()
    expect(console.page.get_by_text("was added and its sign-in works")).to_be_visible()
    console.go("overview")
    expect(console.page.get_by_text("All is well: the account is ready.")).to_be_visible()
    assert stack.chat().text().endswith(OK_END)


def test_an_account_falls_ill_and_recovers_before_ones_eyes(consoles, owner, fake):
    """On the overview and in the list, with the reason, what to do and when, and without loading the page anew."""
    plan(fake, "turning", "ok~user-turning")
    stack = owner("turning")
    stack.until_checked("qianwen-1")
    console = consoles(stack).open().sign_in()
    page = console.page
    page.evaluate("window.here = true")
    arch = page.get_by_role("region", name="Accounts").get_by_role("link", name=re.compile("^qianwen-1"))
    expect(arch).to_contain_text("Ready")
    expect(page.get_by_text("All is well")).to_be_visible()
    plan(fake, "turning", "expired~user-turning")
    assert stack.chat().status == 503
    expect(arch).to_contain_text("Signed out")
    expect(page.get_by_text("No account can answer now, and one needs you.")).to_be_visible()
    expect(console.menu("accounts")).to_have_accessible_name(re.compile("Needs you: ?1"))
    page.get_by_role("link", name=re.compile("^See to it")).click()
    drawer = page.get_by_role("dialog", name="qianwen-1")
    expect(drawer).to_contain_text("https://www.qianwen.com/")
    expect(drawer).to_contain_text("Checked again in")
    drawer.get_by_role("tab", name="History").click()
    happened = drawer.get_by_role("list", name="What happened, newest first").get_by_role("listitem")
    expect(happened.first).to_contain_text("Signed out")
    drawer.get_by_role("tab", name="Now").click()
    plan(fake, "turning", "ok~user-turning")
    drawer.get_by_role("button", name="Paste a new sign-in: qianwen-1").click()
    dialog = page.get_by_role("dialog", name="A new sign-in for qianwen-1")
    dialog.get_by_label("Paste anything").fill("tongyi_sso_ticket=turning; cna=2")
    expect(reading(console)).to_contain_text("saving renews its sign-in")
    dialog.get_by_role("button", name="Save sign-in").click()
    expect(page.get_by_text("qianwen-1 has its new sign-in, and it works.")).to_be_visible()
    console.go("overview")
    expect(arch).to_contain_text("Ready")
    expect(page.get_by_text("All is well")).to_be_visible()
    assert page.evaluate("window.here"), "the page was never loaded anew"


def test_an_account_that_rests_counts_down_and_comes_back(consoles, owner, fake):
    """The first request after the rest tries it again, and the page follows."""
    plan(fake, "resting", "429-after-4~user-resting")
    stack = owner("resting")
    stack.until_checked("qianwen-1")
    console = consoles(stack).open("accounts").sign_in()
    assert stack.chat().status == 429
    account = console.page.get_by_role("listitem").filter(has=console.page.get_by_role("link", name="qianwen-1"))
    expect(account).to_contain_text("Resting")
    expect(account).to_contain_text(re.compile(r"Tried again in \d s"))
    plan(fake, "resting", "ok~user-resting")
    until(lambda: stack.chat().status == 200, 20)
    expect(account).to_contain_text("Ready")


def test_switched_off_named_and_removed(consoles, owner):
    """What an owner does to an account, each with its word."""
    stack = owner("ok~user-a", "ok~user-b")
    console = consoles(stack).open("accounts").sign_in()
    page = console.page
    page.get_by_role("link", name="qianwen-2").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Switch off: qianwen-2").click()
    expect(drawer).to_contain_text("Off")
    assert stack.account("qianwen-2")["state"] == "disabled"
    drawer.get_by_role("button", name="Switch on: qianwen-2").click()
    expect(drawer).to_contain_text("Ready")
    drawer.get_by_role("button", name="Test now: qianwen-2").click()
    expect(drawer).to_contain_text("Signed in")
    drawer.get_by_role("tab", name="Name and limits").click()
    drawer.get_by_label("Name", exact=True).fill("小明's second")
    drawer.get_by_label("Requests a minute").fill("5")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="小明's second", level=2)).to_be_visible()
    assert stack.account("qianwen-2")["limits"] == {"requests_per_minute": 5}
    drawer.get_by_role("button", name="Remove account").click()
    question = page.get_by_role("dialog", name="Remove 小明's second?")
    question.get_by_role("button", name="Remove account").click()
    expect(page.get_by_role("link", name="小明's second")).to_have_count(0)
    assert list(stack.accounts()) == ["qianwen-1"]
