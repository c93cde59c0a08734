#!/usr/bin/env python3
"""How soon the console is there, through nginx and with a browser that knows nothing yet: `first_paint.py [TIMES]`.

Prints the median of its tries. It is no test, because a busy machine decides nothing about the console; the aim is a
second at most on the machine itself. QIANQIAO_BIN names the binary, as in run.sh.
"""

import statistics
import sys

from playwright.sync_api import sync_playwright

from console import Console, browser_of
from fake import Fake
from owner import Owner
from stack import binary

TIMES = 7
LIMIT_MS = 1000
# Looks at each frame for the sign-in, or for the bridge with an account, and then for what was painted first.
LOOK = """() => new Promise(done => {
  const look = () => {
    const [painted] = performance.getEntriesByName('first-contentful-paint');
    if (painted && document.querySelector('.signin-form, .arch-label')) done([painted.startTime, performance.now()]);
    else requestAnimationFrame(look);
  };
  look();
})"""


def main(times):
    """A stack with an account, looked at from outside and from inside."""
    fake = Fake()
    stack = Owner(fake, "ok~user-paint")
    try:
        stack.start().until_checked("qianwen-1")
        print(f"{binary()}, median of {times} cold starts, in ms")
        with sync_playwright() as playwright:
            cookies = sign_in(playwright, stack)
            for name, known in {"signed out": [], "signed in": cookies}.items():
                tries = [cold_start(playwright, stack, known) for _ in range(times)]
                painted, ready = (statistics.median(one) for one in zip(*tries))
                verdict = "within" if painted <= LIMIT_MS else "above"
                print(f"{name:10}  first paint {painted:6.0f}  all there {ready:6.0f}  ({verdict} {LIMIT_MS})")
    finally:
        stack.close()
        fake.close()


def sign_in(playwright, stack):
    """The cookies of somebody who is signed in."""
    with browser_of(playwright) as browser:
        return Console(browser, stack).open().sign_in().context.cookies()


def cold_start(playwright, stack, cookies):
    """A browser that was just started goes to the console: when something is painted, and when all is there."""
    with browser_of(playwright) as browser:
        console = Console(browser, stack)
        console.context.add_cookies(cookies)
        times = console.open().page.evaluate(LOOK)
        assert not console.troubles(), console.troubles()
        return times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
