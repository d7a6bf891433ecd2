using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What only the process around the machine can do.</summary>
internal abstract record ServerRequest
{
    private ServerRequest()
    {
    }

    /// <summary>End after this turn's messages have been sent.</summary>
    /// <param name="Reason">Shown to everybody who is connected.</param>
    public sealed record Stop(string Reason) : ServerRequest;

    /// <summary>Read the scheduler's own log; the process answers the client itself.</summary>
    public sealed record ReadLog(SchedulerClient Client, ulong RequestId, long From) : ServerRequest;

    /// <summary>
    /// Run a function beside the turns; answered by <see cref="SchedulerMachine.CallEnded"/>.
    /// </summary>
    /// <param name="Id">The machine's number for it.</param>
    /// <param name="Function">What to run.</param>
    /// <param name="Arguments">Encoded.</param>
    /// <param name="Assemblies">All that the function's code needs.</param>
    public sealed record Call(
        ulong Id, DefineFunction Function, byte[] Arguments, IReadOnlyList<ShippedAssembly> Assemblies) : ServerRequest;

    /// <summary>
    /// Fetch a value from one worker and put it on another, which cannot reach the first; answered by
    /// <see cref="SchedulerMachine.RelayEnded"/>.
    /// </summary>
    public sealed record Relay(
        TaskId Task, long Bytes, int Source, string SourceAddress, int Target, string TargetAddress) : ServerRequest;
}

/// <summary>An assembly that a client has sent.</summary>
internal sealed record ShippedAssembly(Hash128 Content, ReadOnlyMemory<byte> Pe, ReadOnlyMemory<byte> Pdb);
