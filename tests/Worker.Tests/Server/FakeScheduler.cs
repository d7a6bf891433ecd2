using System.Threading.Channels;
using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace Worker.Tests.Server;

/// <summary>The scheduler's end of a worker's connection, played by a test.</summary>
internal sealed class FakeScheduler : IAsyncDisposable
{
    private static int s_names;
    private readonly Listener _listener;
    private readonly Channel<Link> _links = Channel.CreateUnbounded<Link>();

    public FakeScheduler(Address? at = null)
    {
        _listener = Listener.Start(at ?? new Address(Address.InProcess, $"fake-scheduler-{Interlocked.Increment(ref s_names)}", 0));
        _ = AcceptAsync();
    }

    public Address Address => _listener.Address;

    /// <summary>The next worker that registers.</summary>
    public async Task<Link> NextWorkerAsync() => await _links.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AcceptAsync()
    {
        var number = 0;
        await foreach (var pending in _listener.AcceptAsync(default))
        {
            if (pending.Hello.IsResuming)
            {
                await pending.RefuseAsync("it has forgotten everything", RefusalCode.SessionUnknown);
                continue;
            }

            var connection = await pending.WelcomeAsync(new Welcome { WorkerNumber = number++, HeartbeatIntervalMs = 1000 });
            _links.Writer.TryWrite(new Link(connection));
        }
    }

    /// <summary>One worker's connection.</summary>
    internal sealed class Link
    {
        private readonly Channel<Message> _messages = Channel.CreateUnbounded<Message>();
        private readonly Dictionary<Hash128, FunctionDefinition> _functions = [];

        public Link(Connection connection)
        {
            Connection = connection;
            _ = ReceiveAsync();
            _ = BeatAsync();
        }

        public Connection Connection { get; }

        public int Number => Connection.Welcome.WorkerNumber;

        public string DataAddress => Connection.Hello.DataAddress;

        public void Send(params Message[] messages)
        {
            foreach (var message in messages)
                Connection.Write(message);
            Connection.Flush();
        }

        /// <summary>The next message of a kind; others are skipped, heartbeats among them.</summary>
        public async Task<T> NextAsync<T>()
            where T : Message
        {
            while (true)
            {
                var message = await _messages.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);
                if (message is T wanted)
                    return wanted;
            }
        }

        /// <summary>Completes when the worker has gone.</summary>
        public Task Gone => _messages.Reader.Completion;

        /// <summary>Announces a function, as if a client had submitted it.</summary>
        public Hash128 Define(Delegate function)
        {
            var definition = FunctionEncoder.Encode(function);
            if (_functions.TryAdd(definition.Id, definition))
                Send(new DefineFunction { Id = definition.Id, Name = definition.Name, Body = definition.Body });
            return definition.Id;
        }

        private async Task BeatAsync()
        {
            while (!Gone.IsCompleted)
            {
                Send(new Heartbeat());
                await Task.Delay(500);
            }
        }

        private async Task ReceiveAsync()
        {
            try
            {
                var messages = new List<Message>();
                while (await Connection.ReceiveAsync(messages))
                {
                    foreach (var message in messages)
                        await HandleAsync(message);
                    messages.Clear();
                }

                _messages.Writer.TryComplete();
            }
            catch (Exception e)
            {
                _messages.Writer.TryComplete(e);
            }
        }

        private async Task HandleAsync(Message message)
        {
            await _messages.Writer.WriteAsync(message);
            if (message is not NeedAssemblies need)
                return;
            foreach (var content in need.Contents.Span.ToArray())
                SendAssembly(content);
        }

        private void SendAssembly(Hash128 content)
        {
            var image = AssemblyCatalog.Shared.Find(content)!;
            byte[] all = [.. image.Pe, .. image.Pdb ?? []];
            for (var offset = 0; offset < all.Length; offset += Protocol.MaxChunkBytes)
            {
                Send(new AssemblyBytes
                {
                    Content = content,
                    Name = image.Identity.Name,
                    PeLength = image.Pe.Length,
                    PdbLength = image.Pdb?.Length ?? 0,
                    Offset = offset,
                    Chunk = all[offset..Math.Min(all.Length, offset + Protocol.MaxChunkBytes)],
                });
            }
        }
    }
}

/// <summary>How long a test waits for what should come at once: only a hang lasts so long.</summary>
internal static class Limits
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
}
