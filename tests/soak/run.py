#!/usr/bin/env python3
"""Chaos against the whole product: faulty accounts, clients that leave, an owner who changes things, and kill -9."""

import argparse
import asyncio
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tests" / "e2e"))
os.environ["PATH"] += ":/usr/sbin:/sbin"


def prefer_newest():
    """The fake is built with either profile; the one that was built last is meant."""
    built = [ROOT / "target" / profile / "fake-upstream" for profile in ("release", "debug")]
    found = [path for path in built if path.exists()]
    if "FAKE_UPSTREAM_BIN" not in os.environ and found:
        os.environ["FAKE_UPSTREAM_BIN"] = str(max(found, key=lambda path: path.stat().st_mtime))


prefer_newest()

from exchange import exchange  # noqa: E402
from fake import Fake  # noqa: E402
from changes import LIMITS, Owner  # noqa: E402
from patience import until  # noqa: E402
from stack import OWNER_KEY, Stack, binary  # noqa: E402
from verdict import Wrong, judge  # noqa: E402
from watch import Watch, integrity  # noqa: E402

CLIENTS = 40
# The share of the time in which the service is killed; the rest shows whether it grows.
STORM = 0.45
MOST_SHOWN = 20
SHORTEST_S = 40
COOKIES = ("chaos-11-20~drip5", "chaos-12-30~drip20", "chaos-13-60~drip10")
KEYS = ("sk-chaos-21-20~drip5", "sk-chaos-22-30~drip20", "sk-chaos-23-10~drip40")
MODELS = ("auto", "auto", "fake-large", "openai_compatible/fake-small")


class Quiet(Stack):
    """A stack whose access log, which is long, is not kept; what is amiss is."""

    def __init__(self, settings):
        super().__init__(settings)
        self.amiss, self.lines, self.restarts = [], 0, 0

    def read_output(self):
        """Keeps what the service says and not what nginx says."""
        with os.fdopen(os.dup(self.process.stdout.fileno()), "r", encoding="utf-8", errors="replace") as output:
            for line in output:
                self.lines += 1
                if line.startswith("{"):
                    continue
                self.received = self.received[-500:] + [line.encode()]
                if "panicked" in line or " ERROR " in line:
                    self.amiss.append(line.strip())


