using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

/// <summary>Real workers in this process, registered with a scheduler that the test plays.</summary>
internal sealed class Bed : IAsyncDisposable
{
    private Bed(FakeScheduler scheduler) => Scheduler = scheduler;

    public FakeScheduler Scheduler { get; }

    public List<WorkerServer> Workers { get; } = [];

    public List<FakeScheduler.Link> Links { get; } = [];

    public static async Task<Bed> StartAsync(int workers, int threads = 1, bool sharesProcess = true,
        Func<WorkerServerOptions, WorkerServerOptions>? configure = null)
    {
        var bed = new Bed(new FakeScheduler());
        for (var i = 0; i < workers; i++)
        {
            var options = new WorkerServerOptions
            {
                Scheduler = bed.Scheduler.Address,
                Threads = threads,
                Name = $"w{i}",
                SharesProcess = sharesProcess,
            };
            options = configure?.Invoke(options) ?? options;
            bed.Workers.Add(await WorkerServer.StartAsync(options).WaitAsync(Limits.Long));
            bed.Links.Add(await bed.Scheduler.NextWorkerAsync());
        }

        return bed;
    }

    /// <summary>Tells every worker of all of them.</summary>
    public void Introduce()
    {
        var joined = new WorkersJoined();
        foreach (var link in Links)
        {
            joined.Numbers.Add(link.Number);
            joined.Addresses.Add(link.DataAddress);
            joined.Names.Add(link.Connection.Hello.Name);
            joined.Threads.Add(1);
        }

        foreach (var link in Links)
            link.Send(joined);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        await Scheduler.DisposeAsync();
    }
}
