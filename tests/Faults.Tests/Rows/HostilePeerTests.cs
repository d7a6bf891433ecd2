using System.Collections.Concurrent;
using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 18, 19, 20, 23 and 34: peers that lie, dribble, come in crowds, are of another time, or do not read.</summary>
public sealed class HostilePeerTests : IAsyncLifetime
{
    private FaultCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 1 });
        _client = await Client.ConnectAsync(_cluster.Address);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [FaultFact(18)]
    public async Task An_oversize_frame_is_refused_on_its_header_before_anything_is_allocated()
    {
        const long MostGrowth = 8 << 20;
        await WorksAsync();
        var before = Signals.PeakMemory(_cluster.SchedulerProcessId);
        foreach (var length in new uint[] { uint.MaxValue, int.MaxValue, 512 << 20, 5000 })
        {
            using var socket = await RawDialler.ConnectAsync(_cluster.Port);
            await socket.SendAsync(RawDialler.Magic);
            await socket.SendAsync(RawDialler.Header(length));
            await RawDialler.ClosedAsync(socket).WaitAsync(TimeSpan.FromSeconds(5));
        }
        await _cluster.PrintedAsync("at most 4,096 may come");
        Assert.InRange(Signals.PeakMemory(_cluster.SchedulerProcessId) - before, 0, MostGrowth);
        await WorksAsync();
    }

    [FaultFact(19)]
    public async Task Five_hundred_dribbling_sockets_neither_stop_work_nor_stay()
    {
        const int Sockets = 500;
        var sockets = new List<Socket>();
        for (var i = 0; i < Sockets; i++)
            sockets.Add(await RawDialler.ConnectAsync(_cluster.Port));
        using var stop = new CancellationTokenSource();
        var dribbling = Task.WhenAll(sockets.Select(socket => DribbleAsync(socket, stop.Token)));
        var values = await _client.GatherAsync(_client.Map(static x => x * 2, Enumerable.Range(0, 5000)))
            .WithinAsync(60);
        Assert.Equal(Enumerable.Range(0, 5000).Select(static x => x * 2), values);
        // A new client is let in while they dribble, behind at most one time limit.
        await using (var late = await Client.ConnectAsync(_cluster.Address))
            Assert.Equal(9, await late.Submit(static x => x + 1, 8));
        await Task.WhenAll(sockets.Select(RawDialler.ClosedAsync)).WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await dribbling;
        sockets.ForEach(static socket => socket.Dispose());
    }

    [FaultFact(20)]
    public async Task A_thousand_workers_connect_and_leave_and_work_goes_on()
    {
        const int Peers = 1000;
        const long MostPerPeer = 128 << 10;
        await WorksAsync();
        var before = Signals.Memory(_cluster.SchedulerProcessId);
        var peers = new ConcurrentBag<Connection>();
        using var stop = new CancellationTokenSource();
        var beating = BeatAsync(peers, stop.Token);
        for (var i = 0; i < Peers; i++)
            peers.Add(await ConnectAsync(i));

        // The last one was welcomed, and takes part a moment later.
        await Eventually.TrueAsync(
            async () => (await _client.SchedulerInfoAsync()).Workers.Count == Peers + 1, "all of them take part");
        var growth = Signals.Memory(_cluster.SchedulerProcessId) - before;
        Assert.InRange(growth, 0, Peers * MostPerPeer);
        // None of them ever does anything: what is asked of the one real worker is done.
        var options = new SubmitOptions { Workers = ["worker-0"] };
        Assert.Equal(
            Enumerable.Range(1, 100),
            await _client.GatherAsync(_client.Map(static x => x + 1, Enumerable.Range(0, 100), options)).WithinAsync(60));
        await stop.CancelAsync();
        await beating;
        foreach (var peer in peers)
            await peer.DisposeAsync();
        await Eventually.TrueAsync(
            async () => (await _client.SchedulerInfoAsync()).Workers.Count == 1, "only the real worker is left");
        await WorksAsync();
    }

    [FaultFact(23)]
    public async Task A_peer_of_another_version_gets_one_clear_line_that_names_both_sides()
    {
        foreach (var (oldest, newest) in new[] { (0, 0), (99, 99) })
        {
            var hello = new Hello
            {
                Role = PeerRole.Worker,
                Name = "stranger",
                ProtocolMin = oldest,
                ProtocolMax = newest,
                Build = "stranger 7",
                Session = 5,
                Incarnation = 6,
            };
            var error = await Assert.ThrowsAsync<ConnectionRefusedException>(
                () => Connection.ConnectAsync(Address.Parse(_cluster.Address), hello));
            Assert.Contains("stranger 7", error.Reason, StringComparison.Ordinal);
            Assert.Contains(Protocol.Build, error.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Reason);
        }
        Assert.Single((await _client.SchedulerInfoAsync()).Workers);
        await WorksAsync();
    }

    [FaultFact(23)]
    public async Task A_peer_that_also_knows_a_later_version_is_welcomed_with_the_common_one()
    {
        var hello = new Hello
        {
            Role = PeerRole.Client,
            Name = "newer",
            ProtocolMax = Protocol.Newest + 1,
            Session = 7,
            Incarnation = 8,
        };
        await using var connection = await Connection.ConnectAsync(Address.Parse(_cluster.Address), hello);
        Assert.Equal(Protocol.Newest, connection.Welcome.Protocol);
    }

    [FaultFact(34)]
    public async Task A_client_that_reads_nothing_is_dropped_alone()
    {
        const int Tasks = 200_000;
        await using var proxy = ChaosProxy.Start(_cluster.Port);
        var deaf = await Client.ConnectAsync(
            new ClientOptions { Address = proxy.Address, ConnectTimeout = TimeSpan.FromSeconds(1) });
        proxy.Downward.IsSilent = true;
        var unheard = deaf.Map(static x => x + 1, Enumerable.Range(0, Tasks));
        Assert.Equal(Tasks, unheard.Length);
        Assert.Equal(
            Enumerable.Range(1, 1000),
            await _client.GatherAsync(_client.Map(static x => x + 1, Enumerable.Range(0, 1000))).WithinAsync(60));
        proxy.ResetAll();
        await proxy.DisposeAsync();
        await deaf.DisposeAsync();
        await WorksAsync();
    }

    private async Task WorksAsync()
        => Assert.Equal(
            12,
            await _client.Submit(static (a, b) => a * b, 3, 4, new SubmitOptions { Pure = false })
                .ResultAsync(TimeSpan.FromSeconds(30)));

    private Task<Connection> ConnectAsync(int number) => Connection.ConnectAsync(
        Address.Parse(_cluster.Address),
        new Hello
        {
            Role = PeerRole.Worker,
            Name = $"fake-{number}",
            Session = (ulong)number + 1000,
            Incarnation = (ulong)number + 1000,
            DataAddress = $"tcp://127.0.0.1:{1 + number}",
            Host = "nowhere",
            Threads = 1,
        });

    /// <summary>What keeps workers from being held for dead: a word a second.</summary>
    private static async Task BeatAsync(ConcurrentBag<Connection> peers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var peer in peers)
            {
                peer.Write(new Heartbeat());
                peer.Flush();
            }
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), stop));
        }
    }

    private static async Task DribbleAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            for (var i = 0; i < RawDialler.Magic.Length && !stop.IsCancellationRequested; i++)
            {
                await socket.SendAsync(RawDialler.Magic.AsMemory(i, 1), stop);
                await Task.Delay(TimeSpan.FromSeconds(2), stop);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Turned away, as it should be.
        }
    }
}
