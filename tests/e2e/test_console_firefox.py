"""The console in the other engine: every page, what changes by itself, an answer that streams, and the way out."""

import pytest

from console import LOCALES, PAGES, SIDEWAYS, THEMES, WORDS
from firefox import Firefox
from gallery import SAID, model
from owner import plan
from patience import until
from test_console_playground import unseen_picture

KEY = "//input[@name='password']"
QUESTION = "//form//textarea[@rows='2']"
FORCED = "layout.css.prefers-color-scheme.content-override"


@pytest.fixture(scope="module")
def program():
    """One browser for all tests of this file."""
    browser = Firefox()
    yield browser
    browser.close()


@pytest.fixture
def firefox(program):
    """The same, as everybody has it at first."""
    for name, value in {"intl.accept_languages": LOCALES["en"], FORCED: 1}.items():
        program.setting(name, value)
    program.width(0)
    return program


def sign_in(firefox, stack, page=""):
    """Opens a page and signs in; returns where the console is at home."""
    home = f"http://127.0.0.1:{stack.port}"
    firefox.go(f"{home}/#/{page}")
    firefox.type(KEY, stack.key)
    firefox.type(KEY, "Enter")
    firefox.element("//main//h1[@tabindex]")
    return home


def sideways():
    """The script that looks for what stands out at the side, as Firefox's protocol takes it."""
    return f"return ({SIDEWAYS})()"


def test_every_page(firefox, owner, fake):
    """In both languages, light and dark, wide and narrow: it is there, nothing complains, nothing stands out."""
    stack = owner("ok~user-fox", "expired~user-fox-gone", OPENAI_COMPATIBLE_BASE_URL=f"{fake.url}/v1")
    stack.done("keys", body={"name": "A friend", "limits": {"requests_per_day": 40}})
    assert stack.chat().status == 200
    home = sign_in(firefox, stack)
    cookie = firefox.ask("WebDriver:GetCookies")[0]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and firefox.run("return document.cookie") == ""
    for (language, locale), theme, width in zip(LOCALES.items(), reversed(THEMES), (0, 320)):
        firefox.setting("intl.accept_languages", locale)
        firefox.setting(FORCED, THEMES[::-1].index(theme))
        firefox.width(width)
        firefox.go(f"{home}/?{language}")
        for name, titles in PAGES.items():
            firefox.go(f"{home}/?{language}#/{name}")
            firefox.element(f"//main//h1[text()='{titles[language]}']")
            until(lambda: not loading(firefox, language), 10, f"{name} has loaded")
            assert firefox.run("return document.documentElement.dataset.theme") == theme
            assert firefox.run(sideways()) == [], name
    assert firefox.complaints(home) == []


def loading(firefox, language):
    """Whether something still has to come."""
    return firefox.run(
        "return document.querySelector('[aria-busy=true]') !== null || document.body.innerText.includes(arguments[0])",
        WORDS[language]["loading"],
    )


def test_what_changes_is_shown_at_once(firefox, owner, fake):
    """An account that falls ill, and a service that was started anew."""
    plan(fake, "fox-turning", "ok~user-fox-turning")
    stack = owner("fox-turning")
    stack.until_checked("qianwen-1")
    home = sign_in(firefox, stack)
    firefox.shows("All is well")
    plan(fake, "fox-turning", "expired~user-fox-turning")
    assert stack.chat().status == 503
    firefox.shows("Signed out")
    stack.restart()
    firefox.shows("Service restarted")
    firefox.shows("Signed out")
    assert firefox.complaints(home) == []


def test_an_account_a_key_and_the_way_out(firefox, owner):
    """What an owner does first; and signed out, nothing is left."""
    stack = owner("ok~user-fox-first")
    home = sign_in(firefox, stack, "accounts")
    firefox.click("//button[.='Add account']")
    firefox.type("//dialog//textarea", "tongyi_sso_ticket=ok~user-fox-second")
    firefox.shows("A new account.")
    firefox.click("//dialog//button[.='Save account']")
    firefox.shows("was added and its sign-in works")
    assert len(stack.accounts()) == 2
    firefox.go(f"{home}/#/keys")
    firefox.click("//button[.='New key']")
    firefox.type("//dialog//label[.='Name']/following-sibling::input", "Fox")
    firefox.type("//dialog//label[.='Name']/following-sibling::input", "Enter")
    secret = until(lambda: firefox.run(SECRET), 10, "the key is shown")
    assert stack.ask("/v1/models", key=secret).status == 200
    firefox.click("//dialog//button[.='Done']")
    firefox.click("//button[starts-with(., 'Yes, close')]")
    firefox.click("//button[@title='Sign out']")
    firefox.element(KEY)
    assert firefox.ask("WebDriver:GetCookies") == [] and secret not in firefox.run("return document.body.outerHTML")
    assert firefox.complaints(home) == []


SECRET = """
  const shown = [...document.querySelectorAll('dialog code')].map(one => one.innerText);
  return shown.find(one => /^qq-.{20}/.test(one));
"""


def test_the_playground(firefox, gallery, fake, tmp_path):
    """An answer comes piece by piece and can be stopped, which the upstream notices; a picture goes along."""
    home = sign_in(firefox, gallery, f"playground?model={model('qianwen', 'endless')}")
    before = fake.counts("endless")["cancelled"]
    firefox.type(QUESTION, "Go on")
    firefox.type(QUESTION, "Enter")
    until(lambda: len(firefox.run(ANSWERED)) > 30, 10, "the answer comes")
    firefox.click("//button[.='Stop']")
    fake.until("endless", "cancelled", before + 1, limit_s=10)
    firefox.shows("Stopped")
    fake.say(SAID, "A red point.")
    picture = tmp_path / "red.png"
    picture.write_bytes(unseen_picture())
    uploads = fake.journal()["uploads"].get(SAID, 0)
    firefox.go(f"{home}/#/playground?model={model('qianwen', SAID)}")
    field = firefox.ask("WebDriver:FindElement", using="css selector", value="input[type=file]")
    (id,) = field.values()
    firefox.ask("WebDriver:ElementSendKeys", id=id, text=str(picture))
    firefox.shows("red.png")
    firefox.type(QUESTION, "What is this?")
    firefox.type(QUESTION, "Enter")
    firefox.shows("A red point.")
    assert fake.journal()["uploads"].get(SAID, 0) == uploads + 1
    firefox.click("//button[@title='Sign out']")
    firefox.element(KEY)
    assert firefox.complaints(home) == []


ANSWERED = "return [...document.querySelectorAll('article .md')].at(-1)?.innerText ?? ''"


def test_complaints_are_heard(firefox, owner):
    """Of a script, and of the policy: what the other tests find none of."""
    home = sign_in(firefox, owner("ok~user-fox-wrong"))
    assert firefox.complaints(home) == []
    firefox.run("const one = document.createElement('script'); one.textContent = '0'; document.body.append(one)")
    firefox.run("setTimeout(() => { throw new Error('torn') })")
    for word in ("Content-Security-Policy", "torn"):
        until(lambda: word in str(firefox.complaints(home)), 5, lambda: f"{word} in {firefox.complaints(home)}")
