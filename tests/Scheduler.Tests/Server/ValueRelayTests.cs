using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;

namespace Scheduler.Tests.Server;

/// <summary>Ends that die while a value goes from one to the other; the tests play both, piece by piece.</summary>
public sealed class ValueRelayTests : IAsyncDisposable
{
    private const int PieceBytes = 1000;
    private const int Pieces = 3;
    private static readonly TaskId s_task = new(1, 0);
    private static readonly TaskId s_next = new(1, 1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Listener _source = Listener.Start(Address.Parse("tcp://127.0.0.1:0"));
    private readonly Listener _target = Listener.Start(Address.Parse("tcp://127.0.0.1:0"));
    private readonly Channel<RelayEnd> _ended = Channel.CreateUnbounded<RelayEnd>();
    private readonly ValueRelay _relay;

    // What waits for an end that is there and silent, waits for ever.
    public ValueRelayTests() =>
        _relay = new ValueRelay(end => _ended.Writer.WriteAsync(end), Timeout.InfiniteTimeSpan, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task A_source_that_dies_between_two_pieces_fails_the_relay_and_both_connections_are_given_up()
    {
        Start(s_task, s_next);
        await using Connection source = await AcceptAsync(_source);
        await using Connection target = await AcceptAsync(_target);
        await PassAsync(source, target, 0);
        await NextAsync<GetPiece>(source);

        source.Abort("killed");

        Assert.Equal((s_task, RelayOutcome.Failed), await EndAsync());
        Assert.Equal((s_next, RelayOutcome.Failed), await EndAsync());
        await AssertClosedAsync(target);
    }

    [Fact]
    public async Task A_target_that_dies_between_two_pieces_fails_the_relay_and_both_connections_are_given_up()
    {
        Start(s_task, s_next);
        await using Connection source = await AcceptAsync(_source);
        await using Connection target = await AcceptAsync(_target);
        await PassAsync(source, target, 0);
        await SendAsync(source, 1);
        await NextAsync<ValuePiece>(target);

        target.Abort("killed");
        await SendAsync(source, 2);

        Assert.Equal((s_task, RelayOutcome.Failed), await EndAsync());
        Assert.Equal((s_next, RelayOutcome.Failed), await EndAsync());
        await AssertClosedAsync(source);
    }

    [Fact]
    public async Task A_target_that_dies_while_the_source_owes_a_piece_does_not_wait_for_that()
    {
        Start(s_task);
        await using Connection source = await AcceptAsync(_source);
        await using Connection target = await AcceptAsync(_target);
        await PassAsync(source, target, 0);
        await SendAsync(source, 1);
        await NextAsync<ValuePiece>(target);
        await NextAsync<GetPiece>(source);

        target.Abort("killed");

        Assert.Equal((s_task, RelayOutcome.Failed), await EndAsync());
        await AssertClosedAsync(source);
    }

    [Fact]
    public async Task A_source_that_begins_anew_in_the_middle_of_a_value_fails_the_relay()
    {
        Start(s_task);
        await using Connection source = await AcceptAsync(_source);
        await using Connection target = await AcceptAsync(_target);
        await PassAsync(source, target, 0);
        GetPiece second = await NextAsync<GetPiece>(source);

        source.Write(new ValuePiece { RequestId = second.RequestId, Task = s_task, Offset = second.Offset, Status = DataStatus.Missing });
        source.Flush();

        Assert.Equal((s_task, RelayOutcome.Failed), await EndAsync());
    }

    [Fact]
    public async Task After_a_relay_that_failed_the_next_one_between_the_two_dials_anew_and_brings_the_whole_value()
    {
        Start(s_task);
        await using (Connection source = await AcceptAsync(_source))
        await using (Connection target = await AcceptAsync(_target))
        {
            await PassAsync(source, target, 0);
            source.Abort("killed");
            await EndAsync();
        }

        Start(s_task);
        await using Connection restarted = await AcceptAsync(_source);
        await using Connection targetAgain = await AcceptAsync(_target);
        for (int piece = 0; piece < Pieces; piece++)
            await PassAsync(restarted, targetAgain, piece);

        Assert.Equal((s_task, RelayOutcome.Arrived), await EndAsync());
        await AssertClosedAsync(restarted);
        await AssertClosedAsync(targetAgain);
    }

    private void Start(params TaskId[] tasks)
    {
        foreach (TaskId task in tasks)
        {
            _relay.Start(new ServerRequest.Relay(
                task, PieceBytes * Pieces, 0, _source.Address.ToString(), 1, _target.Address.ToString()));
        }
    }

    /// <summary>The source answers the question for this piece, and the target takes it.</summary>
    private static async Task PassAsync(Connection source, Connection target, int piece)
    {
        await SendAsync(source, piece);
        ValuePiece taken = await NextAsync<ValuePiece>(target);
        Assert.Equal(piece * PieceBytes, taken.Offset);
        Assert.Equal(BytesOf(piece), Assert.Single(taken.Attachments).ToArray());
        target.Write(new PutDataReply { RequestId = taken.RequestId, Bytes = (piece + 1) * PieceBytes });
        target.Flush();
    }

    private static async Task SendAsync(Connection source, int piece)
    {
        GetPiece question = await NextAsync<GetPiece>(source);
        Assert.Equal((s_task, piece * PieceBytes), (question.Task, question.Offset));
        ValuePiece answer = new()
        {
            RequestId = question.RequestId,
            Task = question.Task,
            Offset = question.Offset,
            Status = DataStatus.Found,
            Attachments = [BytesOf(piece)],
        };
        if (piece == 0)
            answer.Lengths.Add(PieceBytes * Pieces);
        source.Write(answer);
        source.Flush();
    }

    private static byte[] BytesOf(int piece) => [.. Enumerable.Repeat((byte)piece, PieceBytes)];

    private async Task<(TaskId Task, RelayOutcome Outcome)> EndAsync()
    {
        RelayEnd end = await _ended.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        return (end.Relay.Task, end.Outcome);
    }

    private static async Task<Connection> AcceptAsync(Listener listener)
    {
        using CancellationTokenSource patience = new(s_patience);
        await foreach (PendingConnection pending in listener.AcceptAsync(patience.Token))
            return await pending.WelcomeAsync(new Welcome());
        throw new InvalidOperationException("nobody dials");
    }

    private static async Task AssertClosedAsync(Connection connection)
    {
        using CancellationTokenSource patience = new(s_patience);
        List<Message> rest = [];
        while (await connection.ReceiveAsync(rest, patience.Token))
            Assert.IsType<GetPiece>(Assert.Single(rest));
    }

    private static async Task<T> NextAsync<T>(Connection connection)
        where T : Message
    {
        using CancellationTokenSource patience = new(s_patience);
        List<Message> messages = [];
        Assert.True(await connection.ReceiveAsync(messages, patience.Token));
        return Assert.IsType<T>(Assert.Single(messages));
    }
}
