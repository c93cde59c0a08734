"""The measured processes: started here, read through /proc, and gone when the benchmark ends, however it ends."""

import ctypes
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
STOP_PATIENCE_S = 8
READY_PATIENCE_S = 15
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """The benchmark cannot go on; the text is for the person who started it."""


class Processes:
    """A scope: whatever was started in it is stopped at its end."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self._running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self._running[:]):
            self.stop(process)

    def start(self, name, command, environment=None):
        """Nothing of the caller's own environment reaches the process: a key set there must not change the figures."""
        log = self.directory / f"{name}.log"
        variables = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "HOME": str(self.directory), **(environment or {})}
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command], cwd=self.directory, env=variables, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=_end_with_parent)
        process.log = log
        self._running.append(process)
        return process

    def stop(self, process):
        """Asks first; what does not go is killed together with its children."""
        if process in self._running:
            self._running.remove(process)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def _end_with_parent():
    """A benchmark that is killed outright cannot clean up, so the kernel does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until(condition, what, process=None, patience=READY_PATIENCE_S):
    """Polls until the condition holds and returns what it said; a process that ended meanwhile is told with its log."""
    deadline = time.monotonic() + patience
    while True:
        said = condition()
        if said:
            return said
        if process is not None and process.poll() is not None:
            raise Failure(f"{what}: the process ended by itself.\n{log_tail(process)}")
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {patience} s.\n{log_tail(process) if process else ''}")
        time.sleep(0.001)


def log_tail(process):
    """The last lines a process wrote."""
    return "\n".join(process.log.read_text(errors="replace").splitlines()[-15:])


def tree(pid):
    """The process and everything below it."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(entry.name)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for parent in found:
        found.extend(children.get(parent, []))
    return found


def _stat(pid):
    """The fields of /proc/PID/stat behind the name, which may itself hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pids):
    """User and system time, threads that have ended included."""
    ticks = 0
    for pid in pids:
        fields = _stat(pid)
        if fields is None:
            raise Failure(f"process {pid} ended while it was measured")
        ticks += int(fields[11]) + int(fields[12])
    return ticks * TICK_S


def machine_seconds():
    """The whole machine's working time, stolen time included: what a neighbour on the same host took counts as taken."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) * TICK_S


def own_seconds():
    """The time of the benchmark itself, of what runs below it, and of what ran and was waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return cpu_seconds(tree(os.getpid())) + ended.ru_utime + ended.ru_stime


def peak_mb(pid):
    """The largest VmRSS so far, since `forget_peak`."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def forget_peak(pid):
    """From now on the peak is counted anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def resident_mb(pids):
    """VmRSS summed up; pages that processes share count once for each of them."""
    kilobytes = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kilobytes / 1024
