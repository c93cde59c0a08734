"""What the tests share: the fake, stacks that are started for them and ended whatever happens, and the SDKs."""

import resource
import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from console import Console, chromium
from fake import Fake
from gallery import gallery as make_gallery
from node_sdk import LIBRARIES, Library
from owner import Owner
from said import Said
from sdk import PYTHON, SDKS, Probe
from stack import Stack, binary
from talker import Talker

# Every stream takes a file in the client, two in nginx and two in the service; children inherit the limit.
_, MOST_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))


def pytest_report_header():
    """A build that was forgotten would be tested without anybody noticing."""
    built = datetime.fromtimestamp(binary().stat().st_mtime).isoformat(" ", "seconds")
    return f"qianqiao: {binary()}, built {built}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Leaves the outcome where a fixture finds it."""
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@pytest.fixture(scope="session")
def fake():
    """The upstream of all stacks."""
    fake = Fake()
    yield fake
    fake.close()


@pytest.fixture(scope="session")
def shared_gallery(fake):
    """The one stack behind `gallery`."""
    stack = make_gallery(fake).start()
    yield stack
    finish(stack)


@pytest.fixture
def gallery(shared_gallery):
    """A stack that misbehaves as the asked model says. Shared, so it must outlive whatever a test does to it."""
    return shared_gallery.heal()


@pytest.fixture(scope="module")
def impatient(fake):
    """The same with a heartbeat every second and little patience."""
    limits = {"HEARTBEAT_S": "1", "IDLE_TIMEOUT_S": "3", "FIRST_TOKEN_TIMEOUT_S": "10"}
    stack = make_gallery(fake, **limits).start()
    yield stack
    finish(stack)


@pytest.fixture(scope="module")
def talker(fake, request):
    """A stack whose upstreams say what a test of this file wants."""
    stack = Talker(fake, request.module.__name__).start()
    yield stack
    finish(stack)


@pytest.fixture
def stacks(request):
    """Makes stacks; each is checked for panics and ended after the test."""
    made = []

    def make(*arguments, **options):
        made.append(Stack(*arguments, **options))
        return made[-1]

    yield make
    for stack in made:
        if getattr(request.node, "failed", False):
            print(f"--- a stack of this test said:\n{stack.output()[-6000:]}")
        stack.close()
    for stack in made:
        assert "panicked" not in stack.output()


@pytest.fixture
def owner(fake):
    """Makes stacks of a test's own."""
    made = []

    def make(*credentials, **settings):
        made.append(Owner(fake, *credentials, **settings))
        return made[-1].start()

    yield make
    for one in made:
        one.close()
    for one in made:
        assert "panicked" not in one.output()


@pytest.fixture(scope="module")
def browser_program():
    """One browser for all tests of a file. It is no longer-lived, because its loop occupies this thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def consoles(browser_program, request, stacks, owner):
    """Opens tabs; none of them may have complained of anything, or asked anybody else, when the test is over.

    The makers of stacks are named so that the tabs are closed before their services stop.
    """
    made = []

    def make(stack, **options):
        made.append(Console(browser_program, stack, **options))
        return made[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    folder = Path(tempfile.mkdtemp(prefix="qianqiao-console-")) if failed else None
    for number, console in enumerate(made, 1):
        if failed:
            print(f"--- {console.picture(folder / f'{number}.png')}; troubles: {console.troubles()}")
        console.close()
    if not failed:
        assert [console.troubles() for console in made] == [[] for _ in made]


def finish(stack):
    """Stops a shared stack as Docker would, and checks what can be checked only then."""
    try:
        code, output = stack.stop(), stack.output()
    finally:
        stack.close()
    assert code == 0, output[-3000:]
    assert "panicked" not in output, output[output.index("panicked") - 200 :][:2000]


@pytest.fixture(scope="session", params=list(SDKS))
def sdk(request):
    """Each of the official client libraries in turn."""
    probe = Probe(request.param)
    yield probe
    probe.close()


@pytest.fixture(scope="module", params=list(LIBRARIES))
def library(request):
    """Each of Node's client libraries in turn."""
    library = Library(request.param)
    yield library
    library.close()


@pytest.fixture(scope="session", params=PYTHON)
def python(request):
    """OpenAI's library for Python, in each of the versions that people have."""
    probe = Probe(request.param)
    yield probe
    probe.close()


@pytest.fixture(params=["qianwen", "compatible"])
def said(request, gallery, fake):
    """A model that says what a test tells it to: of a web chat, which knows only text, and of a service like OpenAI's."""
    return Said(gallery, fake, request.param)


@pytest.fixture
def web(gallery, fake):
    """The same at the web chat alone, where all but text is emulated."""
    return Said(gallery, fake, "qianwen")
