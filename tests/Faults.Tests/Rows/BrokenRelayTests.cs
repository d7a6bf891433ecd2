namespace TaskGraph.Tests.Faults;

/// <summary>Row 10: one of two workers that cannot reach each other dies while a value goes through the scheduler.</summary>
public class BrokenRelayTests
{
    private const int MiB = 1 << 20;
    private const int Bytes = 16 * MiB;
    private const int Kilobits = 16_000;

    [FaultFact(10)]
    public async Task A_value_whose_source_is_killed_half_way_through_the_scheduler_is_computed_again_and_arrives_whole()
    {
        await using var spaces = await NetworkNamespaces.CreateAsync(2);
        await using var cluster = await StartAsync(spaces);
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var sockets = Signals.Sockets(cluster.SchedulerProcessId);
        var large = await MakeAsync(client, log.Path);
        var isSame = await CompareHalfWayAsync(spaces, client, large);

        cluster.Workers[0].Kill();
        await NetworkNamespaces.UnshapeAsync(spaces.SpaceOf(0));

        Assert.True(await isSame.ResultAsync().WithinAsync(120));
        Assert.Equal(2, log.Lines.Length);
        await AssertNothingIsLeftAsync(cluster, sockets);
        Assert.Equal((2, 1), (cluster.Workers[0].Starts, cluster.Workers[1].Starts));
    }

    [FaultFact(10)]
    public async Task A_value_whose_target_is_killed_half_way_through_the_scheduler_goes_to_the_one_that_follows_it()
    {
        await using var spaces = await NetworkNamespaces.CreateAsync(2);
        await using var cluster = await StartAsync(spaces);
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var sockets = Signals.Sockets(cluster.SchedulerProcessId);
        var large = await MakeAsync(client, log.Path);
        var isSame = await CompareHalfWayAsync(spaces, client, large);

        cluster.Workers[1].Kill();
        await NetworkNamespaces.UnshapeAsync(spaces.SpaceOf(0));

        Assert.True(await isSame.ResultAsync().WithinAsync(120));
        Assert.Single(log.Lines);
        await AssertNothingIsLeftAsync(cluster, sockets);
        Assert.Equal((1, 2), (cluster.Workers[0].Starts, cluster.Workers[1].Starts));
    }

    private static async Task<FaultCluster> StartAsync(NetworkNamespaces spaces)
    {
        await NetworkNamespaces.CutAsync(spaces.SpaceOf(0), spaces.AddressOf(1));
        await NetworkNamespaces.CutAsync(spaces.SpaceOf(1), spaces.AddressOf(0));
        return await FaultCluster.StartAsync(
            new FaultClusterOptions { Workers = 2, Namespaces = spaces, SchedulerHost = spaces.SchedulerAddress });
    }

    private static async Task<Future<byte[]>> MakeAsync(Client client, string path)
    {
        var large = client.Submit(
            static path =>
            {
                RunLog.Note(path, "made");
                return Noise();
            },
            path,
            new SubmitOptions { Workers = ["worker-0"] });
        await client.WaitAsync([large]).WithinAsync(60);
        return large;
    }

    /// <summary>A task on the other worker that needs the value; a part of that is on its way, and more is to come.</summary>
    private static async Task<Future<bool>> CompareHalfWayAsync(NetworkNamespaces spaces, Client client, Future<byte[]> large)
    {
        await NetworkNamespaces.ShapeAsync(spaces.SpaceOf(0), Kilobits);
        var before = NetworkNamespaces.BytesFrom(spaces.SpaceOf(0));
        var isSame = client.Submit(
            static value => value.AsSpan().SequenceEqual(Noise()), large, new SubmitOptions { Workers = ["worker-1"] });
        await Eventually.TrueAsync(() => NetworkNamespaces.BytesFrom(spaces.SpaceOf(0)) > before + (2 * MiB), "pieces pass", 60);
        Assert.Equal(FutureStatus.Pending, isSame.Status);
        return isSame;
    }

    /// <summary>The connections of the relay, and with them what they hold, are gone.</summary>
    private static Task AssertNothingIsLeftAsync(FaultCluster cluster, int sockets)
        => Eventually.TrueAsync(
            () => Signals.Sockets(cluster.SchedulerProcessId) <= sockets, "the scheduler has the sockets that it had before");

    /// <summary>Bytes that no compression makes fewer.</summary>
    private static byte[] Noise()
    {
        var result = new byte[Bytes];
        new Random(Kilobits).NextBytes(result);
        return result;
    }
}
