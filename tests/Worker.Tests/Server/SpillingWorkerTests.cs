using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

/// <summary>A real worker whose memory has room for a few values of a megabyte each, with files on a real disk.</summary>
public sealed class SpillingWorkerTests : IDisposable
{
    private const int Count = 131_072;
    private const long Value = Count * sizeof(double);
    private readonly string _directory = Directory.CreateTempSubdirectory("spilling-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    internal static double[] Fill(int seed) => [.. Enumerable.Range(0, Count).Select(i => (double)(seed + i))];

    internal static double First(double[] values) => values[0];

    internal static double SumOfFirsts(double[] left, double[] right) => left[0] + right[0];

    [Fact]
    public async Task Values_beyond_the_target_are_on_disk_and_come_back_as_they_were()
    {
        await using var bed = await StartAsync();
        var link = bed.Links[0];
        await FillAsync(link, 12);
        await SpilledAsync(link, atLeast: 5);
        for (var task = 1; task <= 12; task++)
        {
            link.Send(Tasks.Compute(100 + task, link.Define(First), Tasks.Inputs(1), [(task, [0])], flags: ComputeFlags.InlineResult));
            Assert.Equal(task, Tasks.Inline<double>(await link.NextAsync<TasksFinished>()));
        }
    }

    [Fact]
    public async Task Inputs_from_memory_and_disk_meet_in_one_task()
    {
        await using var bed = await StartAsync();
        var link = bed.Links[0];
        await FillAsync(link, 12);
        await SpilledAsync(link, atLeast: 5);
        link.Send(Tasks.Compute(100, link.Define(SumOfFirsts), Tasks.Inputs(2), [(1, [0]), (12, [0])], flags: ComputeFlags.InlineResult));
        Assert.Equal(13, Tasks.Inline<double>(await link.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task Spilled_values_are_served_to_other_workers_from_disk()
    {
        await using var bed = await StartAsync(workers: 2);
        bed.Introduce();
        await FillAsync(bed.Links[0], 12);
        await SpilledAsync(bed.Links[0], atLeast: 5);
        var other = bed.Links[1];
        other.Send(Tasks.Compute(100, other.Define(SumOfFirsts), Tasks.Inputs(2), [(1, [0]), (2, [0])], flags: ComputeFlags.InlineResult));
        Assert.Equal(3, Tasks.Inline<double>(await other.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task A_flipped_bit_in_a_spill_file_is_found_and_the_value_reported_missing()
    {
        await using var bed = await StartAsync();
        var link = bed.Links[0];
        await FillAsync(link, 12);
        await SpilledAsync(link, atLeast: 8);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        foreach (var file in Directory.GetFiles(_directory, "*.value", SearchOption.AllDirectories))
            Damage(file);
        link.Send(Tasks.Compute(100, link.Define(First), Tasks.Inputs(1), [(1, [0])]));
        var missing = await link.NextAsync<DataMissing>();
        Assert.Equal(Tasks.T(1), missing.Tasks[0]);
        Assert.Equal(1, missing.Gone[0]);
    }

    [Fact]
    public async Task A_full_disk_keeps_values_in_memory_and_pauses_the_worker_until_there_is_room()
    {
        await using var bed = await StartAsync(maxSpill: Value / 2);
        var link = bed.Links[0];
        await FillAsync(link, 12, mayPause: true);
        Heartbeat beat;
        do
            beat = await link.NextAsync<Heartbeat>();
        while (beat.Status != HeartbeatStatus.Paused);
        Assert.Equal(0, beat.SpilledCount);
        var free = new FreeTasks();
        for (var task = 1; task <= 12; task++)
        {
            free.Tasks.Add(Tasks.T(task));
            free.Attempts.Add(1);
        }

        link.Send(free);
        do
            beat = await link.NextAsync<Heartbeat>();
        while (beat.Status != HeartbeatStatus.Running);
    }

    [Fact]
    public async Task The_files_of_values_that_are_freed_and_of_workers_that_end_are_removed()
    {
        await using (var bed = await StartAsync())
        {
            var link = bed.Links[0];
            await FillAsync(link, 12);
            await SpilledAsync(link, atLeast: 5);
            Assert.NotEmpty(Directory.GetFiles(_directory, "*.value", SearchOption.AllDirectories));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    private static async Task FillAsync(FakeScheduler.Link link, int count, bool mayPause = false)
    {
        var fill = link.Define(Fill);
        for (var task = 1; task <= count; task++)
            link.Send(Tasks.Compute(task, fill, Tasks.Value(task)));
        for (var finished = 0; finished < (mayPause ? 3 : count);)
            finished += (await link.NextAsync<TasksFinished>()).Tasks.Count;
    }

    private static async Task SpilledAsync(FakeScheduler.Link link, int atLeast)
    {
        while ((await link.NextAsync<Heartbeat>()).SpilledCount < atLeast)
        {
        }
    }

    private static void Damage(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 4));
    }

    /// <summary>The target is 60 % of the limit: three values.</summary>
    private Task<Bed> StartAsync(int workers = 1, long maxSpill = long.MaxValue) => Bed.StartAsync(
        workers,
        configure: options => options with
        {
            MemoryLimitBytes = 5 * Value,
            LocalDirectory = _directory,
            MaxSpillBytes = maxSpill,
        });
}
