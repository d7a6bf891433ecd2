using Microsoft.Extensions.Logging;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Server;

/// <summary>
/// Brings values from one worker to another that cannot reach it, beside the turns: one value at a time for each pair, a few
/// pairs at once, so that little memory is taken.
/// </summary>
internal sealed class ValueRelay(Func<RelayEnd, ValueTask> ended, TimeSpan patience, ILogger logger)
{
    private const int MaxPairsAtOnce = 2;

    /// <summary>Far more than a piece takes on the slowest link that work is worth sending over.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // One for the process: what is bounded is its memory.
    private static readonly SemaphoreSlim s_slots = new(MaxPairsAtOnce);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string From, string To), Queue<ServerRequest.Relay>> _waiting = [];

    /// <summary>Takes on a value; its end is told later, from a pool thread.</summary>
    public void Start(ServerRequest.Relay relay)
    {
        (string From, string To) pair = (relay.SourceAddress, relay.TargetAddress);
        lock (_gate)
        {
            if (_waiting.TryGetValue(pair, out Queue<ServerRequest.Relay>? queue))
            {
                queue.Enqueue(relay);
                return;
            }

            _waiting.Add(pair, new Queue<ServerRequest.Relay>([relay]));
        }

        _ = Task.Run(() => CarryAllAsync(pair.From, pair.To));
    }

    private async Task CarryAllAsync(string from, string to)
    {
        RelayLine? line = null;
        bool hasFailed = false;
        while (TryTake((from, to), out ServerRequest.Relay relay))
        {
            RelayOutcome outcome = RelayOutcome.Failed;
            if (!hasFailed)
            {
                await s_slots.WaitAsync();
                try
                {
                    line ??= await RelayLine.OpenAsync(from, to, patience);
                    outcome = await line.CarryAsync(relay.Task);
                }
                catch (Exception e)
                {
                    // Whatever it was, the machine has to hear of it: it waits for every value's end. What is next between the
                    // two would wait as long, for nothing.
                    hasFailed = true;
                    logger.LogWarning("values cannot be relayed from {From} to {To}: {Reason}", from, to, e.Message);
                }
                finally
                {
                    s_slots.Release();
                }
            }

            await TellAsync(new RelayEnd(relay, outcome));
        }

        if (line is not null)
            await line.DisposeAsync();
    }

    private bool TryTake((string From, string To) pair, out ServerRequest.Relay relay)
    {
        lock (_gate)
        {
            if (_waiting[pair].TryDequeue(out relay!))
                return true;
            _waiting.Remove(pair);
            return false;
        }
    }

    private async Task TellAsync(RelayEnd end)
    {
        try
        {
            await ended(end);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            logger.LogDebug("a relayed value comes too late: the scheduler stops");
        }
    }
}

/// <summary>How a relay has ended.</summary>
internal sealed record RelayEnd(ServerRequest.Relay Relay, RelayOutcome Outcome);
