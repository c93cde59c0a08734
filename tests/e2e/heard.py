"""What a screen reader is told of a page: Chromium's accessibility tree, as its own protocol hands it out."""

import re
from dataclasses import dataclass, field

# What one can do something with. Each must say what it does, in words.
CONTROLS = {
    *("button", "link", "textbox", "searchbox", "combobox", "spinbutton", "checkbox", "switch", "radio", "slider"),
    *("tab", "option", "menuitem", "DisclosureTriangle", "listbox"),
}
# What else may take the focus: the page itself, headings and regions that are led to, and what is scrolled by keys.
STOPS = {"RootWebArea", "main", "heading", "region", "group", "image", "alert", "status", "alertdialog", "dialog"}
PICTURES = {"image", "img", "graphics-document", "graphics-symbol", "SvgRoot", "Canvas"}
WORD = re.compile(r"\w")


@dataclass
class Heard:
    """One thing of the tree: what it is, what it is called, how it stands, and in what it lies."""

    role: str
    name: str
    states: dict
    around: "Heard | None" = None
    within: list = field(default_factory=list)
    silent: bool = False

    def all(self):
        """This one and all that lies in it, in the order in which it is read."""
        yield self
        for one in self.within:
            yield from one.all()

    def of(self, *roles):
        """All of these kinds that are not left out."""
        return [one for one in self.all() if one.role in roles and not one.silent]

    def text(self):
        """What is read of it."""
        return " ".join(one.name for one in self.of("StaticText"))

    def is_live(self):
        """Whether what changes in it is read aloud by itself."""
        return self.states.get("live") in ("polite", "assertive")


def heard(page):
    """The whole page as it stands."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    made = {node["nodeId"]: thing(node) for node in nodes}
    for node in nodes:
        for id in node.get("childIds", []):
            if id in made:
                made[id].around = made[node["nodeId"]]
                made[node["nodeId"]].within.append(made[id])
    return made[nodes[0]["nodeId"]]


def thing(node):
    """One node of the protocol."""
    states = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
    return Heard(role, name, states, silent=node["ignored"])


def said_aloud(page, text):
    """Whether this stands where a screen reader reads it out by itself."""
    return any(text in one.text() for one in heard(page).all() if one.is_live() and not one.silent)


def nameless(tree):
    """Controls and pictures that are called nothing, or nothing that can be read; and stops that are nothing at all."""
    drawn = {id(part) for one in tree.of(*PICTURES) for part in one.all() if part is not one}
    named = [one for one in tree.of(*CONTROLS, *PICTURES) if id(one) not in drawn]
    wrong = [f"{one.role} {one.name!r}" for one in named if not WORD.search(one.name)]
    stops = [one for one in tree.all() if one.states.get("focusable") and not one.silent]
    odd = [one for one in stops if one.role not in CONTROLS | STOPS or not WORD.search(one.name)]
    return wrong + [f"a stop: {one.role} {one.name!r} with {one.text()[:60]!r}" for one in odd]


def stateless(tree):
    """Controls that are one of several, or on or off, without saying which."""
    needs = {"tab": "selected", "radio": "checked", "checkbox": "checked", "switch": "checked"}
    needs["DisclosureTriangle"] = "expanded"
    return [f"{one.role} {one.name!r}" for one in tree.of(*needs) if needs[one.role] not in one.states]


def disordered(tree):
    """What is wrong with the headings: exactly one stands above all, and none skips a step."""
    levels = [(one.states["level"], one.name) for one in tree.of("heading")]
    wrong = [] if [level for level, _ in levels].count(1) == 1 else [f"not one heading of level 1: {levels}"]
    steps = zip([(0, "")] + levels, levels)
    return wrong + [f"{after} comes after {before}" for before, after in steps if after[0] > before[0] + 1]


def unlike_a_dialog(dialog):
    """What a dialog lacks: a name, being modal, or the focus."""
    focused = [one for one in dialog.all() if one.states.get("focused")]
    found = {"a name": WORD.search(dialog.name), "being modal": dialog.states.get("modal"), "the focus": focused}
    return [what for what, there in found.items() if not there]
