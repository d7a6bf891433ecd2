namespace TaskGraph.Tests.Faults;

/// <summary>Row 24: the wall clock jumps.</summary>
public class ClockTests
{
    [FaultFact(24, Means.Compiler)]
    public async Task A_wall_clock_that_jumps_a_year_either_way_changes_nothing()
    {
        const int Tasks = 200;
        var folder = Directory.CreateTempSubdirectory("taskgraph-clock-");
        var clock = await JumpingClock.CompileAsync(folder.FullName);
        using var log = new RunLog();
        var path = log.Path;
        await using (var cluster = await FaultCluster.StartAsync(
            new FaultClusterOptions { Workers = 2, Environment = clock.Environment }))
        {
            await using var client = await Client.ConnectAsync(cluster.Address);
            var futures = client.Map(x => RunCounts.Noted(path, x, 50), Enumerable.Range(0, Tasks));
            foreach (var days in new[] { 366, -366, 0 })
            {
                clock.JumpTo(TimeSpan.FromDays(days));
                await Task.Delay(TimeSpan.FromSeconds(1.5));
                var seen = await client.Submit(static () => DateTime.UtcNow, new SubmitOptions { Pure = false });
                Assert.InRange((seen - DateTime.UtcNow).TotalDays, days - 1, days + 1);
            }
            Assert.Equal(Enumerable.Range(0, Tasks), await client.GatherAsync(futures).WithinAsync(60));
            Assert.Equal(2, (await client.SchedulerInfoAsync()).Workers.Count);
            Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
            Assert.Equal(0, new RunCounts(log).Repeated);
        }
        folder.Delete(recursive: true);
    }
}
