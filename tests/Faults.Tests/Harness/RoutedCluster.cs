namespace TaskGraph.Tests.Faults;

/// <summary>A cluster each of whose workers reaches the scheduler through a proxy of its own.</summary>
internal sealed class RoutedCluster : IAsyncDisposable
{
    private readonly FaultCluster _cluster;

    private RoutedCluster(FaultCluster cluster, List<ChaosProxy> proxies)
    {
        _cluster = cluster;
        Proxies = proxies;
    }

    /// <summary>The proxy of each worker.</summary>
    public IReadOnlyList<ChaosProxy> Proxies { get; }

    public IReadOnlyList<FaultWorker> Workers => _cluster.Workers;

    public string Address => _cluster.Address;

    public string[] Output => _cluster.Output;

    public FaultCluster Cluster => _cluster;

    public static async Task<RoutedCluster> StartAsync(int workers, FaultClusterOptions? options = null)
    {
        var proxies = new List<ChaosProxy>();
        try
        {
            var cluster = await FaultCluster.StartAsync((options ?? new FaultClusterOptions()) with
            {
                Workers = workers,
                SchedulerAddressFor = (_, port) =>
                {
                    proxies.Add(ChaosProxy.Start(port));
                    return proxies[^1].Address;
                },
            });
            return new RoutedCluster(cluster, proxies);
        }
        catch
        {
            foreach (var proxy in proxies)
                await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var proxy in Proxies)
            await proxy.DisposeAsync();
    }
}
