"""The console of somebody who has very much of everything, or nothing: it fits any window, and nothing is cut off."""

import json

import pytest
from playwright.sync_api import expect

from console import LOCALES, PAGES
from gallery import PLAIN_MANIFEST
from owner import Owner, plan
from patience import until

MANY, KEYS, MODELS = 40, 30, 60
LONG = "Grandmother’s very long account name 家里共用的通义千问账号（备用）"
WIDTHS = (320, 768, 1280, 1920)
# What is hidden although it should be read: text in a box that is too small for it, and the words of a list to choose
# from. A name that is shortened must say the whole of itself to whoever points at it.
CUT = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  const needs = one => {
    pen.font = getComputedStyle(one).font;
    return pen.measureText(one.selectedOptions[0]?.text ?? '').width;
  };
  const room = one => {
    const style = getComputedStyle(one);
    return one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  };
  const cut = one => {
    const style = getComputedStyle(one);
    if (one.tagName === 'SELECT') return needs(one) > room(one) + 1;
    const hidden = [style.overflowX, style.overflowY].some(way => way === 'hidden' || way === 'clip');
    return hidden && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
  };
  return [...document.querySelectorAll('main *, header *')]
    .filter(one => one.checkVisibility() && !one.closest('.unseen, svg, thead, .plot, [title]') && cut(one))
    .map(one => one.outerHTML.slice(0, 150));
}"""
# Figures that are broken over two lines: some of their text begins below where other text of theirs ends.
BROKEN = """() => [...document.querySelectorAll('main td.end, main dd')].filter(one => {
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const boxes = [];
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    if (texts.currentNode.data.trim()) boxes.push(...range.getClientRects());
  }
  const torn = boxes.some(box => boxes.some(other => box.top >= other.bottom));
  return torn && one.checkVisibility() && /^[\\d.,]+\\s?(ms|s|KB|MB)?$/.test(one.innerText);
}).map(one => one.innerText)"""
# Remembers each text that is drawn, where it ends, and how wide its canvas is.
REMEMBER = """
  window.drawn = [];
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, ...rest) {
    const half = this.textAlign === 'center' ? this.measureText(text).width / 2 : 0;
    window.drawn.push([text, x + half, this.canvas.width]);
    return draw.call(this, text, x, ...rest);
  };
"""


def manifest(fake):
    """A service with many models, some of them with long names."""
    text = PLAIN_MANIFEST.format(id="crowd", name="A crowd", url=f"{fake.url}/v1")
    tails = ("", "-with-quite-a-long-name-instruct-2507-preview")
    return text.replace('["fake-large"]', json.dumps([f"model-{at:02}{tails[at % 7 == 0]}" for at in range(MODELS)]))


@pytest.fixture(scope="module")
def crowd(fake):
    """Forty accounts in every state, thirty keys, sixty models."""
    names = [f"ok~user-crowd-{number}" for number in range(1, MANY + 1)]
    owner = Owner(fake, *names, CROWD_API_KEY="sk-ok~crowd")
    (owner.data_dir / "providers").mkdir()
    (owner.data_dir / "providers" / "crowd.toml").write_text(manifest(fake), encoding="utf-8")
    owner.start()
    try:
        owner.until_checked("qianwen-1", "qianwen-2", "qianwen-3", "qianwen-4")
        for number in range(KEYS):
            owner.done("keys", body={"name": f"{LONG[:50]} {number}", "limits": {"requests_per_day": 40}})
        owner.done("accounts/qianwen-1", "PATCH", {"name": LONG})
        owner.done("accounts/qianwen-2/disable")
        plan(fake, names[2], "expired~user-crowd-3")
        plan(fake, names[3], "429-after-300~user-crowd-4")
        owner.admin("accounts/qianwen-3/test", "POST")
        owner.until_state("qianwen-3", "expired", limit_s=30)
        until(lambda: owner.chat("Qwen").status == 200 and owner.account("qianwen-4")["state"] != "ready", 30)
        yield owner
        assert owner.stop() == 0 and "panicked" not in owner.output()
    finally:
        owner.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LOCALES)
def test_everything_fits(consoles, crowd, language, width):
    """On each page: nothing at the side, nothing cut off, no figure torn."""
    console = consoles(crowd, language=language, width=width).open().sign_in()
    for name in PAGES:
        console.open(name).expect_page(name)
        for look in (CUT, BROKEN):
            assert console.page.evaluate(look) == [], name
        assert console.sideways() == [], name


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bridge_of_many(consoles, crowd, width):
    """Each account has its arch and its label, none lies over another, and a time says what happens then."""
    console = consoles(crowd, width=width).open().sign_in().expect_page("overview")
    labels = console.page.get_by_role("region", name="Accounts").get_by_role("link")
    expect(labels).to_have_count(MANY + 1)
    boxes = [label.bounding_box() for label in labels.all()]
    for number, one in enumerate(boxes):
        assert not any(overlap(one, other) for other in boxes[:number]), (number, one)
    expect(labels.filter(has_text="Signed out")).to_contain_text("checked in")
    expect(labels.filter(has_text="Resting")).to_contain_text("again in")
    expect(console.page.locator(".arch")).to_have_count(MANY + 1)


def overlap(one, other):
    """Whether two boxes share more than an edge."""

    def share(start, size):
        return one[start] + one[size] > other[start] + 1 and other[start] + other[size] > one[start] + 1

    return share("x", "width") and share("y", "height")


@pytest.mark.parametrize("width", WIDTHS)
def test_with_nothing_at_all(consoles, stacks, fake, width):
    """Only the demo, no figures yet: every page says so, and fits."""
    console = consoles(stacks({"QIANWEN_BASE_URL": fake.url}).start(), width=width).open().sign_in()
    for name in PAGES:
        console.open(name).expect_page(name)
        assert console.page.evaluate(CUT) + console.sideways() == [], name
        assert "NaN" not in console.text() and "undefined" not in console.text(), name


def test_a_wide_window_has_the_page_in_its_middle(consoles, crowd):
    """What is left over lies on both sides."""
    console = consoles(crowd, width=1920).open().sign_in()
    main, page = (console.page.locator(one).bounding_box() for one in ("#content", ".page"))
    left, right = page["x"] - main["x"], main["x"] + main["width"] - page["x"] - page["width"]
    assert abs(left - right) <= 2 and page["width"] > 1000, (left, right)


def test_what_stands_under_a_chart(consoles, crowd):
    """No time is cut off at the edge; where each point is a day no hours are marked; no request is counted in halves."""
    console = consoles(crowd, width=1920)
    console.page.add_init_script(REMEMBER)
    console.open().sign_in()
    for name, query in (("overview", {}), ("usage", {"range": "7d"}), ("usage", {"range": "24h"})):
        console.page.evaluate("window.drawn = []")
        console.open(name, **query).expect_page(name)
        drawn = until(lambda: [one for one in console.page.evaluate("window.drawn") if one[0]], 10, f"{name} is drawn")
        assert all(end <= width for _, end, width in drawn), drawn
        hours = [text for text, _, _ in drawn if ":" in text]
        assert bool(hours) == (query.get("range") != "7d"), (name, query, drawn)
        assert not [text for text, _, _ in drawn if text.startswith("0.")], "nothing is counted in halves"
