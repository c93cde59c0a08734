"""The console in a real browser: a tab as an owner has it, and everything that goes wrong in it."""

import re
import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Error, expect, sync_playwright

from browser import NARROW, WIDE, origin

# What a browser asks its maker about would leave the machine: it finds no other host than this one.
ARGUMENTS = ["--disable-gpu", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
AXE = Path(__file__).resolve().parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
STEP_S = 10
HIGH = 800
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
TAGS = {"en": "en", "zh": "zh-CN"}
THEMES = ("light", "dark")
# Each page's name in the menu, which is also its heading unless `HEADINGS` says otherwise.
PAGES = {
    "overview": {"en": "Overview", "zh": "概览"},
    "accounts": {"en": "Accounts", "zh": "账号"},
    "models": {"en": "Models", "zh": "模型"},
    "keys": {"en": "Keys", "zh": "密钥"},
    "usage": {"en": "Usage", "zh": "用量"},
    "requests": {"en": "Requests", "zh": "请求"},
    "playground": {"en": "Playground", "zh": "试用"},
    "connect": {"en": "Connect", "zh": "接入"},
    "settings": {"en": "Settings", "zh": "设置"},
}
WORDS = {
    "en": {
        "key": "Master key",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "menu": "Menu",
        "loading": "Loading…",
    },
    "zh": {"key": "主密钥", "sign_in": "登录", "sign_out": "退出登录", "menu": "菜单", "loading": "加载中…"},
}
expect.set_options(timeout=STEP_S * 1000)


@contextmanager
def chromium():
    """Debian's browser by itself."""
    with sync_playwright() as playwright, browser_of(playwright) as browser:
        yield browser


@contextmanager
def browser_of(playwright):
    """Debian's browser, without a window and without its sandbox, which would refuse root."""
    program = shutil.which("chromium")
    assert program, "no browser: on Debian, apt-get install chromium"
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    yield browser
    browser.close()


class Console:
    """One tab of a browser that nobody used before. Texts are looked up in the tab's language."""

    def __init__(self, browser, stack, language="en", theme="light", width=WIDE, height=HIGH, scale=1):
        self.stack, self.language, self.words = stack, language, WORDS[language]
        self.narrow = width < 800
        self.home = origin(stack)
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale=LOCALES[language],
            color_scheme=theme,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(STEP_S * 1000)
        self.complaints, self.requests, self.allowed = [], [], []
        self.page = self.tab()

    def tab(self):
        """Another tab of the same browser, watched like the first one."""
        page = self.context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self.failed)
        page.on("pageerror", lambda error: self.complain(f"page error: {error}"))
        page.on("console", self.said)
        return page

    def failed(self, request):
        """A request without an answer; those that the page itself breaks off are no failure."""
        if request.failure != "net::ERR_ABORTED":
            self.complain(f"{request.url}: {request.failure}")

    def said(self, message):
        """What the browser or the page writes into the console; violations of the policy come this way, too."""
        if message.type in ("error", "warning"):
            self.complain(f"{message.text} ({message.location['url']})")

    def complain(self, text):
        """Notes what went wrong."""
        self.complaints.append(text)

    def allow(self, *parts):
        """What holds one of these texts is meant to go wrong in this test: a refusal, or a service that is away."""
        self.allowed += parts

    def troubles(self):
        """What went wrong and was not meant to, and who else was asked."""
        wrong = [said for said in self.complaints if not any(part in said for part in self.allowed)]
        foreign = [url for url in self.requests if not url.startswith((f"{self.home}/", "data:", "blob:"))]
        return wrong + [f"asked {url}" for url in foreign]

    def open(self, name="", **query):
        """Types a page's address in."""
        words = "&".join(f"{key}={value}" for key, value in query.items())
        self.page.goto(f"{self.home}/" + (f"#/{name}" if name else "") + (f"?{words}" if words else ""))
        return self

    def sign_in(self, key=None):
        """Types the key in, and waits until the console is there."""
        self.try_key(key or self.stack.key)
        expect(self.page.locator("#content h1")).to_be_visible()
        return self

    def try_key(self, key):
        """Types a key in."""
        self.key_field().fill(key)
        self.button(self.words["sign_in"]).click()

    def key_field(self):
        """Where the key goes; it is only there while nobody is signed in."""
        return self.page.get_by_label(self.words["key"], exact=True)

    def go(self, name):
        """Goes to a page by the menu, and waits for its heading."""
        if self.narrow:
            self.button(self.words["menu"]).click()
        self.menu(name).click()
        return self.expect_page(name)

    def menu(self, name):
        """A page's entry in the menu; behind its name it may say how many need the owner."""
        entry = re.compile(f"^{PAGES[name][self.language]}")
        return self.page.get_by_role("navigation").get_by_role("link", name=entry).locator("visible=true")

    def expect_page(self, name):
        """Waits until a page is there and has loaded."""
        expect(self.h1()).to_have_text(PAGES[name][self.language])
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        expect(self.page.get_by_text(self.words["loading"], exact=True)).to_have_count(0)
        return self

    def h1(self):
        """The page's heading."""
        return self.page.get_by_role("heading", level=1)

    def sign_out(self):
        """Goes by the button in the menu."""
        if self.narrow:
            self.button(self.words["menu"]).click()
        self.button(self.words["sign_out"]).click()
        expect(self.key_field()).to_be_visible()

    def button(self, name, exact=True):
        """The button of this name that can be seen."""
        return self.page.get_by_role("button", name=name, exact=exact).locator("visible=true")

    def text(self):
        """All that can be read."""
        return self.page.locator("body").inner_text()

    def sideways(self):
        """By how many pixels the page is wider than its window, and what sticks out."""
        return self.page.evaluate(SIDEWAYS)

    def axe(self):
        """What axe-core holds to be serious or critical, each as one line."""
        self.page.evaluate(axe_source())
        found = self.page.evaluate("() => axe.run({resultTypes: ['violations']})")["violations"]
        return [line for one in found if one["impact"] in ("serious", "critical") for line in told(one)]

    def close(self):
        """Ends the tab and all that it knows."""
        self.context.close()

    def picture(self, path):
        """What the window shows, for whoever looks into a failure."""
        try:
            self.page.screenshot(path=path, full_page=True)
        except Error as error:
            return f"no picture: {error}"
        return f"{path} shows {self.page.url}"


@cache
def axe_source():
    """axe-core as one script, which the page runs at the test's word: its policy forbids only what comes by itself."""
    return AXE.read_text(encoding="utf-8")


def told(violation):
    """Each element that a rule of axe-core objects to."""
    head = f"{violation['id']}: {violation['help']}"
    return [f"{head}: {node['target']}: {node['html'][:200]}" for node in violation["nodes"]]


SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  if (over <= 0) return [];
  const wide = [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > width + 1);
  return [`${over} px too wide`, ...wide.slice(0, 8).map(one => one.outerHTML.slice(0, 120))];
}"""
