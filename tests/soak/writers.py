"""Threads that write through the admin API, each its own accounts and setting, and know what was acknowledged."""

import threading
from collections import Counter

from alone import PATIENCE_S, Dead

FULL = 12
PROVIDER = "openai_compatible"
# Each thread has a setting of its own and values that it goes through.
SETTINGS = (
    ("pool.strategy", ("round-robin", "fill-first", "least-busy")),
    ("pool.queue_wait_s", (1, 2, 3, 50)),
    ("accounts.limits", ({"concurrent": 7}, {"concurrent": 9, "weight": 3}, {"requests_per_minute": 600})),
    ("models.aliases", ({"one": "fake-large"}, {"one": "fake-small", "two": "fake-large"}, {})),
    ("models.hidden", (["fake-small"], ["fake-large"], [])),
)


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
