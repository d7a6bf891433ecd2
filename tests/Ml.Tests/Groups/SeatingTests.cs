using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Ml.Tests;

public sealed class SeatingTests
{
    [Fact]
    public void Every_row_has_one_trainer_and_trainers_have_equally_many() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(),
        (sizes, workerCount, trainers) =>
        {
            int[] rows = [.. sizes.Select(size => (int)size), 1];
            var workers = Enumerable.Range(0, (workerCount % 5) + 1).Select(i => ($"w{i}", 1 + (i % 3))).ToArray();
            var holders = rows.Select((_, i) => (IReadOnlyList<string>)[$"w{i % 7}"]).ToArray();
            var seats = Seating.Plan(workers, rows, holders, trainers == 0 ? null : trainers);
            var taken = seats.SelectMany(seat => seat.Rows)
                .SelectMany(range => Enumerable.Range(range.Start, range.Count).Select(row => (range.Partition, row)));
            var all = rows.SelectMany((count, i) => Enumerable.Range(0, count).Select(row => (i, row)));
            int total = rows.Sum(), ranks = seats.Sum(seat => seat.Ranks);
            return taken.SequenceEqual(all)
                && seats.Select(seat => seat.Address).Distinct().Count() == seats.Length
                && seats.All(seat => Math.Abs(Count(seat) - ((double)total * seat.Ranks / ranks)) <= 1)
                && ranks == Math.Min(total, trainers == 0 ? workers.Sum(worker => worker.Item2) : trainers);
        }).QuickCheckThrowOnFailure();

    private static int Count(Seat seat) => seat.Rows.Sum(range => range.Count);

    [Fact]
    public void Trainers_sit_where_their_rows_lie()
    {
        IReadOnlyList<string>[] holders = [["b"], ["b"], ["a"], ["a"]];
        var seats = Seating.Plan([("a", 1), ("b", 1)], [10, 10, 10, 10], holders, null);
        Assert.Equal(["b", "a"], seats.Select(seat => seat.Address));
        Assert.Equal([new RowRange(2, 0, 10), new RowRange(3, 0, 10)], seats[1].Rows);
    }

    [Fact]
    public void An_epoch_larger_than_a_report_travels_in_parts()
    {
        float[] theta = [.. Enumerable.Range(0, 200_000).Select(i => (float)i)];
        var message = new EpochMessage
        {
            Report = new EpochReport { Epoch = 4, Loss = 0.5 },
            State = new TrainerState { Epoch = 4, Theta = theta },
        };
        byte[][] parts = [.. message.ToParts()];
        Assert.True(parts.Length > 2);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 256 << 10));
        var assembler = new EpochMessage.Assembler();

        // The first part of an epoch was lost: nothing comes of it, and the next epoch is whole.
        Assert.Null(assembler.Add(parts[1]));
        foreach (byte[] part in parts[..^1])
            Assert.Null(assembler.Add(part));
        var copy = assembler.Add(parts[^1])!;
        Assert.Equal(message.Report, copy.Report);
        Assert.Equal(theta, copy.State.Theta);
    }
}
