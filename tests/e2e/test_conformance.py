"""openai's own tests against this server; `conformance.py` says what must come out."""

import difflib
import os

import pytest

import conformance
from conformance import STANDS_IN, drift
from owner import Owner

# Two runs of some hundred tests each come before the first test here.
pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def outcomes(fake, tmp_path_factory):
    """What became of each test, by the kind of upstream."""
    folder = tmp_path_factory.mktemp("conformance")
    service = {
        "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
        "OPENAI_COMPATIBLE_API_KEY": "sk-ok",
        "OPENAI_COMPATIBLE_MODELS": STANDS_IN["compatible"],
    }
    stack = Owner(fake, "ok", **service).start()
    try:
        yield {where: conformance.run(stack, where, folder / where) for where in STANDS_IN}
    finally:
        stack.close()
    assert "panicked" not in stack.output()


@pytest.mark.parametrize("where", list(STANDS_IN))
def test_conformance(outcomes, where):
    """What passes and what differs is as it is written."""
    told = drift(outcomes[where])
    assert not told, "\n".join(told)


def test_conformance_page(outcomes):
    """The page says what is observed, which is alike for all kinds of upstream."""
    texts = {conformance.page(version(), seen) for seen in outcomes.values()}
    assert len(texts) == 1, "the kinds of upstream differ"
    text = texts.pop()
    if os.environ.get("WRITE_CONFORMANCE"):
        conformance.PAGE.write_text(text, encoding="utf-8")
    kept = conformance.PAGE.read_text(encoding="utf-8") if conformance.PAGE.exists() else ""
    ways = kept.splitlines(), text.splitlines()
    changed = difflib.unified_diff(*ways, "tests/CONFORMANCE.md", "observed", lineterm="", n=1)
    assert kept == text, "\n".join([*changed, "", f"If that is right: {conformance.WRITE}"])


def version():
    """The source that is run, as its list pins it."""
    return (conformance.HERE / "openai-tests.txt").read_text(encoding="utf-8").split()[0].replace("==", " ")
