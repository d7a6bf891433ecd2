using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine.Coordination;

/// <summary>Several locks at once, or any so many of them.</summary>
public class LockSetTests
{
    private readonly CoordinationBench _bench = new();
    private ulong _requests = 1000;

    [Fact]
    public void Any_so_many_of_several_locks_are_taken_in_one_step()
    {
        ulong held = _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Acquire, "a");
        ulong two = Take(_bench.B, 2, "a", "b", "c");
        ulong more = Take(_bench.C, 2, "a", "b", "c");

        Assert.Equal(["b", "c"], Names(_bench.B, two, "a", "b", "c"));
        Assert.Null(_bench.OutcomeOf(_bench.C, more));
        Release(_bench.A, "a", _bench.Reply(_bench.A, held)!.Token);
        Assert.Null(_bench.OutcomeOf(_bench.C, more));
        Release(_bench.B, "c", Tokens(_bench.B, two)[1]);
        Assert.Equal(["a", "c"], Names(_bench.C, more, "a", "b", "c"));
        Assert.True(Tokens(_bench.C, more).Min() > Tokens(_bench.B, two).Max());
    }

    [Fact]
    public void Who_came_first_for_a_lock_among_others_gets_it_before_those_who_want_it_alone()
    {
        ulong a = _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Acquire, "a");
        ulong both = Take(_bench.B, 2, "a", "b");
        ulong alone = _bench.Say(_bench.C, SharedKind.Lock, SharedOperation.Acquire, "b");
        Assert.Null(_bench.OutcomeOf(_bench.C, alone));

        Release(_bench.A, "a", _bench.Reply(_bench.A, a)!.Token);
        Assert.Equal(["a", "b"], Names(_bench.B, both, "a", "b"));
        Assert.Null(_bench.OutcomeOf(_bench.C, alone));
        Release(_bench.B, "b", Tokens(_bench.B, both)[1]);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.C, alone));
    }

    [Fact]
    public void Who_cannot_be_told_or_gives_up_keeps_nobody_waiting()
    {
        ulong a = _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Acquire, "a");
        Take(_bench.B, 2, "a", "b");
        ulong alone = _bench.Say(_bench.C, SharedKind.Lock, SharedOperation.Acquire, "b");
        _bench.Disconnect(_bench.B);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.C, alone));

        Release(_bench.C, "b", _bench.Reply(_bench.C, alone)!.Token);
        ulong again = Take(_bench.C, 2, timeoutMs: 1000, "a", "c");
        ulong c = _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Acquire, "c");
        Assert.Null(_bench.OutcomeOf(_bench.A, c));
        _bench.Machine.Advance(2 * CoordinationBench.Second);
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.C, again));
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.A, c));
        Release(_bench.A, "a", _bench.Reply(_bench.A, a)!.Token);
        Release(_bench.A, "c", _bench.Reply(_bench.A, c)!.Token);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void More_locks_than_are_named_or_none_are_refused(int count)
    {
        ulong request = Take(_bench.A, count, "a", "b");

        Assert.Equal(SharedOutcome.Refused, _bench.OutcomeOf(_bench.A, request));
        Assert.Equal(0, _bench.Table.LeaseCount);
    }

    [Fact]
    public void No_lock_is_held_twice_and_everybody_gets_theirs_in_the_end_whatever_the_order()
    {
        Arbitrary<int[]> events = Gen.Choose(0, 1 << 20).ArrayOf(80).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(events, choices => new LockSetTests().Play(choices)));
    }

    private void Play(int[] choices)
    {
        string[] all = ["a", "b", "c", "d"];
        SchedulerClient[] clients = [_bench.A, _bench.B, _bench.C];
        List<(SchedulerClient Client, ulong Request, string[] Names, bool IsSet)> waiting = [];
        List<(SchedulerClient Client, string Name, ulong Token)> held = [];
        foreach (int choice in choices)
        {
            SchedulerClient client = clients[choice % 3];
            string[] names = [.. all.Where((_, i) => ((choice >> (i + 4)) & 1) == 1)];
            if (choice / 3 % 3 == 0 && held.Count > 0)
                GiveBack(held, choice % held.Count);
            else if (names.Length == 1)
                waiting.Add((client, _bench.Say(client, SharedKind.Lock, SharedOperation.Acquire, names[0]), names, false));
            else if (names.Length > 1)
                waiting.Add((client, Take(client, 1 + (choice % names.Length), names), names, true));
            Collect();
        }

        for (int rounds = 0; waiting.Count > 0; rounds++)
        {
            Assert.True(rounds < 1000, "calls wait for each other");
            if (held.Count > 0)
                GiveBack(held, 0);
            Collect();
        }

        void Collect()
        {
            foreach (var one in waiting.Where(one => _bench.Reply(one.Client, one.Request) is not null).ToArray())
            {
                waiting.Remove(one);
                string[] got = one.IsSet ? Names(one.Client, one.Request, one.Names) : one.Names;
                ulong[] tokens = one.IsSet
                    ? Tokens(one.Client, one.Request) : [_bench.Reply(one.Client, one.Request)!.Token];
                held.AddRange(got.Zip(tokens, (name, token) => (one.Client, name, token)));
            }

            Assert.Equal(held.Count, held.Select(one => one.Name).Distinct().Count());
        }
    }

    private void GiveBack(List<(SchedulerClient Client, string Name, ulong Token)> held, int i)
    {
        var (client, name, token) = held[i];
        held.RemoveAt(i);
        Release(client, name, token);
    }

    private void Release(SchedulerClient client, string name, ulong token) =>
        _bench.Say(client, SharedKind.Lock, SharedOperation.Release, name, token: token);

    private ulong Take(SchedulerClient client, int count, params string[] names) => Take(client, count, -1, names);

    private ulong Take(SchedulerClient client, int count, int timeoutMs, params string[] names)
    {
        _bench.Machine.Tell(client, new CoordinationCall
        {
            RequestId = ++_requests,
            Target = SharedKind.LockSet,
            Operation = SharedOperation.Acquire,
            Names = names,
            Limit = count,
            LeaseMs = 3_600_000,
            TimeoutMs = timeoutMs,
        });
        return _requests;
    }

    private string[] Names(SchedulerClient client, ulong request, params string[] names)
    {
        CoordinationReply reply = _bench.Reply(client, request)!;
        return [.. Enumerable.Range(0, reply.Count).Select(i => names[BinaryPrimitives.ReadInt32LittleEndian(reply.Values[i])])];
    }

    private ulong[] Tokens(SchedulerClient client, ulong request)
    {
        CoordinationReply reply = _bench.Reply(client, request)!;
        return [.. Enumerable.Range(0, reply.Count).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(reply.Values[i][4..]))];
    }
}
