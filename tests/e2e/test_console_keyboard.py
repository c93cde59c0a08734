"""The console without a mouse: everything is reached by keys, nothing holds them, and one sees where one is."""

import re

from playwright.sync_api import expect

from console import PAGES
from patience import until

# An element, or what stands for it, has an outline, or a ring of shadow, that it has not when the focus is elsewhere.
LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {what: 'nothing', seen: false};
  const outlined = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const ringed = style => outlined(style) || style.boxShadow !== 'none';
  const near = [one, one.nextElementSibling, one.closest('label'), one.parentElement].filter(Boolean);
  const drawn = one.matches('input[type=radio], input[type=file]') && one.closest('label') || one;
  const box = drawn.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0;
  return {
    what: `${one.tagName} ${one.getAttribute('aria-label') || one.textContent.trim().slice(0, 40)}`,
    seen: inside && near.some(element => ringed(getComputedStyle(element))),
  };
}"""
MANY = 150


def press(console, key):
    """Presses a key; afterwards the focus is somewhere, and can be seen."""
    console.page.keyboard.press(key)
    looks = []

    def seen():
        looks.append(console.page.evaluate(LOOK))
        return looks[-1]["seen"] or looks[-1]["what"] == "nothing"

    until(seen, 2, lambda: f"one sees that the focus is on {looks[-1]['what']}")
    return looks[-1]["what"]


def tab_to(console, name):
    """Tabs until something of this name has the focus."""
    passed = []
    for _ in range(MANY):
        passed.append(press(console, "Tab"))
        if re.search(name, passed[-1]):
            return
    raise AssertionError(f"{name} was not reached: {passed}")


def test_from_the_sign_in_to_the_sign_out(consoles, owner):
    """Signs in, makes a key, reads it, revokes it and goes, with nothing but the keyboard."""
    stack = owner("ok~user-keyboard")
    console = consoles(stack).open()
    page = console.page
    expect(console.key_field()).to_be_focused()
    page.keyboard.type(stack.key)
    page.keyboard.press("Enter")
    console.expect_page("overview")
    tab_to(console, "^BUTTON Skip to content")
    tab_to(console, "^A Keys")
    page.keyboard.press("Enter")
    console.expect_page("keys")
    expect(console.h1()).to_be_focused()
    tab_to(console, "^BUTTON New key")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New key", exact=True)
    expect(dialog).to_be_visible()
    while page.evaluate("document.activeElement.name || document.activeElement.labels?.[0]?.textContent") != "Name":
        assert press(console, "Tab") != "nothing"
        assert page.evaluate("document.activeElement.closest('dialog') !== null"), "the dialog holds the focus"
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    shown = page.get_by_role("dialog", name="New key: By hand")
    expect(shown).to_be_visible()
    tab_to(console, "^BUTTON Done")
    page.keyboard.press("Enter")
    expect(shown.get_by_role("alertdialog")).to_be_focused()
    tab_to(console, "^BUTTON Yes, close")
    page.keyboard.press("Enter")
    expect(shown).to_have_count(0)
    expect(page.get_by_role("heading", name="By hand")).to_be_focused()
    tab_to(console, "^BUTTON Revoke By hand")
    page.keyboard.press("Enter")
    # A key that is pressed before the dialog is there would leave the page at its end.
    expect(page.get_by_role("dialog", name="Revoke “By hand”?")).to_be_visible()
    tab_to(console, "^BUTTON Revoke for good")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Revoke By hand")).to_have_count(0)
    expect(console.h1()).to_be_focused()
    assert [key["state"] for key in stack.admin("keys").json()["keys"]] == ["revoked"]
    tab_to(console, "^BUTTON Sign out")
    page.keyboard.press("Enter")
    expect(console.key_field()).to_be_focused()


def test_every_stop_on_every_page_can_be_seen(consoles, owner):
    """One goes once through each page by Tab; each stop shows that it has the focus, and each page ends."""
    console = consoles(owner("ok~user-stops")).open().sign_in()
    for name in PAGES:
        console.go(name)
        stops = []
        for _ in range(MANY):
            stops.append(press(console, "Tab"))
            if stops[-1] == "nothing":
                break
        assert len(stops) > 1 and stops[-1] == "nothing", (name, stops)


def test_the_skip_link_leads_to_the_content(consoles, owner):
    """So that nobody tabs through the menu on every page."""
    console = consoles(owner("ok~user-skip")).open().sign_in()
    console.page.reload()
    console.expect_page("overview")
    assert press(console, "Tab") == "BUTTON Skip to content"
    console.page.keyboard.press("Enter")
    expect(console.page.get_by_role("main")).to_be_focused()


def test_escape_closes_and_the_focus_goes_back(consoles, owner):
    """A dialog, a drawer, and the menu of a phone."""
    stack = owner("ok~user-escape")
    console = consoles(stack).open("keys").sign_in().expect_page("keys")
    console.button("New key").focus()
    console.page.keyboard.press("Enter")
    expect(console.page.get_by_role("dialog")).to_be_visible()
    console.page.keyboard.press("Escape")
    expect(console.page.get_by_role("dialog")).to_have_count(0)
    expect(console.button("New key")).to_be_focused()
    console.go("accounts")
    link = console.page.get_by_role("link", name="qianwen-1", exact=True)
    link.focus()
    console.page.keyboard.press("Enter")
    expect(console.page.get_by_role("dialog", name="qianwen-1")).to_be_visible()
    console.page.keyboard.press("Escape")
    expect(link).to_be_focused()
    phone = consoles(stack, width=320).open().sign_in()
    phone.button("Menu").focus()
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_role("dialog", name="Menu")).to_be_visible()
    phone.page.keyboard.press("Escape")
    expect(phone.button("Menu")).to_be_focused()
