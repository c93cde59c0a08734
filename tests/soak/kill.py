#!/usr/bin/env python3
"""kill -9 under writes: what was acknowledged is there after the next start, and what was deleted is not."""

import argparse
import http.client
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import run  # finds tests/e2e and the fake
from fake import Fake
from patience import until
from stack import INHERITED, OWNER_KEY, STOP_S, binary, free_port
from watch import integrity
from wire import HOST, ask

START_S = 10
PATIENCE_S = 15
FULL = 12
# Clients that leave, and how many looks in a row have to agree before that has come to an end.
LEAVING, SETTLED = 120, 10
PROVIDER = "openai_compatible"
# Each thread has a setting of its own and values that it goes through.
SETTINGS = (
    ("pool.strategy", ("round-robin", "fill-first", "least-busy")),
    ("pool.queue_wait_s", (1, 2, 3, 50)),
    ("accounts.limits", ({"concurrent": 7}, {"concurrent": 9, "weight": 3}, {"requests_per_minute": 600})),
    ("models.aliases", ({"one": "fake-large"}, {"one": "fake-small", "two": "fake-large"}, {})),
    ("models.hidden", (["fake-small"], ["fake-large"], [])),
)


class Dead(Exception):
    """The service was killed before it answered."""


class Service:
    """The service alone, with a folder that outlives it."""

    def __init__(self, folder, fake):
        self.folder, self.port = folder, free_port()
        self.data = folder / "data"
        self.data.mkdir()
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "APP_PORT": str(self.port),
            "LISTEN_PORT": str(free_port()),
            "DATA_DIR": str(self.data),
            "API_MASTER_KEY": OWNER_KEY,
            "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
            "DRAIN_S": "1",
        }
        self.said = folder / "said"
        self.process = None
        self.killing = False

    def start(self):
        """Starts it and waits until it answers. Returns what it warns of."""
        self.killing = False
        with self.said.open("w") as said:
            command = [str(binary()), "serve"]
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        health = until(self.health, START_S, lambda: f"it answers; it said: {self.said.read_text()}")
        said = [line for line in self.said.read_text().splitlines() if " WARN " in line or " ERROR " in line]
        return health["warnings"] + said + ([health["store"]["problem"]] if health["store"]["problem"] else [])

    def health(self):
        """What the owner reads of its state, once it answers."""
        assert self.process.poll() is None, f"it ended by itself: {self.said.read_text()}"
        try:
            return self.ask("/health").json()
        except OSError:
            return None

    def ask(self, path, method="GET", body=None):
        """One request with the owner's key."""
        headers = {"Authorization": f"Bearer {OWNER_KEY}", "Content-Type": "application/json"}
        return ask(self.port, method, path, headers, body, PATIENCE_S)

    def admin(self, path, method="GET", body=None, allowed=(200, 201, 204)):
        """One call of the admin API: whether it was done, and what was said. Dead if it was killed under the call."""
        try:
            answer = self.ask(f"/admin/api/{path}", method, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or not self.killing:
                raise AssertionError(f"{method} {path}: {error!r}") from error
            raise Dead from error
        assert answer.status in allowed, f"{method} {path} {body}: {answer.status} {answer.body[:300]!r}"
        return answer.status, answer.json() if answer.body else None

    def kill(self):
        """kill -9."""
        self.killing = True
        self.process.kill()
        self.process.wait()

    def close(self):
        """Ends it, whatever it does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Known:
    """Something with the values that it may have: one, or two while a change has no answer."""

    def __init__(self, *values):
        self.values = list(values)

    def try_out(self, value, change):
        """Makes a change; if no answer comes the thing may have either value."""
        self.values.append(value)
        result = change()
        self.values = [value]
        return result


class Account:
    """What is known of one account. Its tag is the first word of each of its names."""

    def __init__(self, tag, identity=None):
        self.tag, self.id, self.identity = tag, None, identity
        self.there = Known(False)
        self.name, self.limits, self.enabled = Known(tag), Known({}), Known(True)

    def check(self, found, wrong):
        """Compares it with what was found, and takes that for the truth from now on."""
        if (found is not None) not in self.there.values:
            wrong(f"{self.tag} ({self.id}): {'deleted, and it is back' if found else 'acknowledged, and it is gone'}")
        self.there = Known(found is not None)
        if not found:
            return
        if self.identity not in (None, found["identity"]):
            wrong(f"{self.tag}: another credential stands in its place")
        self.id, self.identity = found["id"], found["identity"]
        now = {"name": found["name"], "limits": found["limits"], "enabled": found["state"] != "disabled"}
        for field, value in now.items():
            known = getattr(self, field)
            if value not in known.values:
                wrong(f"{self.tag} ({self.id}): its {field} is {value}, acknowledged was {known.values}")
            setattr(self, field, Known(value))


class Writer:
    """A thread that changes its own accounts and its own setting."""

    def __init__(self, number, service, dice, wrong):
        self.number, self.service, self.dice, self.wrong = number, service, dice, wrong
        self.accounts, self.serial, self.done = [], 0, Counter()
        self.setting, self.values = SETTINGS[number % len(SETTINGS)]
        self.value = Known(None)

    def work(self, began):
        """Writes until the service is dead."""
        kinds = (self.add, self.add, self.rename, self.limit, self.switch, self.both, self.set, self.delete, self.race)
        began.wait()
        try:
            while True:
                kind = self.dice.choice(kinds)
                if kind == self.add and len(self.there()) >= FULL:
                    kind = self.delete
                kind()
                self.done[kind.__name__] += 1
        except Dead:
            pass
        except AssertionError as what:
            self.wrong(str(what))

    def there(self):
        """The accounts that are certainly there."""
        return [account for account in self.accounts if account.there.values == [True]]

    def one(self):
        """One of them."""
        there = self.there()
        return self.dice.choice(there) if there else None

    def add(self):
        """Puts an account in."""
        self.serial += 1
        account = Account(f"t{self.number}-{self.serial}")
        self.accounts.append(account)
        body = {"paste": f"sk-ok~user-{account.tag}", "provider": PROVIDER, "name": account.tag}
        status, told = account.there.try_out(True, lambda: self.service.admin("accounts", "POST", body))
        assert status == 201 and told["kept"], f"{account.tag}: {status} {told}"
        account.id, account.identity = told["account"]["id"], told["account"]["identity"]

    def patch(self, account, body):
        """Changes an account."""
        return self.service.admin(f"accounts/{account.id}", "PATCH", body)

    def rename(self):
        """Gives an account another name."""
        if account := self.one():
            name = f"{account.tag} {self.dice.randrange(10_000)}"
            account.name.try_out(name, lambda: self.patch(account, {"name": name}))

    def limit(self):
        """Gives an account other limits."""
        if account := self.one():
            limits = {"concurrent": self.dice.randint(1, 99), "weight": self.dice.randint(1, 9)}
            account.limits.try_out(limits, lambda: self.patch(account, {"limits": limits}))

    def switch(self):
        """Switches an account off or on."""
        if account := self.one():
            enabled = self.dice.random() < 0.5
            path = f"accounts/{account.id}/{'enable' if enabled else 'disable'}"
            account.enabled.try_out(enabled, lambda: self.service.admin(path, "POST"))

    def both(self):
        """Two changes of one account at the same time: both hold."""
        if account := self.one():
            name, limits = f"{account.tag} {self.dice.randrange(10_000)}", {"concurrent": self.dice.randint(1, 99)}
            twin = Twin(lambda: account.name.try_out(name, lambda: self.patch(account, {"name": name})))
            account.limits.try_out(limits, lambda: self.patch(account, {"limits": limits}))
            twin.result()

    def set(self):
        """Changes a setting, or brings its default back."""
        path = f"settings/{self.setting}"
        if self.dice.random() < 0.2:
            self.value.try_out(None, lambda: self.service.admin(path, "DELETE"))
            return
        value = self.dice.choice(self.values)
        status, told = self.value.try_out(value, lambda: self.service.admin(path, "PUT", {"value": value}))
        assert told["kept"], f"{path}: {status} {told}"

    def delete(self):
        """Takes an account out."""
        if account := self.one():
            account.there.try_out(False, lambda: self.service.admin(f"accounts/{account.id}", "DELETE"))

    def race(self):
        """Takes an account out while it is being changed: it stays out."""
        if account := self.one():
            path = f"accounts/{account.id}"
            # A change of nothing: another thread's new account may have the id by the time that it arrives.
            twin = Twin(lambda: self.service.admin(path, "PATCH", {}, allowed=(200, 404, 503)))
            account.there.try_out(False, lambda: self.service.admin(path, "DELETE"))
            twin.result()


class Twin(threading.Thread):
    """Something done beside something else."""

    def __init__(self, what):
        super().__init__(daemon=True)
        self.what, self.error = what, None
        self.start()

    def run(self):
        try:
            self.what()
        except (Dead, AssertionError) as error:
            self.error = error

    def result(self):
        """Waits for it; its error is this thread's."""
        self.join(PATIENCE_S + 5)
        assert not self.is_alive(), "a change never ended"
        if self.error:
            raise self.error


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
