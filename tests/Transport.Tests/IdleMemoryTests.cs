namespace TaskGraph.Transport.Tests;

/// <summary>Runs alone, as it looks at the memory of the whole process.</summary>
[CollectionDefinition(nameof(IdleMemoryTests), DisableParallelization = true)]
[Collection(nameof(IdleMemoryTests))]
public sealed class IdleMemoryTests
{
    [Fact]
    public async Task A_thousand_idle_connections_take_less_than_64_MB()
    {
        await using var peers = TestPeers.Listen();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var connections = new List<Connection>();
        var receiving = new List<Task<bool>>();
        for (var i = 0; i < 1000; i++)
        {
            var (dialled, accepted) = await peers.ConnectAsync();
            connections.AddRange([dialled, accepted]);
            receiving.AddRange([dialled.ReceiveAsync([]).AsTask(), accepted.ReceiveAsync([]).AsTask()]);
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 64 << 20);
        await Task.WhenAll(connections.Select(c => c.DisposeAsync().AsTask()));
        Assert.All(await Task.WhenAll(receiving), Assert.False);
    }
}
