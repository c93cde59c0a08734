"""The figures as a page of Markdown."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

import workloads
from load import CONNECTIONS, middle, ratio
from measures import HELD_STREAMS
from sides import ROOT, WORKERS

SIDES = {"fake": "the fake upstream itself", "nginx": "nginx passing the same bytes", "service": "the service alone",
         "stack": "the whole stack", "whole": "the same under supervisord"}
LOADS = (workloads.PLAIN, workloads.OPENAI_32, workloads.QIANWEN_32, workloads.QIANWEN_4000)
# What the design promises: CPU of the whole stack as a multiple of plain nginx's, and absolute limits.
MOST_CPU = {"plain": 3.5, "openai-32": 2.8, "qianwen-32": 3.5}
MOST_IDLE_MB, MOST_HELD_MB, MOST_START_S, MOST_FIRST_TOKEN_MS = 20, 48, 1.0, 1.0
MOST_GROWN_MB, MOST_ADDED, MOST_CHART_MS, MOST_YEAR_MB = 8, 1.10, 50, 50
# A megabyte of the longest answer against one of the shortest: a cost that grew faster than the bytes would show here.
MOST_GROWTH = 1.15

# Above this, figures say more about the neighbours.
MOST_OTHERS = 0.1

HOW_TO_READ = """\
- CPU is user and system time from `/proc/<pid>/stat` over all processes of a side (nginx: master and workers), divided by
  the answers. The load generator and the fake upstream do not count, except in the row that shows the fake itself.
- A ratio is the median over pairs of neighbouring rounds; in brackets the smallest and the largest pair. Both nginx write
  the same access log into a file. The other figures are medians of the rounds.
- Everything runs on one machine and fights for the same cores: requests per second and latency are those of the crowd,
  CPU and ratios are the figures to compare. Another machine, or a busy one, gives others.
- The processes are started directly, as the container starts them but without supervisord, which takes no part in a
  request except that it relays the log lines. One row of the plain answer shows what that adds, and the memory it takes;
  start-up is measured with it, too, through `docker/entrypoint.sh`.
- Memory is VmRSS summed over processes, so pages that nginx's processes share count several times.
- "Direct" rows repeat the very request that the service sends upstream, so the upstream answers with the same bytes. A
  Qianwen stream repeats the whole text in every event; nginx passes that on, the service sends each piece once.
- The latency of the 4,000-event stream is that of a whole answer, the "p99" its slowest.
- The upstream is this project's own fake on the loopback interface. Nothing here says how fast a real upstream is.
"""


def write(figures, plan, binary, command):
    """The whole page."""
    parts = [
        "# Benchmark\n", _machine(binary, command, figures), "## Against the budget\n", _budget(figures),
        "## Load\n", *(_load(figures[one.key], one) for one in LOADS), "## First token\n", _first_tokens(figures),
        "## Memory and start-up\n", _rest(figures), "## Growing answers\n", _growth(figures),
        "## Single parts, and an older build\n", _parts(figures),
        "## How to read this\n", _rounds(plan) + HOW_TO_READ,
    ]
    return "\n".join(parts)


def _table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def _machine(binary, command, figures):
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    commit = _said("git", "-C", ROOT, "rev-parse", "--short", "HEAD")
    changed = " with uncommitted changes" if _said("git", "-C", ROOT, "status", "--porcelain", "--", "src", "nginx") else ""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    cpu = f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores"
    versions = [_said(binary, "version"), _said("nginx", "-v"), _said("rustc", "--version"), _said("wrk", "-v")]
    short = ", ".join(re.sub(r"^nginx version: |\(.*| \[.*", "", version).strip() for version in versions)
    return _table(["", ""], [
        ["date", f"{now}, {figures['seconds']:.0f} s"], ["machine", f"{cpu}, Linux {platform.release()}"],
        ["taken by others meanwhile", _others(figures)],
        ["commit", commit + changed], ["versions", short],
        ["command", f"`bench/{Path(command[0]).name} {' '.join(command[1:])}`".replace(" `", "`")],
    ])


def _others(figures):
    """A neighbour's work changes what a request costs: it takes the caches and breaks up batches."""
    shares = [one.others for load in LOADS[:3] for samples in figures[load.key].values() for one in samples]
    share = statistics.mean(shares)
    doubt = " **(too much: repeat this on a quiet machine)**" if share > MOST_OTHERS else ""
    return f"{share:.0%} of the CPU under load, at most {max(shares):.0%} in a round{doubt}"


