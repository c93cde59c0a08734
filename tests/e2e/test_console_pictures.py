"""Pictures at the playground as people bring them: out of the clipboard, and dropped from a folder."""

import secrets

import pytest
from playwright.sync_api import expect

from gallery import SAID, model
from test_console_playground import answer, unseen_picture

LARGEST = 10 * 1024 * 1024
QUESTION = "Your question"
# Pastes what the browser's own clipboard cannot hold: each time files, and maybe a text, one right after the other.
PASTE = """(field, pastes) => pastes.map(([files, text]) => {
  const data = new DataTransfer();
  for (const [name, type, size] of files) data.items.add(new File([new Uint8Array(size)], name, {type}));
  if (text) data.setData('text/plain', text);
  return field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
})"""
COPY_PICTURE = """async colour => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 2, height: 2});
  const pen = canvas.getContext('2d');
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 2, 2);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  await navigator.clipboard.write([new ClipboardItem({'image/png': blob})]);
}"""


@pytest.fixture
def play(consoles, gallery, fake):
    """A tab at the playground, whose model sees a red point; it may use the clipboard."""
    fake.say(SAID, "A red point.")
    console = consoles(gallery).open("playground", model=model("qianwen", SAID)).sign_in().expect_page("playground")
    console.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return console


def field(console):
    """Where the question is written."""
    return console.page.get_by_label(QUESTION)


def paste(console, *files, text=""):
    """Pastes files that are (name, type, size); whether the browser may still paste what it would."""
    return field(console).evaluate(PASTE, [[files, text]])[0]


def drop(console, at, *paths):
    """Drags files from a folder over an element and lets them go there, as the browser itself would tell of it."""
    box = at.bounding_box()
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = console.context.new_cdp_session(console.page)
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})
    expect(field(console)).to_have_attribute("placeholder", "Drop the picture here")
    session.send("Input.dispatchDragEvent", {"type": "drop", **place, "data": data})
    session.detach()
    expect(field(console)).to_have_attribute("placeholder", "Ask something…")


def shown(console):
    """The pictures that would go along, once they are drawn."""
    pictures = console.page.locator("form").get_by_role("img")
    return pictures.evaluate_all("all => all.map(one => [one.alt, one.complete && one.naturalWidth])")


def ask(console, fake):
    """Asks; how many pictures the account's store got by that."""
    before = fake.journal()["uploads"].get(SAID, 0)
    field(console).fill("What is this?")
    console.page.keyboard.press("Enter")
    expect(answer(console)).to_contain_text("A red point.")
    return fake.journal()["uploads"].get(SAID, 0) - before


def test_a_picture_from_the_clipboard(play, fake):
    """It is shown, can be taken out again, and goes along once it is asked for."""
    play.page.evaluate(COPY_PICTURE, f"#{secrets.token_hex(3)}")
    field(play).focus()
    play.page.keyboard.press("Control+v")
    expect(play.button("Remove image.png")).to_be_visible()
    assert shown(play) == [["image.png", 2]]
    play.button("Remove image.png").click()
    expect(play.button("Remove image.png")).to_have_count(0)
    assert ask(play, fake) == 0
    field(play).focus()
    play.page.keyboard.press("Control+v")
    expect(play.button("Remove image.png")).to_be_visible()
    assert ask(play, fake) == 1
    expect(play.page.get_by_role("article", name="You").last.get_by_role("img", name="image.png")).to_be_visible()
    assert shown(play) == []


@pytest.mark.parametrize("place", ["the field", "beside it"])
def test_a_picture_that_is_dropped(play, fake, tmp_path, place):
    """In the field, or anywhere else on the page, where the browser would open it and the conversation be gone."""
    (tmp_path / "red.png").write_bytes(unseen_picture())
    drop(play, field(play) if place == "the field" else play.h1(), tmp_path / "red.png")
    expect(play.button("Remove red.png")).to_be_visible()
    assert ask(play, fake) == 1


def test_two_at_once(play):
    """None takes the place of the other, also where it is the same one twice."""
    one = ("one.png", "image/png", 3_000_000)
    field(play).evaluate(PASTE, [[[one], ""], [[one], ""], [[("two.png", "image/png", 100)], ""]])
    expect(play.page.get_by_role("button", name="Remove", exact=False)).to_have_count(3)
    play.button("Remove one.png").last.click()
    assert sorted(name for name, _ in shown(play)) == ["one.png", "two.png"]


REFUSED = {
    "a text": ([("notes.txt", "text/plain", 10)], "notes.txt: not a PNG, JPEG, WebP, GIF or BMP picture"),
    "a drawing": ([("plan.svg", "image/svg+xml", 10)], "plan.svg: not a PNG, JPEG, WebP, GIF or BMP picture"),
    "too large": ([("huge.png", "image/png", LARGEST + 1)], "huge.png: larger than 10 MB"),
    "too many": ([(f"{number}.png", "image/png", 9) for number in range(11)], "no more than 10 pictures at once"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(play, what):
    """With a sentence that says why; what else was written stays, and the sentence goes with the next picture."""
    files, told = REFUSED[what]
    field(play).fill("Look at this")
    assert not paste(play, *files)
    expect(play.page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(field(play)).to_have_value("Look at this")
    kept = min(len(files), 10) if what == "too many" else 0
    expect(play.page.get_by_role("button", name="Remove", exact=False)).to_have_count(kept)
    if not kept:
        paste(play, ("fine.png", "image/png", 10))
        expect(play.button("Remove fine.png")).to_be_visible()
        expect(play.page.get_by_role("alert").filter(has_text=told)).to_have_count(0)


def test_text_stays_text(play):
    """By itself, and where a table brings a picture of itself along; the name of a copied file is none."""
    play.page.evaluate("navigator.clipboard.writeText('Nine arches, 千桥')")
    field(play).focus()
    play.page.keyboard.press("Control+v")
    expect(field(play)).to_have_value("Nine arches, 千桥")
    assert paste(play, ("image.png", "image/png", 10), text="1\t2\n3\t4"), "the browser pastes the text"
    assert shown(play) == []
    assert not paste(play, ("red.png", "image/png", 10), text="red.png")
    expect(play.button("Remove red.png")).to_be_visible()
