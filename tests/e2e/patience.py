"""Waiting for something to come true, and for no longer than that takes."""

import time

LOOK_EVERY_S = 0.02


def until(what, limit_s=10, why="it came true"):
    """The first true result of `what`; an error when there is none within the limit."""
    deadline = time.monotonic() + limit_s
    while True:
        result = what()
        if result:
            return result
        if time.monotonic() >= deadline:
            told = why() if callable(why) else why
            raise AssertionError(f"not within {limit_s} s: {told}")
        time.sleep(LOOK_EVERY_S)
