using TaskGraph.Worker.Storage;

namespace Worker.Tests.Storage;

/// <summary>The small rules: ladder, write budget, compression, unmanaged memory.</summary>
public class MemoryPolicyTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void The_ladder_spills_from_70_percent_and_pauses_from_80()
    {
        var ladder = new MemoryLadder(1000 * MiB, 900 * MiB);
        Assert.Equal(600 * MiB, ladder.TargetBytes);
        Assert.Equal(new LadderStep(0, false), ladder.Look(700 * MiB));
        Assert.Equal(new LadderStep(150 * MiB, false), ladder.Look(750 * MiB));
        Assert.Equal(new LadderStep(210 * MiB, true), ladder.Look(810 * MiB));
        Assert.True(ladder.Look(780 * MiB).IsPaused);
        Assert.False(ladder.Look(760 * MiB).IsPaused);
    }

    [Fact]
    public void A_worker_of_512_MiB_keeps_280_MiB_of_values_and_a_small_one_leaves_room_for_its_tasks()
    {
        Assert.True(new MemoryLadder(512 * MiB, 422 * MiB).TargetBytes >= 280 * MiB);
        Assert.InRange(new MemoryLadder(256 * MiB, 179 * MiB).TargetBytes, 120 * MiB, 130 * MiB);
    }

    [Theory]
    [InlineData("20GB/day")]
    [InlineData("5 MiB/s")]
    [InlineData("2GiB/h")]
    [InlineData("1GB/min")]
    public void Write_budgets_are_read(string text) => Assert.True(WriteBudget.TryParse(text, out _));

    [Theory]
    [InlineData("20GB")]
    [InlineData("fast/s")]
    [InlineData("0/s")]
    [InlineData("1GB/week")]
    public void What_is_no_write_budget_is_refused(string text) => Assert.False(WriteBudget.TryParse(text, out _));

    [Fact]
    public void A_write_budget_is_spent_and_comes_back_with_time()
    {
        Assert.True(WriteBudget.TryParse("10MB/s", out var budget));
        Assert.Equal(0, budget!.WaitUs(1_000_000));
        budget.Spend(15_000_000);
        Assert.InRange(budget.WaitUs(1_000_000), 499_999, 500_002);
        Assert.Equal(0, budget.WaitUs(1_600_000));
        Assert.Equal("10000000/s", budget.ToString());
    }

    [Fact]
    public void Blocks_are_compressed_when_the_disk_is_slow_and_not_when_it_is_fast()
    {
        Assert.True(Tried(new CompressionChoice(doBytesCount: false), writeSeconds: 10e-3) > 90);
        Assert.True(Tried(new CompressionChoice(doBytesCount: false), writeSeconds: 0.1e-3) < 10);
        Assert.True(Tried(new CompressionChoice(doBytesCount: true), writeSeconds: 0.1e-3) > 90);
    }

    [Fact]
    public void What_does_not_shrink_is_only_sampled()
    {
        var choice = new CompressionChoice(doBytesCount: true);
        var tried = 0;
        for (var block = 0; block < 320; block++)
        {
            if (!choice.IsTried(262_144))
                continue;
            tried++;
            choice.Encoded(262_144, -1, 1e-6);
        }

        Assert.InRange(tried, 9, 12);
    }

    [Fact]
    public void Old_unmanaged_memory_is_the_least_of_the_last_looks()
    {
        var memory = new UnmanagedMemory();
        Assert.Equal(60, memory.Note(100, 40));
        Assert.Equal(30, memory.Note(80, 50));
        for (var look = 0; look < 29; look++)
            Assert.Equal(30, memory.Note(200, 50));
        Assert.Equal(150, memory.Note(200, 50));
    }

    [Fact]
    public void The_process_knows_its_resident_memory()
    {
        using var memory = new ProcessMemory();
        Assert.InRange(memory.ResidentBytes(), 10 * MiB, 100_000 * MiB);
    }

    /// <summary>Of 100 blocks of a file, how many are compressed: half of 256 KiB in half a millisecond each.</summary>
    private static int Tried(CompressionChoice choice, double writeSeconds)
    {
        var tried = 0;
        for (var block = 0; block < 100; block++)
        {
            choice.Written(262_144, writeSeconds);
            if (!choice.IsTried(262_144))
                continue;
            tried++;
            choice.Encoded(262_144, 131_072, 0.5e-3);
        }

        return tried;
    }

    [Fact]
    public void The_steps_of_the_ladder_are_where_they_are_configured()
    {
        var ladder = new MemoryLadder(1000 * MiB, 2000 * MiB, new MemoryShares(0.5, 0.6, Pause: 1));

        Assert.Equal(500 * MiB, ladder.TargetBytes);
        Assert.Equal(new LadderStep(150 * MiB, false), ladder.Look(650 * MiB));
        Assert.False(ladder.Look(1100 * MiB).IsPaused);
        Assert.False(new MemoryShares(Target: 0.9).IsAscending);
    }
}
