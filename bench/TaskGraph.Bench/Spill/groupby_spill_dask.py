"""groupby-spill on Dask: the same partitions, limits and processes as GroupBySpill.cs; one JSON line per run.

    /usr/bin/python3 groupby_spill_dask.py --reps 3      # Debian: apt-get install python3-distributed
"""
import argparse
import json
import time

import numpy as np
from dask.distributed import Client, LocalCluster, wait

ROWS, GROUPS = 1 << 20, 1000


def make(seed):
    noise = np.arange(ROWS, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed * 40503 % 2**32)
    return (noise % GROUPS).astype(np.int64), ((noise >> 8) & 0xFFFFF) / 1048576.0


def group_sums(columns):
    return np.bincount(columns[0], weights=columns[1], minlength=GROUPS)


def merge(parts):
    return np.sum(parts, axis=0)


def peak_mib():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024


def spilled_mib(dask_worker):
    return dask_worker.data.spilled_total.memory / 2**20


def run(partitions, workers, threads):
    with LocalCluster(n_workers=workers, threads_per_worker=threads, memory_limit="256MiB",
                      dashboard_address=None) as cluster, Client(cluster) as client:
        client.wait_for_workers(workers)
        before = set(client.run(lambda: __import__("os").getpid()).values())
        start = time.perf_counter()
        made = client.map(make, range(partitions), pure=False)
        wait(made)
        made_at = time.perf_counter() - start
        sums = client.map(group_sums, made, pure=False)
        result = client.submit(merge, sums, pure=False).result()
        seconds = time.perf_counter() - start
        expected = sum(float(make(seed)[1].sum()) for seed in range(partitions))
        assert result.sum() == expected, (result.sum(), expected)
        peaks = client.run(peak_mib)
        after = set(client.run(lambda: __import__("os").getpid()).values())
        line = {"case": "groupby-spill", "peer": "dask", "tasks": partitions, "workers": workers, "threads": threads,
                "seconds": round(seconds, 3), "seconds_to_make": round(made_at, 3),
                "spilled_mib": round(sum(client.run(spilled_mib).values()), 1), "restarts": len(after - before)}
        for index, peak in enumerate(peaks.values()):
            line[f"peak_rss_mib_{index}"] = round(peak, 1)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=96)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    for _ in range(arguments.reps):
        run(arguments.tasks, arguments.workers, arguments.threads)