def _said(*command):
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=10, check=False)
    except OSError:
        return "unknown"
    return (done.stdout + done.stderr).strip().split("\n")[0]


def _budget(figures):
    rows = []
    for workload in LOADS[:3]:
        value, low, high = ratio(figures[workload.key], "stack")
        most = MOST_CPU[workload.key]
        rows.append([f"CPU, {workload.title}: stack / nginx", f"≤ {most} ×", f"{value:.2f} × ({low:.2f}–{high:.2f})",
                     _met(value <= most)])
    idle = figures["idle"][0][0]
    rows.append(["service, resident, idle", f"≤ {MOST_IDLE_MB} MB", f"{idle:.1f} MB", _met(idle <= MOST_IDLE_MB)])
    for workload in (workloads.HOLD_OPENAI, workloads.HOLD_QIANWEN):
        held = figures[workload.key][0]
        rows.append([f"service, resident, {HELD_STREAMS:,} {workload.title}", f"≤ {MOST_HELD_MB} MB", f"{held:.1f} MB",
                     _met(held <= MOST_HELD_MB)])
    start = figures["start"]["whole"][0]
    rows.append(["start to first answer, everything", f"≤ {MOST_START_S:.0f} s", f"{start:.2f} s",
                 _met(start <= MOST_START_S)])
    for workload in (workloads.OPENAI_32, workloads.QIANWEN_32):
        added = _added(figures[f"first-{workload.key}"], "stack")
        rows.append([f"added to the first token, {workload.provider}", f"≤ {MOST_FIRST_TOKEN_MS:.0f} ms",
                     f"{added:.2f} ms", _met(added <= MOST_FIRST_TOKEN_MS)])
    growth = figures["growth"][-1][2] / figures["growth"][0][2]
    rows.append(["CPU for a megabyte, longest / shortest answer", f"≤ {MOST_GROWTH} ×", f"{growth:.2f} ×",
                 _met(growth <= MOST_GROWTH)])
    size, grown = figures["huge"]
    rows.append([f"memory for one answer of {size:.0f} MB", f"≤ {MOST_GROWN_MB} MB", f"{grown:.1f} MB",
                 _met(grown <= MOST_GROWN_MB)])
    if figures["costs"]:
        *charts, (_, size, _) = figures["costs"]["charts"]
        longest = max(float(median) for _, median, _ in charts)
        rows.append(["the slowest chart of a year", f"≤ {MOST_CHART_MS} ms", f"{longest:.1f} ms",
                     _met(longest <= MOST_CHART_MS)])
        rows.append(["a year of a busy small team", f"≤ {MOST_YEAR_MB} MB", f"{size} MB", _met(float(size) <= MOST_YEAR_MB)])
    for one in figures["against"]:
        if one.workload.stream:
            rows.append([f"CPU, {one.workload.title}: the service / an older build of it", f"≤ {MOST_ADDED:.2f} ×",
                         f"{one.ratio():.2f} ×", _met(one.ratio() <= MOST_ADDED)])
    return _table(["", "budget", "measured", "met"], rows)


def _met(holds):
    return "yes" if holds else "**no**"


def _load(samples, workload):
    rows = []
    for name, of in samples.items():
        times = "–" if name == "fake" else f"{ratio(samples, name)[0]:.2f}"
        rows.append([SIDES[name], f"{middle(of, 'per_second'):,.{1 if workload.units > 1000 else 0}f}",
                     f"{middle(of, 'p50_ms'):.2f}", f"{middle(of, 'p99_ms'):.2f}", f"{middle(of, 'cpu_us'):,.1f}", times,
                     f"{middle(of, 'resident_mb'):.1f}"])
    heads = [workload.title, "answers/s", "p50 ms", "p99 ms", "CPU µs/answer", "× nginx", "resident MB"]
    return _table(heads, rows)


