"""What the service costs against an older build of itself, and what single parts of it cost."""

import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

import workloads
from load import rounds, timed
from processes import Failure
from sides import ROOT, Side, wait_for_answer

# A year is written for the charts first.
COSTS_PATIENCE_S = 120


@dataclass(frozen=True)
class Comparison:
    """Rounds of both builds in turn, and of the newer one once more: how much of a difference is chance."""

    older: str
    workload: workloads.Workload
    samples: dict

    def added(self):
        """CPU of both processes of this build less that of the older one; see `_spread`."""
        return _spread(self._differences("newer", "older") + self._differences("again", "older"))

    def ratio(self):
        """CPU of this build as a multiple of the older one's: the median over pairs of the same round."""
        pairs = [pair for name in ("newer", "again") for pair in zip(self.samples[name], self.samples["older"], strict=True)]
        return statistics.median(a.cpu_us / b.cpu_us for a, b in pairs)

    def chance(self):
        """The same between the two processes of this build."""
        return _spread(self._differences("again", "newer"))

    def _differences(self, one, other):
        pairs = zip(self.samples[one], self.samples[other], strict=True)
        return [a.cpu_us - b.cpu_us for a, b in pairs]


def _spread(differences):
    """In µs for an answer: the median over pairs of the same round, the smallest and the largest."""
    return statistics.median(differences), min(differences), max(differences)


def compare(bench, older, plan, workload):
    """The same load on an older binary and on this one, interleaved. Only the service is measured, without nginx."""
    sides = []
    for name, binary in (("older", older), ("newer", bench.binary), ("again", bench.binary)):
        settings = bench.environment(workload)
        process = bench.processes.start(f"service-{name}", [binary, "serve"], settings)
        side = Side(name, int(settings["APP_PORT"]), workload.request(), [process])
        sides.append(side)
        wait_for_answer(side.port, side.request, process)
        side.check(workload)
    samples = rounds(sides, lambda side: timed(side, plan.seconds, bench.processes.directory), plan.compare_rounds)
    bench.stop(sides)
    done = subprocess.run([older, "version"], capture_output=True, text=True, timeout=10, check=False)
    return Comparison(f"{Path(older)} ({done.stdout.strip() or 'unknown'})", workload, samples)


def costs():
    """The lines of benches/costs by part: a case, the median and the best try. Nothing, if it was not built."""
    built = sorted((ROOT / "target" / "release" / "deps").glob("costs-*"), key=lambda path: path.stat().st_mtime)
    programs = [path for path in built if not path.suffix]
    if not programs:
        return None
    done = subprocess.run([programs[-1], "--bench"], capture_output=True, text=True, timeout=COSTS_PATIENCE_S, check=False)
    if done.returncode:
        raise Failure(f"{programs[-1]} failed: {done.stderr}")
    parts = {}
    for part, *figures in (line.split("\t") for line in done.stdout.splitlines()):
        parts.setdefault(part, []).append(figures)
    return parts
