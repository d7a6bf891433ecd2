using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph.Worker.Actors;

/// <summary>
/// Loads the methods that callers name. They come with the calls, captures and all; assemblies that are not here yet
/// are asked of the caller. The last few methods are kept.
/// </summary>
internal sealed class ActorCode(FunctionLoader loader)
{
    private const int KeptFunctions = 256;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<Hash128, Arrival> _arriving = [];
    private readonly HashSet<Hash128> _kept = [];
    private readonly Queue<Hash128> _keptOrder = new();

    private sealed record Arrival(Connection From)
    {
        public AssemblyAssembler Pieces { get; } = new();

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The method; waits on this thread for assemblies that are not here.</summary>
    /// <exception cref="TaskGraphException">It cannot be loaded.</exception>
    public TaskFunction Load(Connection from, byte[] body)
    {
        var missing = loader.Missing(body);
        if (missing.Count > 0)
            Await(from, missing);
        var function = loader.Load(body);
        Keep(Hash128.Of(body));
        return function;
    }

    /// <summary>A piece of an assembly came.</summary>
    public void Take(AssemblyBytes piece)
    {
        lock (_gate)
        {
            if (!_arriving.TryGetValue(piece.Content, out var arrival))
                return;
            try
            {
                if (!arrival.Pieces.Add(piece))
                    return;
                loader.AddAssembly(piece.Content, arrival.Pieces.Pe, arrival.Pieces.Pdb);
                arrival.Done.TrySetResult();
            }
            catch (Exception e)
            {
                Fail(arrival, e);
            }

            _arriving.Remove(piece.Content);
        }
    }

    /// <summary>A connection has ended: what was asked for over it will not come.</summary>
    public void Left(Connection connection, string reason)
    {
        lock (_gate)
        {
            foreach (var (content, arrival) in _arriving)
            {
                if (arrival.From != connection)
                    continue;
                _arriving.Remove(content);
                Fail(arrival, new FunctionNotLoadedException($"its caller left before its assemblies came: {reason}"));
            }
        }
    }

    private void Await(Connection from, IReadOnlyList<AssemblyIdentity> missing)
    {
        var request = new NeedAssemblies();
        var arrivals = new List<Task>();
        lock (_gate)
        {
            foreach (var assembly in missing)
            {
                if (!_arriving.TryGetValue(assembly.Content, out var arrival))
                {
                    _arriving.Add(assembly.Content, arrival = new Arrival(from));
                    request.Contents.Add(assembly.Content);
                }

                arrivals.Add(arrival.Done.Task);
            }
        }

        if (request.Contents.Count > 0)
        {
            from.Write(request);
            from.Flush();
        }

        if (!Task.WhenAll(arrivals).Wait(s_patience))
        {
            throw new FunctionNotLoadedException(
                $"{missing.Count} assemblies were asked of its caller and did not come within "
                + $"{s_patience.TotalSeconds:0} s");
        }
    }

    private static void Fail(Arrival arrival, Exception error)
    {
        arrival.Done.TrySetException(error);
        // Observed here: the one who waited for it may have given up.
        _ = arrival.Done.Task.Exception;
    }

    // Methods with captures are new with every call: without a limit they would fill the memory.
    private void Keep(Hash128 function)
    {
        lock (_gate)
        {
            if (!_kept.Add(function))
                return;
            _keptOrder.Enqueue(function);
            if (_keptOrder.Count <= KeptFunctions)
                return;
            var oldest = _keptOrder.Dequeue();
            _kept.Remove(oldest);
            loader.Forget(oldest);
        }
    }
}
