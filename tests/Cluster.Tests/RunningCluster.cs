namespace TaskGraph.Tests;

/// <summary>Three worker processes of one thread and a client, for all tests of a class.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    public LocalCluster Cluster { get; private set; } = null!;

    public Client Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await LocalCluster.StartAsync(workers: 3, threadsPerWorker: 1, memoryLimit: "1GiB");
        Client = await Client.ConnectAsync(Cluster);
    }

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