def _added(figures, name):
    return figures[name][0] - figures["fake"][0]


def _first_tokens(figures):
    rows = []
    for workload in (workloads.OPENAI_32, workloads.QIANWEN_32):
        of = figures[f"first-{workload.key}"]
        for name in of:
            rows.append([f"{workload.title}, {SIDES[name]}", f"{of[name][0]:.3f}", f"{of[name][1]:.3f}",
                         f"{_added(of, name):+.3f}"])
    return _table(["one request at a time", "median ms", "p99 ms", "added ms"], rows)


def _rest(figures):
    fresh, used = figures["idle"]
    start = figures["start"]
    rows = [["idle, nothing asked yet", *_two(fresh)], ["idle, after one answer", *_two(used)]]
    for workload in (workloads.HOLD_OPENAI, workloads.HOLD_QIANWEN):
        rows.append([f"{HELD_STREAMS:,} {workload.title}", *_two(figures[workload.key])])
    times = _table(["start to the first answer", "median s", "slowest s"], [
        ["the service", *(f"{one:.3f}" for one in start["service"])],
        ["everything, through docker/entrypoint.sh", *(f"{one:.3f}" for one in start["whole"])],
    ])
    return _table(["resident MB", "service", "with nginx"], rows) + "\n" + times


def _two(pair):
    return [f"{one:.1f}" for one in pair]


def _growth(figures):
    rows = [[f"{events:,}", f"{size / 1e6:,.1f}", f"{cost:,.0f}"] for events, size, cost in figures["growth"]]
    return _table(["events of a Qianwen answer", "MB from upstream", "service, CPU µs/MB"], rows)


def _parts(figures):
    """What single parts cost, and everything that an older build did not have."""
    parts = []
    if costs := figures["costs"]:
        parts.append(_table(["an account picked and given back", "median ns", "fastest batch"], costs["pick"]))
        parts.append(_table(["a call counted, the disk apart", "median ns", "fastest batch"], costs["count"]))
        parts.append(_table(["a chart of a busy small team's year", "median ms", "fastest"], costs["charts"][:-1]))
    else:
        parts.append("Single parts were not measured: `cargo bench --locked --bench costs --no-run` builds what does.\n")
    parts.extend(_against(one) for one in figures["against"])
    if not figures["against"]:
        parts.append("No older build was compared: `bench/run.py --against PATH`.\n")
    return "\n".join(parts)


def _against(comparison):
    names = {"older": f"older: `{comparison.older}`", "newer": "this one", "again": "this one, a second process"}
    rows = [[names[name], f"{middle(of, 'per_second'):,.0f}", f"{middle(of, 'cpu_us'):.1f}",
             f"{middle(of, 'resident_mb'):.1f}"] for name, of in comparison.samples.items()]
    table = _table([f"{comparison.workload.title}, the service alone", "answers/s", "CPU µs/answer", "resident MB"], rows)
    added, chance = comparison.added(), comparison.chance()
    rounds = len(comparison.samples["newer"])
    return (f"{table}\nThis build takes {added[0]:+.1f} µs ({added[1]:+.1f} to {added[2]:+.1f}) of CPU for an answer "
            f"beside the older one ({comparison.ratio():.2f} ×); between two processes of this build it is {chance[0]:+.1f} µs ({chance[1]:+.1f} to "
            f"{chance[2]:+.1f}). Medians over {rounds} rounds, in turn.\n")


def _rounds(plan):
    return (f"- {plan.rounds} rounds of {plan.seconds} s for each side, the sides in turn; {CONNECTIONS} connections, "
            f"{WORKERS} workers for nginx and for the service alike. 4,000-event streams: {plan.long_rounds} rounds of "
            f"{plan.long_answers} answers.\n")
