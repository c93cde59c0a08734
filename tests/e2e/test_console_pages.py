"""Every page of the console as it comes: in both languages, light and dark, wide and narrow, for everybody."""

import re

import pytest
from playwright.sync_api import expect

from browser import NARROW
from console import LOCALES, PAGES, TAGS, THEMES
from owner import Owner, plan

ROOT_FILES = re.compile(r"/assets/[\w.-]+-[\w-]{8}\.(js|css|svg|woff2)")
# A place in a text that nothing was put into, and the name of a text that a language lacks.
GROUPS = "page|shell|live|state|outcome|action|problem|table|chart|meter|time|unit"
UNFILLED = re.compile(rf"\{{\w+\}}|\b(?:{GROUPS})\.[a-z]\w*\b")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def lively(fake):
    """A stack with something to show on every page: accounts that are well and ill, a key, calls of several kinds."""
    owner = Owner(fake, "ok~user-pages", "expired~user-gone", OPENAI_COMPATIBLE_BASE_URL=f"{fake.url}/v1").start()
    try:
        plan(fake, "expired~user-gone", "expired~user-gone")
        owner.done("keys", body={"name": "A friend", "limits": {"requests_per_minute": 3, "requests_per_day": 40}})
        owner.set("models.aliases", {"gpt-4o": "Qwen"})
        assert owner.chat().status == 200
        assert owner.chat("no-such-model").status == 404
        owner.until_state("qianwen-2", "expired", limit_s=30)
        yield owner
        assert owner.stop() == 0 and "panicked" not in owner.output()
    finally:
        owner.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LOCALES)
def test_every_page(consoles, lively, language, theme):
    """Each has its heading in its language, nothing complains, nobody else is asked, axe-core finds nothing grave."""
    console = consoles(lively, language=language, theme=theme).open()
    assert console.axe() == []
    console.sign_in()
    for name in PAGES:
        console.go(name)
        page = console.page
        assert page.title().startswith(PAGES[name][language]), page.title()
        assert page.evaluate("document.documentElement.lang") == TAGS[language]
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        assert not unfilled(console), name
        expect(console.h1()).to_have_count(1)
        assert console.axe() == [], (name, console.axe())
    if language == "zh":
        assert HAN.search(console.page.get_by_role("main").inner_text())


def unfilled(console):
    """What in the page's own words was left open; what stands in code is no text of the page."""
    told = console.page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          for (const one of copy.querySelectorAll('code, pre, textarea, script, option')) one.remove();
          const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
          const found = [];
          while (texts.nextNode()) found.push(texts.currentNode.data);
          return found.join('\\n');
        }"""
    )
    return UNFILLED.findall(told)


@pytest.mark.parametrize("language", LOCALES)
def test_a_phone_shows_every_page(consoles, lively, language):
    """Nothing stands out at the side, and the menu leads everywhere, also to where one is."""
    console = consoles(lively, language=language, width=NARROW, height=640).open()
    assert console.sideways() == []
    console.sign_in()
    for name in PAGES:
        console.go(name)
        assert console.sideways() == [], (name, console.sideways())
        assert console.axe() == [], (name, console.axe())
    console.go("settings")
    console.sign_out()


def test_language_and_theme_are_kept(consoles, lively):
    """Chosen in the page, they hold at once, and in the next tab, too."""
    console = consoles(lively).open().sign_in()
    console.page.get_by_role("button", name="中文").locator("visible=true").click()
    expect(console.h1()).to_have_text(PAGES["overview"]["zh"])
    console.page.get_by_role("button", name="外观").locator("visible=true").click()
    console.page.get_by_role("button", name="外观").locator("visible=true").click()
    html = console.page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    other = console.tab()
    other.goto(console.home)
    expect(other.get_by_role("heading", level=1)).to_have_text(PAGES["overview"]["zh"])
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    expect(other.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_browser_decides_until_one_chooses(consoles, lively):
    """Also while the page is open."""
    console = consoles(lively, language="zh", theme="dark").open()
    html = console.page.locator("html")
    expect(html).to_have_attribute("lang", "zh-CN")
    expect(html).to_have_attribute("data-theme", "dark")
    console.page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")


def test_back_and_forward_and_a_reload(consoles, lively):
    """The browser's own buttons work, and a page's address can be kept."""
    console = consoles(lively).open().sign_in()
    console.go("keys").go("usage")
    console.page.go_back()
    console.expect_page("keys")
    console.page.go_forward()
    console.expect_page("usage")
    console.page.reload()
    console.expect_page("usage")
    console.open("no-such-page")
    expect(console.h1()).to_have_text("No such page")
    console.button("Back to the overview").click()
    console.expect_page("overview")


def test_the_page_is_kept_by_the_browser_and_packed(lively):
    """The files have names of their content and may be kept; the page itself is asked for anew."""
    page = lively.ask("/", key=None)
    assert page.status == 200 and "no-cache" in page.header("cache-control")
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    files = {match[0] for match in ROOT_FILES.finditer(page.body.decode())}
    assert files, page.body
    for file in files:
        for coding in ("br", "gzip"):
            answer = lively.ask(file, key=None, headers={"Accept-Encoding": coding})
            assert answer.status == 200 and answer.header("content-encoding") == coding
            assert answer.header("cache-control") == "public, max-age=31536000, immutable"
    again = lively.ask("/", key=None, headers={"If-None-Match": page.header("etag")})
    assert again.status == 304


def test_a_page_that_was_never_loaded_is_fetched_when_it_is_needed(consoles, lively):
    """Where its file is gone, as after an update, the page says so, and the others go on."""
    console = consoles(lively).open().sign_in()
    console.allow("/assets/", "dynamically imported module")
    console.page.route("**/assets/usage-*.js", lambda route: route.abort())
    console.menu("usage").click()
    expect(console.page.get_by_text("This page could not be loaded")).to_be_visible()
    console.go("keys")
    console.page.unroute("**/assets/usage-*.js")
