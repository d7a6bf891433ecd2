"""Rows of the table of goals on Dask that dask_sched.py has not got: published graphs, METG, sleeps of 1 and 100 ms.

    /usr/bin/python3 dask_rows.py --peers DIR --threads 4 --graphs FOLDER --cases graph-bag-10,metg,slow-1ms

DIR is the folder with dask_sched.py and common.py, FOLDER has a NAME.json for each case graph-NAME: what its tasks take,
and where they are not trivial how long they sleep, how large their values are and how many processors they take. One JSON
line per run, and one with "rep": "median".
"""
import argparse
import ctypes
import json
import os
import struct
import sys
import threading
import time
import uuid

MASK = (1 << 64) - 1
TIMER_SLACK = 29  # PR_SET_TIMERSLACK: sleeps end up to 50 µs late unless a thread says otherwise
_thread = threading.local()


def sleep_for(us):
    """Sleeps so long at least; returns how long that was in fact, in µs."""
    if not getattr(_thread, "slack", False):
        ctypes.CDLL(None).prctl(TIMER_SLACK, 1)
        _thread.slack = True
    start = time.perf_counter()
    if us > 0:
        time.sleep(us / 1e6)
    return (time.perf_counter() - start) * 1e6


def sleep_with(array, us):
    return sleep_for(us) if len(array) else 0


def sleep_ms(ms):
    time.sleep(ms / 1000)
    return 1


def make(count):
    return bytes(count)


def total(values):
    return sum(values)


def sum_and_one(values):
    return (sum(values) + 1) & MASK


def consume(values, us, count):
    sleep_for(us)
    value = 1
    for one in values:
        value += struct.unpack_from("<Q", one)[0] + len(one)
    return struct.pack("<Q", value & MASK) + bytes(count - 8)


def expected(graph):
    """What each task gives, worked out here."""
    values = []
    sizes = graph.get("bytes")
    for inputs in graph["inputs"]:
        values.append((1 + sum(values[i] + (sizes[i] if sizes else 0) for i in inputs)) & MASK)
    return values


def sinks(graph):
    taken = {i for inputs in graph["inputs"] for i in inputs}
    return [i for i in range(len(graph["inputs"])) if i not in taken]


def tasks_of(graph, prefix):
    """A raw graph: one layer, without an optimisation pass."""
    if "us" in graph:
        return {f"{prefix}{i}": (consume, [f"{prefix}{j}" for j in inputs], graph["us"][i], graph["bytes"][i])
                for i, inputs in enumerate(graph["inputs"])}
    return {f"{prefix}{i}": (sum_and_one, [f"{prefix}{j}" for j in inputs]) for i, inputs in enumerate(graph["inputs"])}


def with_processors(tasks, cpus, prefix):
    from dask.highlevelgraph import HighLevelGraph, MaterializedLayer
    layer = MaterializedLayer(tasks, annotations={"resources": lambda key: {"CPUS": cpus[int(key[len(prefix):])]}})
    return HighLevelGraph({"all": layer}, {"all": set()})


def run_graph(client, graph, threads):
    prefix = uuid.uuid4().hex + "-"
    ends = sinks(graph)
    values = expected(graph)
    start = time.perf_counter()
    tasks = tasks_of(graph, prefix)
    if "cpus" in graph:
        tasks = with_processors(tasks, [min(threads, one) for one in graph["cpus"]], prefix)
    results = client.get(tasks, [f"{prefix}{i}" for i in ends], optimize_graph=False)
    seconds = time.perf_counter() - start
    for end, result in zip(ends, results):
        value = struct.unpack_from("<Q", result)[0] if "us" in graph else result
        assert value == values[end], (graph["name"], end, value, values[end])
    count = len(graph["inputs"])
    figures = {"tasks": count, "seconds": seconds, "us_per_task": seconds / count * 1e6}
    if "bound_seconds" in graph:
        figures["over_lower_bound"] = seconds / graph["bound_seconds"]
    return figures


