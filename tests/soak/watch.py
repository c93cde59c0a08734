"""What is looked at all the time and at the end: memory, limits, counts of use, and what is left over."""

import asyncio
import http.client
import sqlite3
import statistics
import time
from collections import deque
from pathlib import Path

EVERY_S = 0.4
# What was counted longer ago than this before a kill is on disk.
FLUSHED_S = 2.0
QUIET_S = 8
GROWTH, GROWTH_MB = 1.2, 6
DAY_S = 86_400


class Watch:
    """Looks at the service while it runs."""

    def __init__(self, stack, fake, owner, limits, wrong):
        self.stack, self.fake, self.owner, self.limits, self.wrong = stack, fake, owner, limits, wrong
        self.life = 0
        self.memory = []
        self.uses = deque(maxlen=100)
        self.most_waiting = self.most_under_way = 0

    async def work(self, stopped):
        """Looks again and again."""
        while not stopped.is_set():
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self):
        """Looks once. A service that is just being killed tells nothing."""
        life, at = self.life, time.monotonic()
        answer = await self.owner.ask("accounts")
        try:
            health = (await asyncio.to_thread(self.stack.health)) if answer else None
        except (OSError, http.client.HTTPException, ValueError):
            # It is being killed; else the next look at the accounts says so.
            health = None
        if not answer or "providers" not in (health or {}) or life != self.life:
            return
        accounts = answer.json()["accounts"]
        self.uses.append((at, {account["id"]: (account["created"], account["requests_today"]) for account in accounts}))
        for account in accounts:
            most = self.limits.get(account["id"], {}).get("concurrent")
            if most and account["in_flight"] > most:
                self.wrong(f"{account['id']} has {account['in_flight']} requests at once; its limit is {most}")
        self.most_waiting = max(self.most_waiting, health["waiting"])
        self.most_under_way = max(self.most_under_way, health["under_way"])
        pids = await asyncio.to_thread(self.stack.session.pids, "qianqiao serve")
        if len(pids) == 1 and life == self.life:
            self.memory.append((life, time.monotonic(), resident_mb(pids[0])))

    def flushed(self, killed):
        """What was counted long enough before a kill to be on disk."""
        counted = [uses for at, uses in self.uses if at < killed - FLUSHED_S]
        return counted[-1] if counted else {}

    def compare(self, flushed, found, day):
        """No account has fewer requests of today than before the kill."""
        if day != time.time() // DAY_S:
            return
        for name, (created, requests) in flushed.items():
            now = found.get(name)
            # One that was put in meanwhile under the same id begins at nothing.
            if now and now["created"] == created and now["requests_today"] < requests:
                self.wrong(f"{name} had {requests} requests today before a kill and {now['requests_today']} after it")

    def growth(self):
        """The medians of the second and the last fifth of the last life, in MB."""
        life = [mb for life, _, mb in self.memory if life == self.life]
        if len(life) < 15:
            return None
        fifth = len(life) // 5
        return statistics.median(life[fifth : 2 * fifth]), statistics.median(life[-fifth:])

    def check_memory(self):
        """The service does not grow."""
        grown = self.growth()
        if not grown:
            self.wrong(f"too few looks at the memory: {len(self.memory)}")
        elif grown[1] > grown[0] * GROWTH + GROWTH_MB:
            self.wrong(f"the service grew from {grown[0]:.1f} MB to {grown[1]:.1f} MB")

    async def check_quiet(self):
        """Once the clients are gone nothing is under way, waiting or leased, here or at the upstream."""
        deadline = time.monotonic() + QUIET_S
        while True:
            health = await asyncio.to_thread(self.stack.health)
            journal = await asyncio.to_thread(self.fake.journal)
            leased = {
                account["id"]: account["in_flight"]
                for provider in health["providers"]
                for account in provider["accounts"]
                if account["in_flight"]
            }
            left = (health["under_way"], health["waiting"], leased, journal["open_streams"])
            if left == (0, 0, {}, 0):
                return journal
            if time.monotonic() > deadline:
                names = ("under_way", "waiting", "in_flight", "open at the upstream")
                self.wrong(f"left over: {dict(zip(names, left, strict=True))}")
                return journal
            await asyncio.sleep(0.05)


def resident_mb(pid):
    """VmRSS; a process that has just ended has none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def integrity(database):
    """What SQLite says about a copy of the file as it lies there, its log included."""
    with sqlite3.connect(database) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        said += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    connection.close()
    return [] if said == ["ok"] else said
