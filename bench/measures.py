"""The figures that are not rounds of load: memory, start-up, the first token, and growth."""

import statistics
import time
from dataclasses import replace

import client
import workloads
from load import counted, rounds, timed
from processes import Failure, forget_peak, peak_mb, resident_mb, wait_until
from sides import ROOT, Side, wait_for_answer

HELD_STREAMS = 1000
SETTLE_S = 0.5


def load(bench, workload, plan):
    """Rounds of `wrk` on all sides of one workload; the cheapest one also shows what supervisord's log relay costs."""
    sides = bench.sides(workload)
    if workload is workloads.PLAIN:
        sides.append(_start_whole(bench)[1])
    try:
        samples = rounds(sides, lambda side: timed(side, plan.seconds, bench.processes.directory), plan.rounds)
        # A stream that breaks off with an error still has the status 200, so `wrk` does not see it.
        told = {root.log: root.log.read_text(errors="replace") for side in sides for root in side.roots}
        if log := next((log for log, text in told.items() if "an answer failed" in text), None):
            raise Failure(f"{workload.title}: answers failed under load\n{told[log][-2000:]}")
        return samples
    finally:
        bench.stop(sides)


def long_answers(bench, workload, plan):
    """Rounds of a few whole answers each; also the upstream's bytes for one answer."""
    sides = bench.sides(workload)
    try:
        samples = rounds(sides, lambda side: counted(side, plan.long_answers), plan.long_rounds)
        return samples, sides[0].size
    finally:
        bench.stop(sides)


def growth(bench, plan):
    """CPU of the service for each megabyte from upstream, as the answer grows; the bytes grow with the square."""
    figures = []
    for events in plan.growth:
        workload = workloads.qianwen_stream(events)
        sides = bench.sides(workload)
        size, service = sides[0].size, sides[2]
        # About the same number of bytes for every length keeps the error of the clock's ticks alike.
        count = max(2, round(plan.growth_bytes / size))
        samples = [counted(service, count) for _ in range(plan.long_rounds)]
        bench.stop(sides)
        figures.append((events, size, statistics.median(one.cpu_us for one in samples) / (size / 1e6)))
    return figures


def first_token(bench, workload, plan):
    """Milliseconds to the first text on each side, one request at a time: the median and the 99th percentile."""
    sides = bench.sides(workload)
    seconds = {side.name: [] for side in sides}
    connections = {side.name: client.Connection(side.port) for side in sides}
    try:
        for _ in range(plan.first_tokens):
            for side in sides:
                asked = connections[side.name].first_token(side.request, workloads.FIRST_TOKEN)
                seconds[side.name].append(asked)
    finally:
        for connection in connections.values():
            connection.close()
        bench.stop(sides)
    return {name: (statistics.median(all_) * 1e3, statistics.quantiles(all_, n=100)[98] * 1e3)
            for name, all_ in seconds.items()}


def idle_memory(bench):
    """Resident memory of the service and of the whole stack before the first answer and behind it."""
    service, stack = bench.stack(workloads.PLAIN)
    wait_until(lambda: _healthy(service.port), "the service", service.roots[0])
    time.sleep(SETTLE_S)
    fresh = resident_mb(service.pids()), resident_mb(stack.pids())
    wait_for_answer(stack.port, stack.request, service.roots[0])
    time.sleep(SETTLE_S)
    used = resident_mb(service.pids()), resident_mb(stack.pids())
    bench.stop([service, stack])
    return fresh, used


def _healthy(port):
    try:
        return client.ask(port, client.Request("/health")).status == 200
    except (OSError, ValueError):
        return False


def held_memory(bench, workload):
    """Resident memory while a thousand clients wait on answers that have begun and do not go on."""
    service, stack = bench.stack(workload)
    wait_for_answer(service.port, replace(service.request, path="/v1/models", body=b""), service.roots[0])
    before = client.journal(bench.fake_port)["completed"]
    held = []
    try:
        for _ in range(HELD_STREAMS):
            connection = client.Connection(stack.port)
            held.append(connection)
            connection.send(stack.request)
        for connection in held:
            connection.until(b'"content":')
        time.sleep(SETTLE_S)
        seen = client.journal(bench.fake_port)
        if seen["open_streams"] != HELD_STREAMS or seen["completed"] != before:
            raise Failure(f"{seen['open_streams']} streams are open instead of {HELD_STREAMS}")
        return resident_mb(service.pids()), resident_mb(stack.pids())
    finally:
        for connection in held:
            connection.close()
        bench.stop([service, stack])


def huge_answer(bench):
    """How far the service's memory grows while one very long answer streams through the stack; and its megabytes."""
    workload = workloads.HUGE
    service, stack = bench.stack(workload)
    wait_for_answer(service.port, replace(service.request, path="/v1/models", body=b""), service.roots[0])
    pid = service.roots[0].pid
    before = resident_mb([pid])
    forget_peak(pid)
    response = client.ask(stack.port, stack.request, keep=2)
    grown = peak_mb(pid) - before
    if response.status != 200 or not response.body.endswith(b"data: [DONE]\n\n"):
        raise Failure(f"{workload.title}: the answer is not whole")
    bench.stop([service, stack])
    return response.size / 1e6, grown


def start_up(bench, plan):
    """Seconds from exec to the first right answer: the service alone, and everything under supervisord."""
    alone, whole = [], []
    for _ in range(plan.starts):
        alone.append(_start_service(bench))
        seconds, side = _start_whole(bench)
        whole.append(seconds)
        bench.stop([side])
    return {name: (statistics.median(times), max(times)) for name, times in (("service", alone), ("whole", whole))}


def _start_service(bench):
    settings = bench.environment(workloads.PLAIN)
    started = time.perf_counter()
    process = bench.processes.start("service", [bench.binary, "serve"], settings)
    wait_for_answer(int(settings["APP_PORT"]), workloads.PLAIN.request(), process)
    seconds = time.perf_counter() - started
    bench.processes.stop(process)
    return seconds


def _start_whole(bench):
    settings = bench.environment(workloads.PLAIN)
    settings |= {"QIANQIAO_BIN": str(bench.binary), "RUN_DIR": str(bench.processes.directory / "run")}
    started = time.perf_counter()
    process = bench.processes.start("whole", [ROOT / "docker" / "entrypoint.sh"], settings)
    side = Side("whole", int(settings["LISTEN_PORT"]), workloads.PLAIN.request(), [process])
    wait_for_answer(side.port, side.request, process)
    seconds = time.perf_counter() - started
    side.check(workloads.PLAIN)
    return seconds, side
