namespace TaskGraph.Tests;

/// <summary>Futures inside results and inside arguments.</summary>
public sealed class FuturesInsideTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    public sealed record Study(string Name, Future<int>[] Parts, Dictionary<string, Future<double>> Scores);

    [Fact]
    public async Task A_task_that_returns_a_future_gives_its_client_a_live_one()
    {
        Future<Future<int>> outer = Client.Submit(() => Client.Current!.Submit(x => x * 2, 21));
        Future<int> inner = await outer;

        Assert.Same(Client, inner.Client);
        Assert.Equal(42, await inner);
        Assert.Equal(43, await Client.Submit(x => x + 1, inner));
    }

    [Fact]
    public async Task A_future_inside_a_result_is_live_although_its_large_argument_is_still_on_its_way()
    {
        var inner = await Client.Submit(() => Client.Current!.Submit(bytes => bytes.Length, new byte[20_000_000]));

        Assert.Equal(20_000_000, await inner);
    }

    [Fact]
    public async Task Futures_in_arrays_records_and_dictionaries_of_a_result_are_live()
    {
        var study = await Client.Submit(Make, "sky");

        Assert.Equal("sky", study.Name);
        int[] parts = await Client.GatherAsync(study.Parts);
        Assert.Equal([0, 1, 4, 9], parts);
        Assert.Equal(0.5, await study.Scores["half"]);
    }

    [Fact]
    public async Task A_future_inside_a_result_outlives_the_result_once_it_has_arrived()
    {
        using var log = new RunLog();
        var path = log.Path;
        var outer = Client.Submit(
            file => Client.Current!.Submit(inside => RunLog.Append(inside, "run"), file, new SubmitOptions { Pure = false }),
            path);
        var inner = await outer;
        outer.Dispose();
        await Client.Submit(GC.Collect, new SubmitOptions { Pure = false });

        Assert.Equal(1, await inner);
        Assert.Equal(1, await Client.Submit(x => x, inner));
        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task Futures_inside_an_argument_are_inputs_of_the_task_and_live_there()
    {
        var parts = Client.Map(x => x * x, Enumerable.Range(0, 4));
        var study = new Study("sum", parts, new() { ["half"] = Client.Submit(() => 0.5) });

        var sum = Client.Submit(SumAsync, study);
        var mapped = Client.Map(SumAsync, [study, study with { Name = "again" }]);
        foreach (var part in parts)
            part.Dispose();

        Assert.Equal(14.5, await sum);
        double[] sums = await Client.GatherAsync(mapped);
        Assert.Equal([14.5, 14.5], sums);
    }

    [Fact]
    public async Task Futures_are_refused_where_nobody_would_keep_them()
    {
        var study = new Study("kept by nobody", [], new() { ["half"] = Client.Submit(() => 0.5) });

        Assert.Throws<FunctionNotShippableException>(() => Client.Submit(() => study.Scores.Count));
        await Assert.ThrowsAsync<NotSerializableException>(() => Client.ScatterAsync(study));
        await Assert.ThrowsAsync<NotSerializableException>(() => Client.Queue<Study>("studies").PutAsync(study));
    }

    internal static Study Make(string name)
    {
        var client = Client.Current!;
        return new Study(
            name,
            client.Map(x => x * x, Enumerable.Range(0, 4)),
            new() { ["half"] = client.Submit(() => 0.5) });
    }

    internal static async Task<double> SumAsync(Study study)
    {
        var parts = await Client.Current!.GatherAsync(study.Parts);
        return parts.Sum() + await study.Scores["half"];
    }
}