def run_slow(client, ms, threads):
    count = 5000 if ms < 100 else 100 * threads
    start = time.perf_counter()
    result = client.submit(total, client.map(sleep_ms, [ms] * count, pure=False), pure=False).result()
    seconds = time.perf_counter() - start
    assert result == count
    bound = count / threads * ms / 1000
    return {"tasks": count + 1, "seconds": seconds, "over_lower_bound": seconds / bound}


def metg_step(client, arrays, count, us, threads):
    start = time.perf_counter()
    if arrays:
        futures = client.map(sleep_with, [arrays[i % len(arrays)] for i in range(count)], [us] * count, pure=False)
    else:
        futures = client.map(sleep_for, [us] * count, pure=False)
    slept = sum(client.gather(futures))
    passed = (time.perf_counter() - start) * 1e6
    return slept / count, slept / threads / passed


def run_metg(client, size, threads):
    """The shortest task at half efficiency, between the first step below it and the one before, by logarithms."""
    from distributed import wait
    arrays = client.map(make, [size] * (2 * threads), pure=False) if size else []
    wait(arrays)
    longer, us = None, 200_000.0
    while us > 2:
        count = int(max(4 * threads, min(2000, 300_000 * threads / us)))
        slept, efficiency = metg_step(client, arrays, count, us, threads)
        if efficiency < 0.5:
            if longer:
                slept *= (longer[0] / slept) ** ((0.5 - efficiency) / (longer[1] - efficiency))
            break
        longer = slept, efficiency
        us /= 1.5
    return {"tasks": 1, "metg_us": slept}


def case(name, client, arguments, threads):
    if name.startswith("graph-"):
        with open(os.path.join(arguments.graphs, name[len("graph-"):] + ".json")) as file:
            graph = json.load(file)
        return lambda: run_graph(client, graph, arguments.threads)
    if name.startswith("slow-"):
        return lambda: run_slow(client, float(name[len("slow-"):-len("ms")]), threads)
    sizes = {"metg": 0, "metg-1kB": 1_000, "metg-1MB": 1_000_000}
    return lambda: run_metg(client, sizes[name], threads)


def measure(name, run, reps):
    from common import bench_lock, emit
    runs = []
    for rep in range(reps):
        with bench_lock():
            runs.append(run())
        emit(name=name, rep=rep, **runs[-1])
    figure = "metg_us" if "metg_us" in runs[0] else "seconds"
    emit(name=name, rep="median", **sorted(runs, key=lambda one: one[figure])[len(runs) // 2])


def cluster(workers, threads):
    import common

    class Cluster(common.Cluster):
        def spawn(self, i):
            return common.Proc([sys.executable, "-m", "distributed.cli.dask_worker", self.addr, "--name", f"w{i}",
                                "--host", "127.0.0.1", "--nthreads", str(self.nthreads), "--no-dashboard",
                                "--memory-limit", self.mem, "--no-nanny", "--resources", f"CPUS={self.nthreads}"],
                               self.env)

    return Cluster(workers, threads)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", required=True)
    parser.add_argument("--graphs")
    parser.add_argument("--cases", required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--reps", type=int, default=1)
    arguments = parser.parse_args()
    sys.path.insert(0, arguments.peers)
    sys.setrecursionlimit(20000)
    here = os.path.dirname(os.path.abspath(__file__))
    os.environ["PYTHONPATH"] = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
    threads = arguments.workers * arguments.threads
    with cluster(arguments.workers, arguments.threads) as dask:
        client = dask.client()
        client.gather(client.map(sleep_for, [0] * 200, pure=False))
        for name in arguments.cases.split(","):
            measure(name, case(name, client, arguments, threads), arguments.reps)


if __name__ == "__main__":
    # Functions of a module travel by name, those of __main__ with their code, each time.
    import dask_rows
    dask_rows.main()
