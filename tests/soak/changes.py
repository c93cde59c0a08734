"""The owner at work: accounts and settings change while clients ask, and what was acknowledged outlives every kill."""

import asyncio
import http.client
import time

LIMITS = {"qianwen-2": {"concurrent": 2}, "openai_compatible-p1": {"concurrent": 3}}
MOST_SPARES = 3
PATIENCE_S = 15
STRATEGIES = ("least-busy", "round-robin", "fill-first")


class Owner:
    """Makes one change after another, and knows what was acknowledged. A change without an answer is not known."""

    def __init__(self, stack, dice, wrong, crashed):
        self.stack, self.dice, self.wrong, self.crashed = stack, dice, wrong, crashed
        self.accounts = {}
        self.gone = set()
        self.unsure = set()
        self.spares = []
        self.changes = 0
        self.serial = 0

    async def ask(self, path, method="GET", body=None, allowed=(200,)):
        """An answer of the admin API, or None where there is none because something was just killed."""
        began = time.monotonic()
        try:
            answer = await asyncio.to_thread(self.stack.ask, f"/admin/api/{path}", method, body, timeout=PATIENCE_S)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError) or not self.crashed(began):
                self.wrong(f"the admin API: {method} {path}: {error!r}")
            return None
        if answer.status in allowed:
            return answer
        if answer.status not in (502, 503) or not self.crashed(began):
            self.wrong(f"the admin API: {method} {path}: {answer.status} {answer.body[:300]!r}")
        return None

    async def add(self, provider, paste, limits=None):
        """Puts an account in; returns its id if that was acknowledged."""
        body = {"paste": paste, "provider": provider, **({"limits": limits} if limits else {})}
        answer = await self.ask("accounts", "POST", body, allowed=(200, 201))
        if not answer:
            return None
        told = answer.json()
        if not told["kept"]:
            self.wrong(f"an account was not kept: {told['not_kept']}")
        name = told["account"]["id"]
        self.accounts[name] = True
        self.gone.discard(name)
        self.unsure.discard(name)
        return name

    async def begin(self, keys):
        """The accounts that the environment does not name, and the limits."""
        for key in keys:
            await self.add("openai_compatible", key)
        for name, limits in LIMITS.items():
            await self.ask(f"accounts/{name}", "PATCH", {"limits": limits})
        # So few that the first clients have to wait.
        await self.ask("settings/accounts.limits", "PUT", {"value": {"concurrent": 4}})
        listed = (await self.ask("accounts")).json()["accounts"]
        self.accounts = {account["id"]: True for account in listed}

    async def work(self, stopped):
        """Changes something, again and again."""
        kinds = (self.toggle, self.toggle, self.spare, self.spare, self.rename, self.setting, self.look)
        while not stopped.is_set():
            await self.dice.choice(kinds)()
            self.changes += 1
            await asyncio.sleep(self.dice.uniform(0.05, 0.5))
        for name in [name for name, enabled in self.accounts.items() if not enabled]:
            await self.switch(name, True)

    async def toggle(self):
        """Switches an account off and soon on again."""
        name = self.dice.choice(sorted(self.accounts))
        await self.switch(name, False)
        await asyncio.sleep(self.dice.uniform(0.0, 0.8))
        await self.switch(name, True)

    async def switch(self, name, enabled):
        """Switches an account; without an answer it may be either way."""
        self.unsure.add(name)
        answer = await self.ask(f"accounts/{name}/{'enable' if enabled else 'disable'}", "POST")
        if answer:
            self.accounts[name] = enabled
            self.unsure.discard(name)

    async def spare(self):
        """Adds an account, or deletes one that was added."""
        if len(self.spares) < MOST_SPARES and self.dice.random() < 0.6:
            self.serial += 1
            plan = f"chaos-{100 + self.serial}-30~drip{self.dice.choice((5, 20))}"
            qianwen = self.dice.random() < 0.5
            paste = f"tongyi_sso_ticket={plan}~user-{self.serial}" if qianwen else f"sk-{plan}"
            name = await self.add("qianwen" if qianwen else "openai_compatible", paste)
            if name:
                self.spares.append(name)
            return
        if self.spares:
            name = self.spares.pop(self.dice.randrange(len(self.spares)))
            self.accounts.pop(name, None)
            if await self.ask(f"accounts/{name}", "DELETE", allowed=(204, 404)):
                self.gone.add(name)

    async def rename(self):
        """Gives a spare account another name and limits."""
        if self.spares:
            name = self.dice.choice(self.spares)
            limits = {"concurrent": self.dice.randint(1, 4), "requests_per_minute": self.dice.randint(20, 400)}
            await self.ask(f"accounts/{name}", "PATCH", {"name": f"spare {self.dice.random()}", "limits": limits})

    async def setting(self):
        """Changes a setting, or brings its default back."""
        name, value = self.dice.choice(
            [
                ("pool.strategy", self.dice.choice(STRATEGIES)),
                ("pool.queue_wait_s", self.dice.randint(1, 4)),
                ("accounts.limits", {"concurrent": self.dice.choice((2, 3, 12, 30))}),
                ("models.aliases", {"other": "fake-large"}),
            ]
        )
        if self.dice.random() < 0.3:
            await self.ask(f"settings/{name}", "DELETE")
        else:
            await self.ask(f"settings/{name}", "PUT", {"value": value})

    async def look(self):
        """Reads what there is to read, and tests an account."""
        for path in ("models", "settings", "store"):
            await self.ask(path)
        name = self.dice.choice(sorted(self.accounts))
        await self.ask(f"accounts/{name}/events", allowed=(200, 404))
        await self.ask(f"accounts/{name}/test", "POST", allowed=(200, 404, 503))

    async def compare(self):
        """What was acknowledged is there after a kill, and what was deleted is not."""
        answer = await self.ask("accounts")
        if not answer:
            return None
        found = {account["id"]: account for account in answer.json()["accounts"]}
        for name, enabled in self.accounts.items():
            if name in self.unsure:
                continue
            if name not in found:
                self.wrong(f"{name} was acknowledged and is gone after a kill")
            elif (found[name]["state"] != "disabled") != enabled:
                self.wrong(f"{name}: enabled={enabled} was acknowledged, and after a kill it is {found[name]['state']}")
        for name in self.gone & set(found):
            self.wrong(f"{name} was deleted and is back after a kill")
        return found
