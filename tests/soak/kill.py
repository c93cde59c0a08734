#!/usr/bin/env python3
"""kill -9 under writes: what was acknowledged is there after the next start, and what was deleted is not."""

import argparse
import json
import random
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import run  # finds tests/e2e and the fake
from alone import PATIENCE_S, Service
from fake import Fake
from patience import until
from stack import OWNER_KEY, STOP_S, binary
from watch import integrity
from wire import HOST
from writers import PROVIDER, SETTINGS, Known, Writer

# Clients that leave, and how many looks in a row have to agree before that has come to an end.
LEAVING, SETTLED = 120, 10


class Trial:
    """All rounds."""

    def __init__(self, folder, fake, seed):
        self.dice, self.found = random.Random(seed), []
        self.folder = folder
        self.service = Service(folder, fake)
        threads = range(len(SETTINGS))
        self.writers = [Writer(n, self.service, random.Random(self.dice.random()), self.wrong) for n in threads]
        self.slowest_start = 0.0
        self.leaving = random.Random(self.dice.random())
        # The accounts that the service has by itself.
        self.own = None

    def wrong(self, what):
        """Notes what may never happen."""
        self.found.append(what)
        if len(self.found) <= run.MOST_SHOWN:
            print(f"WRONG: {what}", file=sys.stderr, flush=True)

    def start(self):
        """A start without a warning, that has everything."""
        began = time.monotonic()
        for warning in self.service.start():
            self.wrong(f"the start warns: {warning}")
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        self.compare()

    def round(self):
        """Writes, a kill, a look at the file, a start, and a comparison."""
        began = threading.Event()
        with ThreadPoolExecutor(len(self.writers)) as threads:
            works = [threads.submit(writer.work, began) for writer in self.writers]
            began.set()
            time.sleep(self.dice.uniform(0.1, 1.0))
            self.service.kill()
            for work in works:
                work.result()
        self.check_file()
        self.start()

    def check_file(self):
        """A copy, because looking at the file itself would mend it."""
        copy = self.folder / "copy"
        shutil.copytree(self.service.data, copy)
        for line in integrity(copy / "qianqiao.db"):
            self.wrong(f"the database: {line}")
        shutil.rmtree(copy)

    def compare(self):
        """Everything acknowledged is there, nothing else is."""
        listed = self.service.admin("accounts")[1]["accounts"]
        found = {account["name"].split()[0]: account for account in listed}
        if self.own is None:
            self.own = set(found)
        for name in self.own:
            found.pop(name, None)
        if len(found) + len(self.own) != len(listed):
            self.wrong(f"twins: {sorted(account['name'] for account in listed)}")
        settings = {one["name"]: one for one in self.service.admin("settings")[1]["settings"]}
        for writer in self.writers:
            for account in writer.accounts:
                account.check(found.pop(account.tag, None), self.wrong)
            # One that is certainly gone is looked for once more at the next start, and then no longer.
            writer.accounts = [one for one in writer.accounts if one.there.values != [False]] + [
                one for one in writer.accounts if one.there.values == [False]
            ][-50:]
            setting = settings[writer.setting]
            value = setting["value"] if setting["source"] == "console" else None
            if value not in writer.value.values:
                self.wrong(f"{writer.setting} is {value}, acknowledged was {writer.value.values}")
            writer.value = Known(value)
        for name in found:
            self.wrong(f"an account that nobody put in: {name}")

    def abandon(self):
        """Changes whose clients leave at once: made or not, memory and disk agree about it."""
        ids = [account.id for writer in self.writers for account in writer.there()]
        threads = [threading.Thread(target=self.leave, args=(n, self.dice.choice(ids))) for n in range(LEAVING)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        looks = [self.everything()]

        def settled():
            looks.append(self.everything())
            return len(looks) > SETTLED and all(look == looks[-1] for look in looks[-SETTLED:])

        until(settled, PATIENCE_S, "what the clients left behind has come to an end")
        self.service.kill()
        self.check_file()
        for warning in self.service.start():
            self.wrong(f"the start warns: {warning}")
        after = self.everything()
        for name in sorted(looks[-1].keys() | after.keys()):
            if looks[-1].get(name) != after.get(name):
                self.wrong(f"{name} was {looks[-1].get(name)} after its client left, and {after.get(name)} on disk")

    def leave(self, number, name):
        """Asks for a change and leaves."""
        new = {"paste": f"sk-ok~user-left-{number}", "provider": PROVIDER, "name": f"left-{number}"}
        method, path, body = (
            ("PATCH", f"accounts/{name}", {"limits": {"concurrent": 100 + number}}),
            ("POST", "accounts", new),
            ("DELETE", f"accounts/{name}", None),
            ("PUT", "settings/pool.queue_wait_s", {"value": 100 + number}),
        )[number % 4]
        body = json.dumps(body).encode() if body else b""
        head = (
            f"{method} /admin/api/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {OWNER_KEY}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((HOST, self.service.port), PATIENCE_S) as connection:
            connection.sendall(head.encode() + body)
            # Long enough for the change to have begun, short enough for some of them not to have ended.
            select.select([connection], [], [], self.leaving.uniform(0, 0.003))

    def everything(self):
        """What the owner sees, as far as it is kept."""
        accounts = self.service.admin("accounts")[1]["accounts"]
        settings = self.service.admin("settings")[1]["settings"]
        kept = {one["id"]: (one["name"], one["limits"], one["identity"], one["state"]) for one in accounts}
        return kept | {one["name"]: (one["value"], one["source"]) for one in settings}

    def stop(self):
        """A proper end, and one more start that has the same."""
        before = self.everything()
        self.service.process.send_signal(signal.SIGTERM)
        if code := self.service.process.wait(STOP_S):
            self.wrong(f"it ended with {code}: {self.service.said.read_text()[-2000:]}")
        for warning in self.service.start():
            self.wrong(f"the start warns: {warning}")
        if before != self.everything():
            self.wrong(f"a proper stop lost something: {before} is now {self.everything()}")


def main():
    """Runs it; the exit code says whether everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    print(f"kill: {binary()}, {options.rounds} rounds, seed {seed}", flush=True)
    fake, began = Fake(), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="qianqiao-kill-"))
    trial = Trial(folder, fake, seed)
    try:
        trial.start()
        for _ in range(options.rounds):
            trial.round()
        trial.abandon()
        trial.stop()
    finally:
        trial.service.close()
        fake.close()
        shutil.rmtree(folder, ignore_errors=True)
    done = sum((writer.done for writer in trial.writers), Counter())
    print(f"{options.rounds} kills in {time.monotonic() - began:.0f} s, slowest start {trial.slowest_start:.2f} s")
    print(f"acknowledged: {json.dumps(done)}; what may never happen: {len(trial.found)}")
    if done.total() < 20 * options.rounds:
        trial.wrong(f"too few writes for {options.rounds} rounds")
    sys.exit(1 if trial.found else 0)


if __name__ == "__main__":
    main()
