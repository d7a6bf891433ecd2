namespace TaskGraph.Ml;

/// <summary>
/// Who trains on which rows. Trainer k of p takes the k-th of p equal runs of rows, whatever holds them, so that
/// results depend on the number of trainers alone; which worker gets which run follows where the rows lie.
/// </summary>
internal static class Seating
{
    /// <summary>Seats trainers.</summary>
    /// <param name="workers">Addresses and threads of the workers.</param>
    /// <param name="partitionRows">Rows of each partition.</param>
    /// <param name="holders">Addresses of the workers that hold each partition.</param>
    /// <param name="trainers">How many trainers; null = one per thread. Never more than rows.</param>
    public static Seat[] Plan(
        IReadOnlyList<(string Address, int Threads)> workers, int[] partitionRows,
        IReadOnlyList<IReadOnlyList<string>> holders, int? trainers)
    {
        long rows = partitionRows.Sum(count => (long)count);
        int[] ranks = Ranks(workers, (int)Math.Min(rows, trainers ?? workers.Sum(worker => worker.Threads)));
        int total = ranks.Sum();
        var seats = new List<Seat>();
        var free = Enumerable.Range(0, workers.Count).ToList();
        int first = 0;
        foreach (int count in ranks.Where(count => count > 0))
        {
            var taken = RowRange.Between(partitionRows, rows * first / total, rows * (first + count) / total);
            first += count;

            // Only workers that are to hold as many trainers compete for the seat: sums keep their order.
            int chosen = free.Where(worker => ranks[worker] == count)
                .MaxBy(worker => RowsHeld(taken, holders, workers[worker].Address));
            free.Remove(chosen);
            seats.Add(new Seat(workers[chosen].Address, count, taken));
        }

        return [.. seats];
    }

    /// <summary>Trainers per worker: dealt in turn to workers with free threads, then beyond their threads.</summary>
    private static int[] Ranks(IReadOnlyList<(string Address, int Threads)> workers, int trainers)
    {
        int[] ranks = new int[workers.Count];
        int left = trainers;
        for (int round = 0; left > 0; round++)
        {
            bool isFull = workers.All(worker => worker.Threads <= round);
            for (int i = 0; i < ranks.Length && left > 0; i++)
            {
                if (!isFull && workers[i].Threads <= round)
                    continue;
                ranks[i]++;
                left--;
            }
        }

        return ranks;
    }

    private static long RowsHeld(RowRange[] ranges, IReadOnlyList<IReadOnlyList<string>> holders, string address)
    {
        long rows = 0;
        foreach (var range in ranges)
        {
            if (holders[range.Partition].Contains(address))
                rows += range.Count;
        }

        return rows;
    }
}
