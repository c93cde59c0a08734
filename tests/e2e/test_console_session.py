"""Signing in to the console, and everything that ends or interrupts a session."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from console import WORDS
from latch import Latch
from patience import until

COOKIE = "qianqiao_session"
WRONG = "qq-this-is-not-the-key-0123456789"
FREE_TRIES = 5
ENDED = "Your session has ended"
STALE = re.compile("^Out of date since")
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.documentElement.outerHTML])"
FRAME = "<iframe src='/' width=1000 height=700></iframe>"
HEARD = """window.heard = ""; const decode = TextDecoder.prototype.decode;
TextDecoder.prototype.decode = function (...given) {
  const text = decode.apply(this, given);
  window.heard += text;
  return text;
};"""
NONE = re.compile("^No requests? yet")
# Two minutes are too long for a test.
IMPATIENT = """const later = window.setTimeout;
window.setTimeout = (what, ms, ...more) => later(what, ms === 120_000 ? 0 : ms, ...more);"""
LOOK = """how => {
  Object.defineProperty(document, "visibilityState", { value: how, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# What the browser itself says of a service that is away, and of streams that were cut.
AWAY = ("/admin/api/", "net::ERR", "502", "503", "504")


@pytest.fixture
def small(owner):
    """A stack of a test's own."""
    return owner("ok~user-session")


def test_a_wrong_key_is_refused_and_soon_has_to_wait(consoles, small):
    """Told each time what is wrong; then even the right key has to wait, and for how long is told."""
    console = consoles(small).open()
    console.allow("401", "429")
    for _ in range(FREE_TRIES):
        console.try_key(WRONG)
        expect(console.page.get_by_role("alert")).to_contain_text("This is not the master key")
        expect(console.button(WORDS["en"]["sign_in"])).not_to_have_attribute("aria-busy", "true")
        expect(console.key_field()).to_be_focused()
        console.key_field().fill("")
    console.try_key(small.key)
    told = console.page.get_by_role("alert")
    expect(told).to_contain_text(re.compile(r"Too many tries. Wait \d+ s"))
    # It counts down, so that nobody has to look at a clock.
    opens = console.page.get_by_text(re.compile(r"You can try again in \d+ s"))
    first = opens.inner_text()
    expect(opens).not_to_have_text(first)
    expect(opens).to_be_visible()
    assert not console.context.cookies()


def test_nothing_is_sent_without_a_key(consoles, small):
    """The page says what is missing, and where the key is to be found."""
    console = consoles(small).open()
    console.button(WORDS["en"]["sign_in"]).click()
    expect(console.page.get_by_role("alert")).to_contain_text("Paste the master key first")
    expect(console.page.get_by_text("qianqiao key")).to_be_visible()
    assert [url for url in console.requests if "/admin/" in url] == [f"{console.home}/admin/api/session"]


def test_the_page_holds_no_secret(consoles, small):
    """The session is a cookie that no script reads; neither it nor the key is stored, shown or in an address."""
    console = consoles(small).open().sign_in()
    cookies = console.context.cookies()
    assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in cookies] == [(COOKIE, True, "Strict")]
    assert console.page.evaluate("document.cookie") == ""
    kept = console.page.evaluate(KEPT)
    assert small.key not in kept and cookies[0]["value"] not in kept
    assert small.key not in str(console.requests) and cookies[0]["value"] not in str(console.requests)


def test_a_session_outlasts_a_reload_and_is_in_every_tab(consoles, small):
    """As people expect it."""
    console = consoles(small).open("keys").sign_in().expect_page("keys")
    console.page.reload()
    console.expect_page("keys")
    other = console.tab()
    other.goto(f"{console.home}/#/settings")
    expect(other.get_by_role("heading", level=1)).to_have_text("Settings")


def test_signing_out_ends_it_everywhere(consoles, small):
    """Going back shows nothing, the other tab finds out by itself, and the cookie is worth nothing any more."""
    console = consoles(small).open().sign_in().go("accounts")
    other = console.tab()
    other.goto(console.home)
    expect(other.get_by_role("heading", level=1)).to_have_text("Overview")
    cookie = console.context.cookies()[0]["value"]
    console.allow("401")
    console.sign_out()
    console.page.go_back()
    expect(console.key_field()).to_be_visible()
    expect(other.get_by_label(WORDS["en"]["key"], exact=True)).to_be_visible()
    expect(other.get_by_text(ENDED)).to_be_visible()
    assert not console.context.cookies()
    assert small.ask("/admin/api/accounts", key=None, headers={"Cookie": f"{COOKIE}={cookie}"}).status == 401


def test_a_session_that_was_ended_elsewhere(consoles, small):
    """The page goes to the sign-in by itself and says why; afterwards one is where one was."""
    console = consoles(small).open().sign_in().go("models")
    console.allow("401")
    small.done("sessions", "DELETE")
    expect(console.page.get_by_text(ENDED)).to_be_visible()
    assert "qianwen-1" not in console.text()
    console.sign_in().expect_page("models")


def test_a_click_after_the_session_ended(consoles, small):
    """Also where the live stream cannot tell of it."""
    console = consoles(small).open()
    console.allow("401", "net::ERR")
    console.page.route("**/admin/api/live", lambda route: route.abort("connectionrefused"))
    console.sign_in()
    small.done("sessions", "DELETE")
    console.menu("models").click()
    expect(console.page.get_by_text(ENDED)).to_be_visible()


def test_the_service_is_killed_and_comes_back(consoles, owner, tmp_path):
    """The page says since when it is out of date, finds the new service by itself, and its session goes on."""
    latch = Latch(tmp_path)
    stack = owner("ok~user-killed", QIANQIAO_BIN=str(latch.path))
    console = consoles(stack).open().sign_in()
    console.allow(*AWAY)
    expect(live(console)).to_have_text("Live")
    latch.hold()
    until(lambda: stack.admin("store").json()["pending"] == 0, 5)
    os.kill(stack.session.service(), signal.SIGKILL)
    expect(live(console)).to_have_text(STALE)
    console.expect_page("overview")
    latch.release()
    expect(live(console)).to_have_text("Service restarted", timeout=25_000)
    assert stack.chat().status == 200
    expect(console.page.get_by_role("table", name="Last requests").get_by_role("row")).to_have_count(2)
    console.go("accounts")
    expect(live(console)).to_have_text("Live", timeout=25_000)


@pytest.mark.parametrize("name", ["overview", "requests"])
def test_a_call_that_ends_while_the_calls_are_loaded_is_shown(consoles, owner, name):
    """The list that was asked for is older than the call, and the stream told of it before there was a list."""
    stack = owner(f"ok~user-meanwhile-{name}")
    console = consoles(stack)
    console.page.add_init_script(HEARD)
    console.open().sign_in()
    expect(live(console)).to_have_text("Live")
    console.go("models")

    def late(route):
        answer = route.fetch()
        assert answer.json()["requests"] == [] and stack.chat().status == 200
        until(lambda: "event: request" in console.page.evaluate("window.heard"))
        route.fulfill(response=answer)

    console.page.route("**/admin/api/requests?*", late)
    console.go(name)
    expect(calls(console, name).get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize("name", ["overview", "requests"])
def test_a_call_that_ends_while_nobody_looks_is_shown(consoles, owner, name):
    """A tab in the background lets go of its stream; what it missed meanwhile is loaded."""
    stack = owner(f"ok~user-hidden-{name}")
    console = consoles(stack)
    console.page.add_init_script(IMPATIENT)
    console.open().sign_in().go(name)
    expect(live(console)).to_have_text("Live")
    expect(console.page.get_by_text(NONE)).to_be_visible()
    with console.page.expect_event("requestfailed", lambda request: request.url.endswith("/admin/api/live")):
        console.page.evaluate(LOOK, "hidden")
    call_unheard(stack)
    console.page.evaluate(LOOK, "visible")
    expect(calls(console, name).get_by_role("row")).to_have_count(2)


def test_a_call_that_ends_before_the_stream_begins_is_shown(consoles, owner):
    """The list was asked for before the service had a listener."""
    stack = owner("ok~user-early")
    console = consoles(stack).open().sign_in().go("requests")

    def late(route):
        expect(console.page.get_by_text(NONE)).to_be_visible()
        call_unheard(stack)
        route.continue_()

    console.page.route("**/admin/api/live", late)
    console.page.reload()
    expect(calls(console, "requests").get_by_role("row")).to_have_count(2)


def call_unheard(stack):
    """A call that is in the books before anybody listens."""
    assert stack.chat().status == 200
    until(lambda: stack.admin("requests").json()["requests"])


def calls(console, name):
    """The newest calls, as a page shows them."""
    return console.page.get_by_role("table", name="Last requests" if name == "overview" else "Requests")


def test_a_reconnect_by_hand(consoles, owner):
    """Nobody has to wait for the next try."""
    stack = owner("ok~user-impatient")
    console = consoles(stack).open().sign_in()
    console.allow(*AWAY)
    expect(live(console)).to_have_text("Live")
    tries = []

    def refuse(route):
        tries.append(route)
        route.abort("connectionrefused")

    console.page.route("**/admin/api/live", refuse)
    until(lambda: stack.admin("store").json()["pending"] == 0, 5)
    os.kill(stack.session.service(), signal.SIGKILL)
    expect(live(console)).to_have_text(STALE)
    until(stack.is_up, 20)
    # Each pause is twice as long as the one before: only in a long one is the click sure to come first.
    while len(tries) < 4:
        console.page.wait_for_event("requestfailed", timeout=20_000)
    console.page.unroute("**/admin/api/live")
    console.button("Reconnect now").click()
    expect(live(console)).to_have_text("Service restarted")


def test_a_page_that_is_opened_while_the_service_is_away(consoles, owner):
    """It says so and tries again at a click."""
    stack = owner("ok~user-away")
    console = consoles(stack)
    console.allow(*AWAY)
    console.page.route("**/admin/api/session", lambda route: route.abort("connectionrefused"))
    console.open()
    expect(console.page.get_by_text("The service cannot be reached")).to_be_visible()
    console.page.unroute("**/admin/api/session")
    console.button("Try again").click()
    expect(console.key_field()).to_be_visible()


def live(console):
    """Where the page says how far it can be trusted."""
    words = re.compile("^(Live|Connecting|Service restarted|Out of date)")
    return console.page.get_by_role("status").filter(has_text=words).locator("visible=true")


def test_inside_a_frame_the_session_is_in_the_tab(consoles, small):
    """As in Hugging Face's page, where no cookie is kept: a bearer in this tab's storage, which signing out forgets."""
    console = consoles(small)
    console.allow("401")
    console.page.route("**/frame", lambda route: route.fulfill(content_type="text/html", body=FRAME))
    console.page.goto(f"{console.home}/frame")
    frame = console.page.frame_locator("iframe")
    frame.get_by_label("Master key", exact=True).fill(small.key)
    frame.get_by_role("button", name="Sign in").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Overview")
    assert not console.context.cookies()
    kept = lambda: console.page.frames[1].evaluate("JSON.stringify({...sessionStorage})")
    assert "qqs-" in kept() and small.key not in kept()
    frame.get_by_role("button", name="Sign out").locator("visible=true").click()
    expect(frame.get_by_label("Master key", exact=True)).to_be_visible()
    assert "qqs-" not in kept()
