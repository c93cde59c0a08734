"""Ports for what the tests start."""

import itertools
import random
import socket

# Below the range from which Linux serves outgoing connections and requests for any port, so that neither takes a
# port between the moment it is chosen here and the moment the program that it was chosen for listens on it.
FIRST, END = 10_000, 32_000
_start = random.randrange(FIRST, END)
_next = itertools.cycle([*range(_start, END), *range(FIRST, _start)])


def free_port():
    """A port that nobody listens on now and that was not given out before."""
    for port in itertools.islice(_next, END - FIRST):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise OSError(f"every port from {FIRST} to {END - 1} is taken")
