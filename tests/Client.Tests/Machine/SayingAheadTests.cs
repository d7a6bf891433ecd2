using TaskGraph.Messages;

namespace TaskGraph.Tests.Machine;

/// <summary>Submissions that are said chunk by chunk while they are still being written.</summary>
public class SayingAheadTests
{
    private const int Tasks = 50_000;

    private readonly Conversation _talk = new();

    [Fact]
    public void Finished_chunks_are_said_at_once_and_the_rest_at_the_end_each_once_and_in_order()
    {
        var writer = Begin(KeyForm.Unique);
        var ahead = SayAhead(writer);
        Submit(writer);
        var rest = Chunks();

        Assert.True(ahead.Length > 1);
        Assert.Equal(MessageKind.DefineFunction, ahead[0].Kind);
        RequireWhole([.. ahead.OfType<SubmitTasks>(), .. rest]);
    }

    [Fact]
    public void After_a_reconnect_in_the_middle_all_is_said_again_from_the_start()
    {
        var writer = Begin(KeyForm.Unique);
        SayAhead(writer);
        _talk.Machine.OnDisconnected("tcp://s:1", "cut");
        _talk.Machine.OnConnected(Conversation.Epoch);
        _talk.Said();

        Assert.Empty(SayAhead(writer));
        Submit(writer);

        RequireWhole(Chunks());
    }

    [Fact]
    public void After_a_reconnect_behind_the_end_all_is_said_again_from_the_start()
    {
        var writer = Begin(KeyForm.Unique);
        SayAhead(writer);
        Submit(writer);
        _talk.Said();
        _talk.Machine.OnDisconnected("tcp://s:1", "cut");
        _talk.Machine.OnConnected(Conversation.Epoch);

        RequireWhole(Chunks());
    }

    [Fact]
    public void Nothing_is_said_ahead_of_a_submission_that_waits_for_its_large_arguments()
    {
        _talk.Submit(isReady: false);
        _talk.Said();
        var writer = Begin(KeyForm.Unique);

        Assert.Empty(SayAhead(writer));
    }

    [Theory]
    [InlineData(KeyForm.Range)]
    [InlineData(KeyForm.Hashed)]
    [InlineData(KeyForm.Named)]
    public void What_may_share_its_keys_is_said_whole(KeyForm form) => Assert.False(Begin(form).HasMoreToSay);

    [Fact]
    public void A_submission_that_is_given_up_in_the_middle_is_begun_anew_and_ended_empty()
    {
        var writer = Begin(KeyForm.Unique);
        SayAhead(writer);

        _talk.Machine.TakeBack(writer.SaidAhead, writer.Id);

        var end = Assert.Single(Chunks());
        Assert.Equal((writer.Id, 0, 0, true), (end.Submission, end.FirstIndex, end.Count, end.IsLast));
    }

    private SubmissionWriter Begin(KeyForm form)
    {
        var writer = new SubmissionWriter(_talk.Machine.NewSubmission(), form);
        for (var i = 0; i < Tasks; i++)
            writer.BeginTask(_talk.Function, [0, 1], 0, i, isWanted: true, SubmitOptions.Default);
        return writer;
    }

    private Message[] SayAhead(SubmissionWriter writer)
    {
        writer.SaidAhead = _talk.Machine.SayAhead(writer.SaidAhead, writer.Finished, writer.Functions);
        return _talk.Said();
    }

    private void Submit(SubmissionWriter writer) =>
        _talk.Machine.Submit(writer.End(), new FutureSet(writer.Id, TaskNames.Unique("inc"), Tasks));

    private SubmitTasks[] Chunks() => [.. _talk.Said().OfType<SubmitTasks>()];

    private static void RequireWhole(SubmitTasks[] chunks)
    {
        var next = 0;
        foreach (var chunk in chunks)
        {
            Assert.Equal(next, chunk.FirstIndex);
            next += chunk.Count;
        }

        Assert.Equal(Tasks, next);
        Assert.Equal([chunks[^1]], chunks.Where(chunk => chunk.IsLast));
    }
}
