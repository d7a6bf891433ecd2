using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine.Coordination;

/// <summary>A machine and what clients ask of its coordination objects.</summary>
internal sealed class CoordinationBench
{
    public const long Second = 1_000_000;

    private ulong _requests;

    public MachineBench Machine { get; } = new();

    public CoordinationTable Table => Machine.Machine.Coordination;

    public SchedulerClient A => Machine.Client;

    public SchedulerClient B { get; }

    public SchedulerClient C { get; }

    public CoordinationBench()
    {
        B = Machine.NewClient();
        C = Machine.NewClient();
    }

    /// <summary>Says a call and returns its number.</summary>
    public ulong Say(
        SchedulerClient client, SharedKind target, SharedOperation operation, string name = "x", int limit = 0,
        int timeoutMs = -1, ulong token = 0, byte value = 0, int leaseMs = 30_000, params TaskId[] tasks)
    {
        CoordinationCall call = new()
        {
            RequestId = ++_requests,
            Target = target,
            Operation = operation,
            Name = name,
            Limit = limit,
            TimeoutMs = timeoutMs,
            Token = token,
            Value = operation == SharedOperation.Put ? [value] : [],
            LeaseMs = leaseMs,
            Submission = 1_000_000 + _requests,
        };
        call.Tasks.AddRange(tasks);
        Machine.Tell(client, call);
        return call.RequestId;
    }

    public ulong Lock(SchedulerClient client, int timeoutMs = -1) =>
        Say(client, SharedKind.Lock, SharedOperation.Acquire, timeoutMs: timeoutMs);

    public ulong Acquire(SchedulerClient client, int limit) =>
        Say(client, SharedKind.Semaphore, SharedOperation.Acquire, limit: limit);

    public ulong Put(SchedulerClient client, byte value, int limit = 0, int timeoutMs = -1) =>
        Say(client, SharedKind.Queue, SharedOperation.Put, limit: limit, timeoutMs: timeoutMs, value: value);

    public ulong Take(SchedulerClient client, int count = 1, int timeoutMs = -1) =>
        Say(client, SharedKind.Queue, SharedOperation.Get, limit: count, timeoutMs: timeoutMs);

    /// <summary>The reply to a call, null = none yet.</summary>
    public CoordinationReply? Reply(SchedulerClient client, ulong request) =>
        Machine.ToldTo<CoordinationReply>(client).LastOrDefault(reply => reply.RequestId == request);

    public SharedOutcome? OutcomeOf(SchedulerClient client, ulong request) => Reply(client, request)?.Outcome;

    /// <summary>The values that came with a reply, a byte each.</summary>
    public byte[] Values(SchedulerClient client, ulong request)
    {
        CoordinationReply reply = Reply(client, request)!;
        return [.. Enumerable.Range(0, reply.Count).Select(i => reply.Values[i][0])];
    }

    /// <summary>Renews leases; returns those that are lost.</summary>
    public ulong[] Renew(SchedulerClient client, params ulong[] tokens)
    {
        RenewLeases renew = new() { RequestId = ++_requests };
        renew.Tokens.AddRange(tokens);
        Machine.Tell(client, renew);
        return Machine.ToldTo<LeasesRenewed>(client).Last().Lost.Span.ToArray();
    }

    public void Disconnect(SchedulerClient client)
    {
        Machine.Machine.DisconnectClient(client, Machine.Now);
        Machine.Turn();
    }

    public void Reconnect(SchedulerClient client)
    {
        SchedulerClient again = Machine.Machine.ConnectClient(client.Hello, Machine.Now);
        Assert.Same(client, again);
        Machine.Turn();
    }
}
