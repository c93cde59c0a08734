"""Load on one side, and what it cost there."""

import json
import os
import re
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import client
from processes import Failure, cpu_seconds, machine_seconds, own_seconds, resident_mb

CONNECTIONS = 32
THREADS = 2
# Under load several events travel in one chunk, which saves a few bytes of framing for each.
BYTES_TOLERANCE = 0.06


@dataclass(frozen=True)
class Sample:
    """One round on one side."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    resident_mb: float
    # How much of the machine others took meanwhile, from 0 to 1.
    others: float = 0.0


def wrk(side, seconds, directory, connections=CONNECTIONS):
    """Keeps `connections` requests under way for `seconds`."""
    asked = Path(directory) / "request"
    headers = "".join(f"{name}: {value}\n" for name, value in side.request.headers.items())
    asked.write_bytes(headers.encode() + b"\n" + side.request.body)
    command = ["wrk", f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
               str(Path(__file__).parent / "post.lua"), f"http://127.0.0.1:{side.port}{side.request.path}"]
    pids = side.pids()
    clock, machine, own = time.perf_counter(), machine_seconds(), own_seconds()
    before = cpu_seconds(pids)
    done = subprocess.run(command, env={**os.environ, "BENCH_REQUEST": str(asked)}, capture_output=True, text=True,
                          timeout=seconds + 30, check=False)
    spent = cpu_seconds(pids) - before
    others = machine_seconds() - machine - (own_seconds() - own)
    others /= (time.perf_counter() - clock) * os.cpu_count()
    told = re.search(r"^@(\{.*\})$", done.stdout, re.MULTILINE)
    if not told:
        raise Failure(f"wrk failed on {side.name}: {done.stdout}{done.stderr}")
    said = json.loads(told.group(1))
    if said["errors"] or not said["requests"]:
        raise Failure(f"{side.name}: {said['errors']} errors in {said['requests']} requests\n{done.stdout}")
    return said, spent, max(0.0, others)


def timed(side, seconds, directory):
    """A round of `wrk`; fails when the answers under load are not as long as a checked one."""
    said, spent, others = wrk(side, seconds, directory)
    expected, got = side.received, said["bytes"] / said["requests"]
    # Requests that are under way when `wrk` stops have brought bytes but are not counted.
    slack = BYTES_TOLERANCE + CONNECTIONS / said["requests"]
    if abs(got - expected) > expected * slack:
        raise Failure(f"{side.name}: {got:.0f} bytes for each answer under load, {expected:.0f} without")
    return Sample(said["requests"], said["requests"] / said["microseconds"] * 1e6, said["p50"] / 1e3,
                  said["p99"] / 1e3, spent / said["requests"] * 1e6, resident_mb(side.pids()), others)


def counted(side, count):
    """A round of exactly `count` answers, for those that are too long to be cut off by a clock."""
    pids = side.pids()
    before, started = cpu_seconds(pids), time.perf_counter()
    times = client.ask_many(side.port, side.request, count)
    seconds, spent = time.perf_counter() - started, cpu_seconds(pids) - before
    return Sample(count, count / seconds, statistics.median(times) * 1e3, max(times) * 1e3, spent / count * 1e6,
                  resident_mb(pids))


def rounds(sides, measure, count):
    """Measures every side in turn, `count` times, so that a noisy minute hits all sides alike."""
    samples = {side.name: [] for side in sides}
    for number in range(count):
        for side in sides if number % 2 == 0 else reversed(sides):
            samples[side.name].append(measure(side))
    return samples


def middle(samples, name):
    """The median of one figure."""
    return statistics.median(getattr(sample, name) for sample in samples)


def ratio(samples, over, under="nginx"):
    """How much more CPU one side takes than the other: the median over pairs of the same round, and its range."""
    pairs = [a.cpu_us / b.cpu_us for a, b in zip(samples[over], samples[under], strict=True)]
    return statistics.median(pairs), min(pairs), max(pairs)
