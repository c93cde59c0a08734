#!/usr/bin/env python3
"""Measures the service against plain nginx passing the same bytes, and writes bench/RESULTS.md."""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "e2e"))

import against
import measures
import report
import workloads
from processes import Failure, Processes
from sides import ROOT, Bench


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    seconds: int
    rounds: int
    long_answers: int
    long_rounds: int
    compare_rounds: int
    growth: tuple
    growth_bytes: int
    first_tokens: int
    starts: int
    limit_s: int


FULL = Plan(seconds=2, rounds=9, long_answers=4, long_rounds=3, compare_rounds=11,
            growth=(250, 500, 1000, 2000, 4000), growth_bytes=450_000_000, first_tokens=400, starts=5, limit_s=900)
QUICK = Plan(seconds=1, rounds=2, long_answers=2, long_rounds=1, compare_rounds=3, growth=(1000, 4000),
             growth_bytes=230_000_000, first_tokens=60, starts=1, limit_s=120)


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    release = ROOT / "target" / "release"
    parser.add_argument("--quick", action="store_true", help="under a minute, with less certain figures")
    parser.add_argument("--binary", type=Path, default=release / "qianqiao")
    parser.add_argument("--fake", type=Path, default=release / "fake-upstream")
    parser.add_argument("--against", type=Path, help="an older binary of the service: says what was added since")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "RESULTS.md")
    return parser.parse_args()


def require(options):
    """Says at once what is missing."""
    for program, package in (("wrk", "wrk"), ("nginx", "nginx")):
        if not shutil.which(program, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"):
            raise Failure(f"{program} is not installed. On Debian or Ubuntu: apt-get install {package}")
    if options.against and not options.against.exists():
        raise Failure(f"{options.against} is missing. Build it from an older commit in a folder of its own")
    for program, package in ((options.binary, "qianqiao"), (options.fake, "fake-upstream")):
        if not program.exists():
            raise Failure(f"{program} is missing. Build it: cargo build --release -p {package}")


def measure(bench, plan, older):
    """Everything, one after the other: two measurements at once would disturb each other."""
    def step(what):
        print(f"[{time.monotonic() - started:5.0f} s] {what}", file=sys.stderr, flush=True)

    started, figures = time.monotonic(), {}
    step("memory at rest")
    figures["idle"] = measures.idle_memory(bench)
    step("start-up")
    figures["start"] = measures.start_up(bench, plan)
    for workload in (workloads.HOLD_OPENAI, workloads.HOLD_QIANWEN):
        step(f"{measures.HELD_STREAMS:,} {workload.title}")
        figures[workload.key] = measures.held_memory(bench, workload)
    for workload in (workloads.OPENAI_32, workloads.QIANWEN_32):
        step(f"first token: {workload.title}")
        figures[f"first-{workload.key}"] = measures.first_token(bench, workload, plan)
    for workload in (workloads.PLAIN, workloads.OPENAI_32, workloads.QIANWEN_32):
        step(f"load: {workload.title}")
        figures[workload.key] = measures.load(bench, workload, plan)
    step(f"load: {workloads.QIANWEN_4000.title}")
    figures["qianwen-4000"], figures["qianwen-4000-bytes"] = measures.long_answers(bench, workloads.QIANWEN_4000, plan)
    step("growing answers")
    figures["growth"] = measures.growth(bench, plan)
    step(f"memory: {workloads.HUGE.title}")
    figures["huge"] = measures.huge_answer(bench)
    step("single parts")
    figures["costs"] = against.costs()
    if older:
        step(f"against {older}")
    compared = (workloads.PLAIN, workloads.OPENAI_32, workloads.QIANWEN_32) if older else ()
    figures["against"] = [against.compare(bench, older, plan, workload) for workload in compared]
    figures["seconds"] = time.monotonic() - started
    return figures


def interrupted(number, _frame):
    """A signal becomes an exception, so that every scope is left and cleans up."""
    if number == signal.SIGALRM:
        raise Failure("the benchmark took too long")
    raise KeyboardInterrupt


def main():
    """Runs it."""
    options = arguments()
    plan = QUICK if options.quick else FULL
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, interrupted)
    signal.alarm(plan.limit_s)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        require(options)
        with tempfile.TemporaryDirectory(prefix="qianqiao-bench-") as directory, Processes(directory) as processes:
            bench = Bench(processes, options.binary.resolve(), options.fake.resolve())
            figures = measure(bench, plan, options.against and options.against.resolve())
        text = report.write(figures, plan, options.binary, sys.argv)
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
