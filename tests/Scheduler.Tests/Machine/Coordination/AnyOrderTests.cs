using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine.Coordination;

public class AnyOrderTests
{
    [Fact]
    public void Never_do_more_clients_believe_in_a_lease_than_there_are_leases()
    {
        Arbitrary<int[]> events = Gen.Choose(0, 1 << 20).ArrayOf(200).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(events, choices => new Play(leases: 1 + (choices[0] % 3)).Run(choices)));
    }

    /// <summary>Clients behind slow links that are cut and mended, and what each believes to hold.</summary>
    private sealed class Play(int leases)
    {
        private const int LeaseMs = 5_000;

        private readonly CoordinationBench _bench = new();
        private readonly List<Believer> _believers = [];
        private ulong _requests;

        public void Run(int[] choices)
        {
            foreach (SchedulerClient client in new[] { _bench.A, _bench.B, _bench.C })
                _believers.Add(new Believer(client));
            foreach (int choice in choices)
            {
                Step(_believers[choice / 16 % 3], choice % 16, choice / 64);
                int believing = _believers.Sum(believer => believer.Leases.Values.Count(IsBelieved));
                Assert.InRange(believing, 0, leases);
            }
        }

        private bool IsBelieved(long from) => _bench.Machine.Now - from < LeaseMs * 1000L;

        private void Step(Believer believer, int choice, int detail)
        {
            switch (choice)
            {
                case 0 or 1: Say(believer, SharedOperation.Acquire, 0); break;
                case 2 when believer.Leases.Count > 0:
                    ulong token = believer.Leases.Keys.Order().ElementAt(detail % believer.Leases.Count);
                    believer.Leases.Remove(token);
                    Say(believer, SharedOperation.Release, token);
                    break;
                case 3 or 4: Renew(believer); break;
                case 5: _bench.Machine.Advance(detail % 3_000_000); break;
                case 6 when believer.Client.IsConnected: _bench.Disconnect(believer.Client); believer.Cut(); break;
                case 7 or 8 when !believer.Client.IsConnected: Mend(believer); break;
                case 9 or 10 or 11 when believer.Sent.TryDequeue(out Message? sent): Deliver(believer, sent); break;
                case > 11 when believer.Coming.TryDequeue(out Message? reply): Hear(believer, reply); break;
            }
        }

        private void Say(Believer believer, SharedOperation operation, ulong token)
        {
            CoordinationCall call = new()
            {
                RequestId = ++_requests,
                Target = SharedKind.Semaphore,
                Operation = operation,
                Name = "x",
                Limit = leases,
                LeaseMs = LeaseMs,
                Token = token,
            };
            believer.Pending.Add(call.RequestId, (call, _bench.Machine.Now));
            if (believer.Client.IsConnected)
                believer.Sent.Enqueue(call);
        }

        private void Renew(Believer believer)
        {
            if (!believer.Client.IsConnected)
                return;
            RenewLeases renew = new() { RequestId = ++_requests };
            foreach ((ulong token, long from) in believer.Leases.OrderBy(lease => lease.Key))
            {
                if (IsBelieved(from))
                    renew.Tokens.Add(token);
            }

            believer.Renewals.Add(renew.RequestId, (renew, _bench.Machine.Now));
            believer.Sent.Enqueue(renew);
        }

        private void Mend(Believer believer)
        {
            // Longer than a client's lease: it would come back as another one.
            if (_bench.Machine.Now >= believer.Client.LeaseEnd)
                return;
            _bench.Reconnect(believer.Client);
            foreach ((CoordinationCall call, _) in believer.Pending.Values)
                believer.Sent.Enqueue(call);
            Collect();
        }

        private void Deliver(Believer believer, Message sent)
        {
            _bench.Machine.Tell(believer.Client, sent);
            Collect();
        }

        private void Collect()
        {
            foreach (Believer believer in _believers)
            {
                foreach (Message message in _bench.Machine.ToldTo(believer.Client))
                    believer.Coming.Enqueue(message);
            }

            _bench.Machine.Forget();
        }

        private void Hear(Believer believer, Message message)
        {
            if (message is CoordinationReply reply && believer.Pending.Remove(reply.RequestId, out var call))
            {
                if (call.Call.Operation != SharedOperation.Acquire)
                    return;
                believer.Leases[reply.Token] = call.Said + (reply.WaitedMs * 1000);
            }
            else if (message is LeasesRenewed renewed && believer.Renewals.Remove(renewed.RequestId, out var renewal))
            {
                foreach (ulong token in renewal.Renewal.Tokens.Span)
                {
                    if (renewed.Lost.Span.Contains(token))
                        believer.Leases.Remove(token);
                    else if (believer.Leases.TryGetValue(token, out long from) && IsBelieved(from))
                        believer.Leases[token] = Math.Max(from, renewal.Said);
                }
            }
        }
    }

    private sealed class Believer(SchedulerClient client)
    {
        public SchedulerClient Client { get; } = client;

        public Queue<Message> Sent { get; } = new();

        public Queue<Message> Coming { get; } = new();

        public SortedDictionary<ulong, (CoordinationCall Call, long Said)> Pending { get; } = [];

        public Dictionary<ulong, (RenewLeases Renewal, long Said)> Renewals { get; } = [];

        /// <summary>By token: from when the client counts.</summary>
        public Dictionary<ulong, long> Leases { get; } = [];

        public void Cut()
        {
            Sent.Clear();
            Coming.Clear();
            Renewals.Clear();
        }
    }
}
