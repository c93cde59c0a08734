"""Runs the service under a profiler and prints its most expensive functions; called by profile.sh."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import client
import workloads
from load import timed
from processes import Failure, Processes
from sides import Bench, wait_for_answer

SECONDS = 8
# Valgrind is some fifty times slower, but counts instructions: few requests are enough.
COUNTED_REQUESTS = 500
WARMING_REQUESTS = 50
SHOWN = 45
KNOWN = {one.key: one for one in (workloads.PLAIN, workloads.OPENAI_32, workloads.QIANWEN_32, workloads.QIANWEN_4000)}


def perf_works():
    """Many containers have the program but not the right."""
    if not shutil.which("perf"):
        return False
    test = ["perf", "record", "-q", "-e", "cpu-clock", "-o", "/dev/null", "true"]
    return subprocess.run(test, capture_output=True, check=False).returncode == 0


def with_perf(bench, workload):
    """Samples the service while `wrk` asks it, and prints what was found."""
    data = bench.processes.directory / "perf.data"
    service = bench.sides(workload)[2]
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-g", "-o", data,
               "-p", ",".join(str(pid) for pid in service.pids())]
    recorder = bench.processes.start("perf", command)
    time.sleep(0.5)
    if workload.units > 1000:
        client.ask_many(service.port, service.request, 2 * SECONDS)
    else:
        print(timed(service, SECONDS, bench.processes.directory))
    recorder.send_signal(signal.SIGINT)
    recorder.wait(30)
    for title, options in (
        ("kernel and libraries", ["--no-children", "--sort", "dso", "--percent-limit", "0.5"]),
        ("system calls, with all they do", ["--children", "--sort", "symbol", "--percent-limit", "0.3"]),
        ("functions by their own time", ["--no-children", "--sort", "symbol", "--percent-limit", "0.4"]),
    ):
        done = subprocess.run(["perf", "report", "-i", data, "--stdio", "-g", "none", *options], capture_output=True,
                              text=True, timeout=120, check=False)
        lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
        if "system calls" in title:
            lines = [line for line in lines if "__x64_sys" in line or "__arm64_sys" in line]
        print(f"\n{title}\n" + "\n".join(line[:150] for line in lines[:SHOWN]))


def with_callgrind(bench, workload):
    """Counts the instructions of a fixed number of requests, behind the first ones that warm everything up."""
    out = bench.processes.directory / "callgrind.out"
    settings = bench.environment(workload) | {"WORKERS": "1"}
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", bench.binary, "serve"]
    process = bench.processes.start("callgrind", command, settings)
    port, asked = int(settings["APP_PORT"]), workload.request()
    wait_for_answer(port, asked, process)
    count = COUNTED_REQUESTS if workload.units < 1000 else 1
    client.ask_many(port, asked, min(WARMING_REQUESTS, count))
    switch(process, "on")
    client.ask_many(port, asked, count, connections=4)
    switch(process, "off")
    process.terminate()
    process.wait(30)
    for title, inclusive in (("functions by their own instructions", "no"), ("with all they call", "yes")):
        done = subprocess.run(["callgrind_annotate", f"--inclusive={inclusive}", "--threshold=100", out], timeout=120,
                              capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if re.match(r"^ *[\d,]+ \(", line)]
        short = [re.sub(r"/\S*/(registry/src/[^/]*|library)/| \[/\S*\]$", "", line) for line in lines]
        print(f"\n{title}, {count} requests\n" + "\n".join(line[:190] for line in short[:SHOWN]))


def switch(process, state):
    """Counts from now on, or no longer."""
    subprocess.run(["callgrind_control", "-i", state, str(process.pid)], capture_output=True, timeout=30, check=True)


def main():
    """Runs it."""
    release, key, tool = Path(sys.argv[1]), *(sys.argv[2:] + ["plain", ""][len(sys.argv) - 2:])[:2]
    if key not in KNOWN:
        sys.exit(f"profile: unknown workload {key}; there are {', '.join(KNOWN)}")
    tool = tool or ("perf" if perf_works() else "callgrind")
    if tool == "callgrind" and not shutil.which("valgrind"):
        sys.exit("profile: perf may not be used here, and valgrind is not installed: apt-get install valgrind")
    try:
        with tempfile.TemporaryDirectory(prefix="qianqiao-profile-") as directory, Processes(directory) as processes:
            bench = Bench(processes, (release / "qianqiao").resolve(), (release / "fake-upstream").resolve())
            (with_callgrind if tool == "callgrind" else with_perf)(bench, KNOWN[key])
    except (Failure, OSError) as failure:
        sys.exit(f"profile: {failure}")


if __name__ == "__main__":
    main()