class Soak:
    """One run."""

    def __init__(self, seconds, seed):
        self.seconds, self.dice = seconds, random.Random(seed)
        self.found, self.kinds, self.asked = [], Counter(), Counter()
        self.crashes, self.kills = [], Counter()
        self.slowest = 0.0
        self.fake = Fake()
        cookies = {f"CN_ACCOUNT_{n}_COOKIE": f"tongyi_sso_ticket={name}" for n, name in enumerate(COOKIES, 1)}
        self.stack = Quiet(
            {
                "QIANWEN_BASE_URL": self.fake.url,
                "OPENAI_COMPATIBLE_BASE_URL": f"{self.fake.url}/v1",
                "OPENAI_COMPATIBLE_API_KEY": KEYS[0],
                "QUEUE_WAIT_S": "3",
                **cookies,
            }
        )

    def wrong(self, what):
        """Notes what may never happen."""
        self.found.append(what)
        if len(self.found) <= MOST_SHOWN:
            print(f"WRONG at {time.monotonic() - self.began:.1f} s: {what}", file=sys.stderr, flush=True)

    def crashed(self, began, ended=None):
        """Whether something was dead between the two times."""
        ended = ended or time.monotonic()
        return any(start <= ended and began <= end for start, end in self.crashes)

    async def run(self):
        """Everything, in its order."""
        self.began = time.monotonic()
        await asyncio.to_thread(self.stack.start)
        self.owner = Owner(self.stack, self.dice, self.wrong, self.crashed)
        await self.owner.begin(KEYS[1:])
        self.watch = Watch(self.stack, self.fake, self.owner, LIMITS, self.wrong)
        self.began, stopped = time.monotonic(), asyncio.Event()
        clients = [self.client(random.Random(self.dice.random()), stopped) for _ in range(CLIENTS)]
        asyncio.get_running_loop().call_later(self.seconds, stopped.set)
        async with asyncio.TaskGroup() as tasks:
            for work in [*clients, self.owner.work(stopped), self.watch.work(stopped), self.kill(stopped)]:
                tasks.create_task(work)
        self.journal = await self.watch.check_quiet()
        await self.owner.compare()
        self.watch.check_memory()
        self.check_coverage()
        self.check_end()

    async def client(self, dice, stopped):
        """A client that asks, reads or leaves, and asks again."""
        while not stopped.is_set():
            await asyncio.sleep(dice.uniform(0.02, 0.15))
            asked = question(dice)
            leave_after = dice.choice((dice.uniform(0, 0.04), dice.uniform(0.04, 0.9))) if dice.random() < 0.2 else None
            self.asked["stream" if asked["stream"] else "plain"] += 1
            done = await exchange(self.stack.port, OWNER_KEY, asked, leave_after, rudely=dice.random() < 0.5)
            self.slowest = max(self.slowest, done.ended - done.began)
            try:
                kind = judge(done, self.crashed(done.began, done.ended))
                inside = " inside the answer" if done.status else " before the head"
                self.kinds[kind + inside if kind in ("left", "broken") else kind] += 1
            except Wrong as what:
                self.kinds["WRONG"] += 1
                self.wrong(f"{what} (asked {asked['model']}, stream {asked['stream']}, headers {done.headers})")

    async def kill(self, stopped):
        """Kills the service now and then in the first part, and nginx once behind it."""
        pause = max(5.0, self.seconds * STORM / 12)
        while time.monotonic() - self.began < self.seconds * STORM - pause:
            await asyncio.sleep(self.dice.uniform(0.6, 1.4) * pause)
            await self.kill_service()
        await asyncio.sleep(min(pause, self.seconds * 0.1))
        await self.kill_nginx()

    async def kill_service(self):
        """kill -9; what was acknowledged and what was counted must be there again."""
        old = await asyncio.to_thread(self.stack.session.service)
        day, at = time.time() // 86_400, time.monotonic()
        flushed = self.watch.flushed(at)
        self.watch.life += 1
        self.watch.uses.clear()
        await self.crash(old, "service", lambda: self.stack.session.pids("qianqiao serve"))
        found = await self.owner.compare()
        if found:
            self.watch.compare(flushed, found, day)

    async def kill_nginx(self):
        """kill -9 of the master; its workers end what they have."""
        old = await asyncio.to_thread(self.stack.session.nginx)
        await self.crash(old, "nginx", lambda: self.stack.session.pids("nginx: master"))

    async def crash(self, pid, name, pids):
        """Kills a process and waits until another one is there and everything answers."""
        window = [time.monotonic() - 0.05, float("inf")]
        self.crashes.append(window)
        self.kills[name] += 1
        os.kill(pid, signal.SIGKILL)

        def back():
            found = pids()
            return found and pid not in found and self.stack.is_up()

        await asyncio.to_thread(until, back, 15, lambda: f"{name} is back: {self.stack.output()[-2000:]}")
        # The connections that the dead one held are found out a moment later.
        window[1] = time.monotonic() + 1

    def check_coverage(self):
        """A run in which nothing happened proves nothing."""
        streams, plain = self.kinds["answer, stream"], self.kinds["answer, whole"]
        if min(streams, plain) < 2 * self.seconds:
            self.wrong(f"only {streams} streams and {plain} whole answers in {self.seconds} s")
        if not self.watch.most_waiting:
            self.wrong("nobody ever waited for an account")
        left = min(self.kinds["left before the head"], self.kinds["left inside the answer"])
        if left < self.seconds / 3 or self.kills["service"] < 2 or self.kills["nginx"] != 1:
            self.wrong(f"too little chaos: {left} clients left, {dict(self.kills)} kills")
        names = (*COOKIES, *(key.removeprefix("sk-") for key in KEYS))
        quiet = [name for name in names if not self.journal["scenarios"].get(name, {}).get("completed")]
        if quiet or len(self.journal["faults"]) < 8:
            self.wrong(f"accounts that never answered: {quiet}; faults drawn: {self.journal['faults']}")

    def check_end(self):
        """It stops properly, said nothing that is amiss, and leaves a sound database."""
        code = self.stack.stop()
        if code:
            self.wrong(f"it ended with {code}: {self.stack.output()[-2000:]}")
        for line in self.stack.amiss[:5]:
            self.wrong(f"it said: {line}")
        for line in integrity(self.stack.data_dir / "qianqiao.db"):
            self.wrong(f"the database: {line}")

    def close(self):
        """Ends whatever still runs."""
        self.stack.close()
        self.fake.close()

    def table(self):
        """What happened, for people."""
        grown = self.watch.growth() or (0, 0)
        peak = max((mb for _, _, mb in self.watch.memory), default=0)
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.journal["faults"].items()))
        rows = [
            ("requests", f"{self.asked.total()} ({self.asked['stream']} streams, {self.asked['plain']} plain)"),
            *((kind, count) for kind, count in sorted(self.kinds.items())),
            ("slowest request", f"{self.slowest:.1f} s"),
            ("asked upstream", f"{self.journal['requests']}, of these cancelled {self.journal['cancelled']}"),
            ("faults drawn", faults),
            ("most under way / waiting", f"{self.watch.most_under_way} / {self.watch.most_waiting}"),
            ("the owner's changes", self.owner.changes),
            ("kills", ", ".join(f"{name} {count}" for name, count in self.kills.items())),
            ("RSS, second and last fifth, peak", f"{grown[0]:.1f} MB, {grown[1]:.1f} MB, {peak:.1f} MB"),
            ("what may never happen", len(self.found)),
        ]
        return "\n".join(f"{name:<44} {value}" for name, value in rows)


def question(dice):
    """A request; some go on with a conversation, some ask for the usage."""
    turns = [{"role": "user", "content": f"question {dice.randrange(200)}"}]
    if dice.random() < 0.3:
        turns += [{"role": "assistant", "content": "an answer"}, {"role": "user", "content": "and then?"}]
    stream = dice.random() < 0.6
    usage = {"stream_options": {"include_usage": True}} if stream and dice.random() < 0.3 else {}
    return {"model": dice.choice(MODELS), "messages": turns, "stream": stream, **usage}


def main():
    """Runs it; the exit code says whether everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=None, help="repeats the choices, as far as time lets them")
    options = parser.parse_args()
    if options.seconds < SHORTEST_S:
        parser.error(f"less than {SHORTEST_S} s shows nothing")
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"soak: {binary()}, {options.seconds} s, seed {seed}", flush=True)
    soak = Soak(options.seconds, seed)
    try:
        asyncio.run(soak.run())
        print(soak.table(), flush=True)
    finally:
        soak.close()
    sys.exit(1 if soak.found else 0)


if __name__ == "__main__":
    main()
